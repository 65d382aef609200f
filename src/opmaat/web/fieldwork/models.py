"""Tables of the fieldwork. None holds an arm, a name or a code that signs in."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models

from opmaat.web.journal.models import AppendOnly, FollowsFromEvents, OfMunicipality
from opmaat.web.trial.models import Household, Study


class Place(FollowsFromEvents):
    """Read model: how far a household is. Never written but by its projection.

    ``since`` is the day on which ``stage`` began. The columns from ``drawn`` on count it as
    :mod:`opmaat.conduct.flow` does; ``ended_as`` is where a household that started is now.
    """

    stage = models.CharField(max_length=20)
    since = models.DateField(null=True)
    invited_on = models.DateField(null=True)
    started_on = models.DateField(null=True)
    drawn = models.BooleanField()
    invited = models.BooleanField()
    signed_up = models.BooleanField()
    told = models.BooleanField()
    started = models.BooleanField()
    ended_as = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "household"], name="place_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["municipality", "study", "stage", "since"], name="place_by_stage"),
        ]


class Member(FollowsFromEvents):
    """Read model: an adult whom events are about; ``is_asked`` tells whether questionnaires can be sent."""

    person = models.CharField(max_length=64)
    takes_part = models.BooleanField()
    is_asked = models.BooleanField()
    started_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "person"], name="member_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["municipality", "study", "is_asked", "started_on"], name="member_by_start"),
        ]


class SentTo(FollowsFromEvents):
    """Read model: a wave that was sent to an adult, and when it was answered."""

    person = models.CharField(max_length=64)
    wave = models.CharField(max_length=100)
    started_on = models.DateField(null=True)
    sent_on = models.DateField()
    answered_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "person", "wave"], name="sent_to_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["municipality", "study", "wave", "answered_on", "sent_on"], name="sent_to_by_wave"
            ),
        ]


class Harmed(FollowsFromEvents):
    """Read model: how often one harm happened to a household since its start, where it did.

    ``harm`` is one of :class:`opmaat.conduct.harms.Harm`.
    """

    harm = models.CharField(max_length=30)
    events = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "household", "harm"], name="harmed_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["municipality", "study", "harm"], name="harmed_by_harm")]


class StopLimit(OfMunicipality):
    """When an approach is looked at again: a harm's share this far above control, in at least so many.

    ``above_control_bp`` is in basis points: 1000 is ten percentage points.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    harm = models.CharField(max_length=30)
    above_control_bp = models.PositiveIntegerField()
    households = models.PositiveIntegerField()
    set_by = models.CharField(max_length=90)
    set_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "study", "harm"], name="stop_limit_once"),
        ]


class LetterKind(StrEnum):
    """What a batch of letters is about."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    ARM = "arm"
    WAVE = "wave"
    WAVE_REMINDER = "wave_reminder"


class Mailing(OfMunicipality):
    """A batch of letters, ``number`` in its study. ``sent_on`` is None until all of it was written down.

    ``wave`` and ``turn`` (the number of the reminder) say which questionnaire it is about, where it is.
    ``request_key`` names the request that led to it: the same again is the same batch.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    round_name = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in LetterKind])
    wave = models.CharField(max_length=100, blank=True)
    turn = models.PositiveSmallIntegerField(default=0)
    request_key = models.CharField(max_length=64)
    made_by = models.CharField(max_length=90)
    made_on = models.DateField()
    sent_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "study", "number"], name="mailing_once"),
            models.UniqueConstraint(fields=["municipality", "request_key"], name="mailing_by_request"),
        ]


class Letter(OfMunicipality):
    """One letter of a batch to one adult, ``place`` in the batch; ``reference`` stands on it.

    ``subject`` is what nobody gets two letters about: the kind, with the wave and turn where it has them.
    ``refused`` says why the letter could not be sent any more when its turn came.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    person = models.CharField(max_length=64)
    place = models.PositiveIntegerField()
    reference = models.CharField(max_length=20)
    subject = models.CharField(max_length=130)
    sent_on = models.DateField(null=True)
    refused = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "person", "subject"], name="letter_once"),
            models.UniqueConstraint(fields=["municipality", "reference"], name="letter_by_reference"),
        ]
        indexes: ClassVar = [models.Index(fields=["mailing", "place"], name="letter_by_place")]


class CodeSeed(OfMunicipality):
    """What the letter code of an adult is made from, together with a key that is not in the database."""

    person = models.CharField(max_length=64)
    seed = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "person"], name="code_seed_once"),
        ]


class Printing(AppendOnly, OfMunicipality):
    """The files of a batch may be fetched, each once: the first time, or later ones again with a reason."""

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    request_key = models.CharField(max_length=64)
    new_codes = models.BooleanField()
    reason = models.TextField(blank=True)
    actor = models.CharField(max_length=90)
    on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mailing", "number"], name="printing_once"),
            models.UniqueConstraint(fields=["mailing", "request_key"], name="printing_by_request"),
        ]


class Fetched(AppendOnly, OfMunicipality):
    """Someone fetched a file of a printing: ``letters`` or ``merge``."""

    printing = models.ForeignKey(Printing, on_delete=models.PROTECT, related_name="+")
    file = models.CharField(max_length=10)
    actor = models.CharField(max_length=90)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["printing", "file"], name="fetched_once"),
        ]


class Meeting(OfMunicipality):
    """An information meeting; ``came`` counts who was written down as having been there."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    time = models.TimeField()
    place = models.CharField(max_length=200)
    came = models.PositiveIntegerField(default=0)


class Attendance(AppendOnly, OfMunicipality):
    """An adult came to an information meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="+")
    person = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "person"], name="attendance_once"),
        ]


class DeliveryState(StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"
    FAULTY = "faulty"
    CHECKED = "checked"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Delivery(OfMunicipality):
    """A file of benefits or wages that came in. Its rows stand sealed in :class:`DeliveryPart`.

    ``month`` is written as 2018-03. ``report`` is the difference with what was known, and ``problems`` what
    is wrong, as plain values that tell of nobody who it is. ``digest`` is that of the file.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    month = models.CharField(max_length=7)
    file_name = models.CharField(max_length=100)
    digest = models.CharField(max_length=71)
    state = models.CharField(max_length=10, default=DeliveryState.WAITING.value)
    report = models.JSONField(null=True)
    problems = models.JSONField(default=list)
    delivered_on = models.DateField()
    delivered_by = models.CharField(max_length=90)
    decided_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=90, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["municipality", "study", "state"], name="delivery_by_state"),
        ]


class DeliveryPart(OfMunicipality):
    """A piece of a delivered file, sealed with a key that is not in the database."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "number"], name="delivery_part_once"),
        ]


class Progress(AppendOnly, OfMunicipality):
    """A progress report as it was made; ``page`` is its HTML, which tells of nobody who it is."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    month = models.PositiveSmallIntegerField()
    page = models.TextField()
    made_by = models.CharField(max_length=90)
    made_at = models.DateTimeField()
    events = models.PositiveBigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["municipality", "study"], name="progress_by_study")]
