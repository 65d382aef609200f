"""What was done to prepare a study; the files themselves stand in the study's folder."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models

from opmaat.web.journal.models import AppendOnly, OfMunicipality
from opmaat.web.trial.models import Study


class Kind(StrEnum):
    """What was done."""

    LOADED = "loaded"
    FROZEN = "frozen"
    IMPORTED = "imported"
    PROMISED = "promised"
    DRAWN = "drawn"
    THRESHOLD = "threshold"
    STARTED = "started"
    TAKEN_OUT = "taken_out"


class Step(AppendOnly, OfMunicipality):
    """Someone took a step; ``details`` are plain values that tell of nobody who it is, such as counts.

    ``request_key`` names what led to it: the same again is the same step.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    round_name = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=20)
    request_key = models.CharField(max_length=120)
    actor = models.CharField(max_length=90)
    at = models.DateTimeField()
    details = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "request_key"], name="step_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["municipality", "study", "kind"])]
