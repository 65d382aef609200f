"""Tables of casework."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from opmaat.web.journal.models import AppendOnly, FollowsFromEvents, OfMunicipality


class File(FollowsFromEvents):
    """Read model: a household as its caseworker finds it in the list. Written by its projection only.

    ``worker`` is the actor of the caseworker, empty without one. ``arm`` and ``option`` are what the
    household was told and chose; before that there is nothing here. ``due`` is what was due on ``day``, each
    with the day since when (``on``), ``what``, ``person`` and ``detail``.
    """

    day = models.DateField()
    worker = models.CharField(max_length=90)
    participation = models.CharField(max_length=20)
    arm = models.CharField(max_length=100)
    option = models.CharField(max_length=100)
    last_contact = models.DateField(null=True)
    due = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "household"], name="file_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["municipality", "worker"])]


class Cover(AppendOnly, OfMunicipality):
    """A caseworker took a colleague's files over, from a first day up to and with a last one, and why."""

    request_key = models.CharField(max_length=64)
    actor = models.CharField(max_length=90)
    colleague = models.CharField(max_length=90)
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "request_key"], name="cover_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["municipality", "actor"])]


class Note(OfMunicipality):
    """What a caseworker wrote beside an event, sealed: nobody but caseworkers and the person reads it.

    Not for good, unlike the event: a person may ask to have it mended or erased.
    """

    event_id = models.CharField(max_length=64)
    sealed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "event_id"], name="note_once"),
        ]


class Decision(AppendOnly, OfMunicipality):
    """A decision on a household's month: what it came to, step by step, as the letter tells it.

    ``content`` holds the amounts of the settlement in cents, what it changed, and its steps in both
    languages.
    """

    event_id = models.CharField(max_length=64)
    household = models.CharField(max_length=64)
    month = models.CharField(max_length=7)
    decided_on = models.DateField()
    content = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "event_id"], name="decision_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["municipality", "household"])]
