"""Tables of taking part."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from opmaat.web.journal.models import AppendOnly, FollowsFromEvents, OfMunicipality


class Study(OfMunicipality):
    """A study of a municipality; ``folder`` holds its protocol, within the installation's studies.

    ``start_threshold`` is how many households must have joined before the experiment starts; None for no such
    number.
    """

    name = models.SlugField(max_length=100)
    folder = models.CharField(max_length=200)
    start_threshold = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "name"], name="study_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Household(OfMunicipality):
    """A household that can take part.

    ``round_name`` is the round of the protocol in which it can be invited, empty where there is one round.
    ``kind`` is single or couple; ``youngest_child_age`` in years, None without children, and ``cost_sharers``
    are what "what do I keep" starts from.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    pseudonym = models.CharField(max_length=64)
    round_name = models.CharField(max_length=100, default="", blank=True)
    kind = models.CharField(max_length=30)
    youngest_child_age = models.PositiveSmallIntegerField(null=True)
    cost_sharers = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "pseudonym"], name="household_once"),
        ]


class Adult(OfMunicipality):
    """An adult of a household."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    person = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "person"], name="adult_once"),
        ]


class Pause(AppendOnly, OfMunicipality):
    """Someone paused a study, or resumed it (``paused`` is false), and why; the last word holds.

    While a study is paused nobody is invited, told an arm, or started.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    paused = models.BooleanField()
    reason = models.TextField()
    actor = models.CharField(max_length=90)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["municipality", "study"])]


class Standing(FollowsFromEvents):
    """Read model: where a household stands after all its events. Never written but by its projection.

    ``arm`` is the arm that the household was told; before that there is none here, or anywhere else.
    ``consents`` holds for each adult the last word per purpose, ``adults`` the state of each.
    """

    participation = models.CharField(max_length=20)
    benefit = models.CharField(max_length=20)
    started_on = models.DateField(null=True)
    arm = models.CharField(max_length=100, null=True)
    option = models.CharField(max_length=100, null=True)
    consents = models.JSONField()
    adults = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "household"], name="standing_once"),
        ]


class ShownText(AppendOnly, OfMunicipality):
    """A text that people consented to, word for word as it was shown, under its digest."""

    digest = models.CharField(max_length=71)
    language = models.CharField(max_length=2)
    body = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "digest"], name="shown_text_once"),
        ]


class ConsentShown(AppendOnly, OfMunicipality):
    """Which text was shown when a consent was given or taken back."""

    event_id = models.CharField(max_length=64)
    text = models.ForeignKey(ShownText, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "event_id"], name="consent_shown_once"),
        ]
