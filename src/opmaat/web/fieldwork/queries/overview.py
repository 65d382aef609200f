"""How far everybody is: counts of households by round and stage, who is stuck where, and waves. No arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable

from opmaat.web.fieldwork.models import Letter, Mailing, Place, SentTo
from opmaat.web.fieldwork.policies import DAYS_TO_ANSWER, PATIENCE, stuck_before
from opmaat.web.fieldwork.queries.audience import members_for, reminders_for, start_days
from opmaat.web.gateway.fieldwork import Stage
from opmaat.web.gateway.studies import SurveyWave, questionnaire_of
from opmaat.web.journal.models import Municipality
from opmaat.web.trial.models import Household, Study
from opmaat.web.trial.queries import study_folder

_LEFT = frozenset({Stage.WITHDREW, Stage.REMOVED, Stage.MOVED_AWAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundNow:
    """How far the households of one round are. ``signed_up`` counts everyone who ever joined.

    ``stuck`` counts by stage those that have been there for too long.
    """

    name: str
    households: int
    invited: int
    signed_up: int
    by_stage: Mapping[str, int]
    stuck: Mapping[str, int]

    def at(self, stage: Stage) -> int:
        """Return how many are at a stage now."""
        return self.by_stage.get(stage.value, 0)

    @property
    def to_invite(self) -> int:
        """How many were not invited yet; of some nothing has happened at all."""
        return self.households - sum(self.by_stage.values()) + self.at(Stage.TO_INVITE)

    @property
    def silent(self) -> int:
        """How many were invited and have not replied."""
        return self.at(Stage.INVITED)

    @property
    def waiting(self) -> int:
        """How many wait for the reply of one more adult."""
        return self.at(Stage.REPLIED)

    @property
    def refused(self) -> int:
        """How many said no."""
        return self.at(Stage.REFUSED)

    @property
    def to_start(self) -> int:
        """How many joined and have not started."""
        return self.at(Stage.SIGNED_UP) + self.at(Stage.TO_BE_TOLD) + self.at(Stage.TOLD)

    @property
    def taking_part(self) -> int:
        """How many take part now."""
        return self.at(Stage.TAKING_PART)

    @property
    def left(self) -> int:
        """How many stopped, were taken out, or moved away."""
        return sum(self.at(stage) for stage in _LEFT)


def round_sizes(study: Study) -> dict[str, int]:
    """Return how many households each round has, by its name."""
    households = Household.objects.of(study.municipality).filter(study=study)
    return dict(households.values_list("round_name").annotate(count=Count("*")).order_by("round_name"))


def rounds_now(study: Study, today: date) -> list[RoundNow]:
    """Return how far every round is, in two queries."""
    totals = round_sizes(study)
    found: dict[str, dict[str, dict[str, int]]] = {name: {} for name in totals}
    rows = (
        Place.objects.of(study.municipality)
        .filter(study=study.name)
        .annotate(round_name=_round_of(study, list(totals)))
        .values("round_name", "stage")
        .annotate(
            here=Count("*"),
            asked=Count("pk", filter=Q(invited=True)),
            joined=Count("pk", filter=Q(signed_up=True)),
            waits=Count("pk", filter=_is_stuck(today)),
        )
    )
    for row in rows:
        found.setdefault(row["round_name"], {})[row["stage"]] = row
    return [
        RoundNow(
            name=name,
            households=totals.get(name, sum(row["here"] for row in stages.values())),
            invited=sum(row["asked"] for row in stages.values()),
            signed_up=sum(row["joined"] for row in stages.values()),
            by_stage={stage: row["here"] for stage, row in stages.items()},
            stuck={stage: row["waits"] for stage, row in stages.items()},
        )
        for name, stages in found.items()
    ]


def _is_stuck(today: date) -> Q:
    """Return the condition that a household has been at its stage for too long."""
    limits = (Q(stage=stage.value, since__lt=stuck_before(stage, today)) for stage in PATIENCE)
    return reduce(or_, limits)


def _round_of(study: Study, rounds: list[str]) -> Combinable:
    """Return the round of a place; where there is one round, without looking."""
    if len(rounds) < 2:
        return Value("".join(rounds))
    mine = Household.objects.of(study.municipality).filter(pseudonym=OuterRef("household"))
    return Subquery(mine.values("round_name")[:1])


@dataclass(frozen=True, slots=True)
class Stuck:
    """How many households have been at a stage for more than so many days."""

    stage: str
    days: int
    count: int


def stuck_now(rounds: Sequence[RoundNow]) -> list[Stuck]:
    """Return where households of some rounds are stuck, stage by stage."""
    counts = {stage: sum(one.stuck.get(stage.value, 0) for one in rounds) for stage in PATIENCE}
    return [Stuck(stage.value, PATIENCE[stage], count) for stage, count in counts.items() if count]


def stuck_at(study: Study, stage: Stage, today: date) -> QuerySet:
    """Return the households that are stuck at a stage, the longest first."""
    found = Place.objects.of(study.municipality).filter(study=study.name, stage=stage.value)
    return found.filter(since__lt=stuck_before(stage, today)).order_by("since", "household")


def references_of(municipality: Municipality, households: list[str]) -> dict[str, str]:
    """Return a reference of a letter of each household that got one, by pseudonym."""
    mine = Household.objects.of(municipality).filter(pseudonym__in=households)
    letters = Letter.objects.of(municipality).filter(household__in=mine)
    rows = letters.order_by("-pk").values_list("household__pseudonym", "reference")
    return dict(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveNowCounted:
    """A wave: how many adults it was sent to and how many answered, and who is to get a letter now.

    ``reminders`` are the numbers of the reminders that are due, each with how many adults it is due to.
    """

    name: str
    to_send: int
    sent: int
    answered: int
    silent: int
    reminders: Mapping[int, int]

    @property
    def share(self) -> float:
        """The share that answered; 0 where it was sent to nobody."""
        return self.answered / self.sent if self.sent else 0.0


def waves_late(study: Study, today: date) -> dict[str, int]:
    """Return how many adults have been silent about each wave for too long, in one query."""
    limit = today - timedelta(days=DAYS_TO_ANSWER)
    mine = SentTo.objects.of(study.municipality).filter(study=study.name, answered_on=None)
    return dict(mine.filter(sent_on__lt=limit).values_list("wave").annotate(count=Count("*")))


def waves_counted(study: Study, today: date) -> list[WaveNowCounted]:
    """Return every wave of a study's questionnaire, counted without arms."""
    asked = questionnaire_of(study_folder(study))
    if asked is None:
        return []
    late = Q(answered_on=None, sent_on__lt=today - timedelta(days=DAYS_TO_ANSWER))
    sent = SentTo.objects.of(study.municipality).filter(study=study.name).values_list("wave")
    rows = sent.annotate(
        sent=Count("*"),
        answered=Count("answered_on"),
        silent=Count("sent_on", filter=late),
    )
    counts, days = {wave: numbers for wave, *numbers in rows}, start_days(study)
    return [
        _wave(study, wave, counts.get(wave.name, [0, 0, 0]), today=today, days=days) for wave in asked.waves
    ]


