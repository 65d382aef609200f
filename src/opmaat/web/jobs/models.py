"""The table of long work, which is also the queue that workers take it from."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models

from opmaat.web.journal.models import OfMunicipality


class State(StrEnum):
    """How far a job is; it ends in one of the last two, once."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(OfMunicipality):
    """One piece of long work. ``worker`` holds it until ``held_until``, by the real clock.

    ``given`` and ``result`` are plain values that tell of nobody who it is; ``problems`` are issues as
    :meth:`opmaat.core.errors.Issue.as_dict` gives them. ``back`` is the address to go on at.
    """

    name = models.CharField(max_length=80)
    key = models.CharField(max_length=100)
    given = models.JSONField()
    asked_by = models.CharField(max_length=90)
    asked_at = models.DateTimeField()
    back = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, default=State.WAITING.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)
    held_until = models.DateTimeField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    result = models.JSONField(null=True)
    problems = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "name", "key"], name="job_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["municipality", "state"]),
            models.Index(fields=["municipality", "asked_by"]),
        ]

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in {State.DONE, State.FAILED}

    @property
    def percentage(self) -> int | None:
        """How much is done; None while that is not known."""
        return min(100, 100 * self.done // self.total) if self.total else None
