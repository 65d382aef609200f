"""Tables of questionnaires. Answers hang on a pseudonym; there is no arm and no name here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from opmaat.web.journal.models import OfMunicipality


class Sheet(OfMunicipality):
    """The answers of one adult to one wave; ``finished_on`` is None while they can still change."""

    study = models.CharField(max_length=100)
    person = models.CharField(max_length=64)
    wave = models.CharField(max_length=100)
    page = models.PositiveSmallIntegerField(default=1)
    finished_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "study", "person", "wave"], name="sheet_once"),
        ]


class Answer(OfMunicipality):
    """The answer to one item, as :mod:`opmaat.survey.collect` reads it."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="+")
    item = models.CharField(max_length=100)
    value = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "item"], name="answer_once"),
        ]
