"""Tables of research. There is no name here, and no arm."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from opmaat.web.journal.models import AppendOnly, FollowsFromEvents, OfMunicipality
from opmaat.web.trial.models import Study


class Contact(FollowsFromEvents):
    """Read model: a talk that was held or missed, by the event that told it; ``month`` is its first day."""

    event_id = models.CharField(max_length=64)
    month = models.DateField()
    held = models.BooleanField()
    minutes = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "household", "event_id"], name="contact_once"),
        ]


class Export(AppendOnly, OfMunicipality):
    """A data package that was made; its files stand in the folder ``name`` among the exports.

    ``tables`` has of each table the name, rows, columns and bytes, ``receipt`` the digest of the receipt.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    with_arms = models.BooleanField()
    tables = models.JSONField()
    receipt = models.CharField(max_length=71)
    made_by = models.CharField(max_length=90)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "name"], name="export_once"),
        ]


class Estimation(AppendOnly, OfMunicipality):
    """The plan was carried out: described without arms, or, from the planned look on, estimated.

    ``course`` is what was seen of all arms together. Reports stand in the folder ``name`` among the results;
    ``reports`` names their files, none before the planned look.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    with_arms = models.BooleanField()
    course = models.JSONField()
    reports = models.JSONField()
    receipt = models.CharField(max_length=71)
    made_by = models.CharField(max_length=90)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "name"], name="estimation_once"),
        ]
