"""Tables of questionnaires. Answers hang on a pseudonym; there is no arm and no name here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from opmaat.web.journal.models import OfMunicipality


class Sheet(OfMunicipality):
    """The answers of one adult to one wave, by item, as :mod:`opmaat.survey.collect` reads them.

    ``finished_on`` is None while they can still change. ``edition`` counts the changes: who writes says which
    edition was read, so that of two tabs neither takes away what the other wrote.
    """

    study = models.CharField(max_length=100)
    person = models.CharField(max_length=64)
    wave = models.CharField(max_length=100)
    page = models.PositiveSmallIntegerField(default=1)
    finished_on = models.DateField(null=True)
    answers = models.JSONField(default=dict)
    edition = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "study", "person", "wave"], name="sheet_once"),
        ]