def _wave(
    study: Study, wave: SurveyWave, counts: Sequence[int], *, today: date, days: Sequence[date]
) -> WaveNowCounted:
    """Return one wave; ``counts`` are how many it was sent to, answered it, and are silent for too long."""
    turns = range(1, len(wave.fieldwork.reminders) + 1)
    due = {turn: reminders_for(study, wave.name, turn, today=today, days=days).count() for turn in turns}
    sent, answered, silent = counts
    return WaveNowCounted(
        name=wave.name,
        to_send=members_for(study, wave.name, today=today, days=days).count(),
        sent=sent,
        answered=answered,
        silent=silent,
        reminders={turn: count for turn, count in due.items() if count},
    )


def mailings_of(study: Study) -> QuerySet:
    """Return the batches of letters of a study, the last first."""
    return Mailing.objects.of(study.municipality).filter(study=study).order_by("-number")


@dataclass(frozen=True, slots=True)
class LettersNow:
    """How many letters of a batch there are, were sent, and could not be sent any more."""

    letters: int = 0
    sent: int = 0
    refused: int = 0


def letters_counted(municipality: Municipality, mailings: list[int]) -> dict[int, LettersNow]:
    """Return the numbers of letters of some batches, by the key of the batch, in one query."""
    rows = (
        Letter.objects.of(municipality)
        .filter(mailing__in=mailings)
        .values_list("mailing")
        .annotate(
            letters=Count("*"),
            sent=Count("pk", filter=Q(sent_on__isnull=False)),
            skipped=Count("pk", filter=~Q(refused="")),
        )
    )
    return {key: LettersNow(*counts) for key, *counts in rows}


def refusals_of(mailing: Mailing) -> dict[str, int]:
    """Return for how many letters of a batch each reason kept it from being sent."""
    refused = Letter.objects.of(mailing.municipality).filter(mailing=mailing).exclude(refused="")
    return dict(refused.values_list("refused").annotate(count=Count("*")).order_by("refused"))
