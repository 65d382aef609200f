"""Reading how far the preparation of a study is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Count

from opmaat.core.digest import digest_value
from opmaat.web.gateway.ceremonies import Ceremony, ceremony_of
from opmaat.web.gateway.preparation import Lock, frozen, is_drawn_after_consent, rounds_of
from opmaat.web.gateway.registers import kept_counts
from opmaat.web.gateway.studies import Protocol
from opmaat.web.jobs.models import Job
from opmaat.web.jobs.queries import latest_job
from opmaat.web.journal.models import Municipality
from opmaat.web.preparation.models import Kind, Step
from opmaat.web.preparation.policies import CAN_START, JOINED
from opmaat.web.trial.models import Household, Standing, Study
from opmaat.web.trial.queries import study_folder, study_protocol

_BLOCK = 500


def studies_of(municipality: Municipality) -> list[Study]:
    """Return the studies of a municipality by name."""
    return list(Study.objects.of(municipality).order_by("name"))


def study_named(municipality: Municipality, name: str) -> Study | None:
    """Return a study; None when this municipality has none of that name."""
    return Study.objects.of(municipality).filter(name=name).select_related("municipality").first()


def last_step(study: Study, kind: Kind, *, round_name: str | None = None) -> Step | None:
    """Return the last step of a kind, of any round or of one."""
    found = Step.objects.of(study.municipality).filter(study=study, kind=kind.value)
    if round_name is not None:
        found = found.filter(round_name=round_name)
    return found.order_by("-pk").first()


def steps_of(study: Study) -> list[Step]:
    """Return all that was done, the last first."""
    return list(Step.objects.of(study.municipality).filter(study=study).order_by("-pk")[:100])


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundState:
    """How far one round is. ``counts`` are those of its list; the jobs are those asked for last."""

    name: str
    ceremony: Ceremony
    counts: dict[str, Any] | None
    importing: Job | None
    drawing: Job | None
    entered: int

    @property
    def is_drawing(self) -> bool:
        """Whether lots are being drawn, or households are being told apart as drawn, right now."""
        return self.drawing is not None and not self.drawing.has_ended

    @property
    def is_entered(self) -> bool:
        """Whether everyone on the list can be found by the website; once drawn, that is settled."""
        whole = self.counts is not None and self.entered >= self.counts["eligible"]
        return whole or self.ceremony.drawn is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyState:
    """How far the preparation of a study is."""

    study: Study
    protocol: Protocol
    lock: Lock | None
    rounds: tuple[RoundState, ...]
    after_consent: bool
    planning: Job | None


def study_state(study: Study) -> StudyState:
    """Return how far the preparation of a study is."""
    folder, protocol = study_folder(study), study_protocol(study)
    lock = frozen(folder)
    return StudyState(
        study=study,
        protocol=protocol,
        lock=lock,
        rounds=tuple(round_state(study, name) for name in rounds_of(protocol)),
        after_consent=is_drawn_after_consent(protocol),
        planning=latest_job(study.municipality, "preparation.plan", key_prefix=f"{study.pk} "),
    )


def round_key(study: Study, name: str) -> str:
    """Return what the keys of all jobs of a round begin with."""
    return f"{study.pk} {digest_value(name)[-12:]} "


def round_state(study: Study, name: str) -> RoundState:
    """Return how far one round is."""
    municipality, folder = study.municipality, study_folder(study)
    imported = last_step(study, Kind.IMPORTED, round_name=name)
    prefix = round_key(study, name)
    return RoundState(
        name=name,
        ceremony=ceremony_of(folder, name),
        counts=_kept(folder, name) if imported is None else imported.details,
        importing=latest_job(municipality, "preparation.import_register", key_prefix=prefix),
        drawing=latest_job(municipality, "preparation.draw", key_prefix=prefix),
        entered=Household.objects.of(municipality).filter(study=study, round_name=name).count(),
    )


def _kept(folder: Path, name: str) -> dict[str, Any] | None:
    """Return the counts of a list that was made elsewhere, as by a rehearsal."""
    lists = sorted((folder / "private").glob("caseload*.json"))
    return _kept_version(folder, name, tuple(file.stat().st_mtime_ns for file in lists)) if lists else None


@lru_cache(maxsize=32)
def _kept_version(folder: Path, name: str, _: tuple[int, ...]) -> dict[str, Any] | None:
    return kept_counts(folder, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """How many households are where: joined in all, told and not started, and taking part."""

    joined: int
    to_be_told: int
    to_start: int
    taking_part: int


def start_state(study: Study) -> Started:
    """Count the households of a study by how far they are, in one query."""
    rows = Standing.objects.of(study.municipality).filter(study=study.name, participation__in=JOINED)
    found = dict(rows.values_list("participation").annotate(number=Count("pk")).order_by())
    return Started(
        joined=sum(found.values()),
        to_be_told=found.get("to_be_told", 0) + found.get("signed_up", 0),
        to_start=found.get(CAN_START, 0),
        taking_part=found.get("taking_part", 0),
    )


def households_to_start(study: Study) -> list[str]:
    """Return the households that were told and did not start yet."""
    rows = Standing.objects.of(study.municipality).filter(study=study.name, participation=CAN_START)
    return list(rows.order_by("household").values_list("household", flat=True))


def joined_households(study: Study, round_name: str) -> set[str]:
    """Return the households of a round that joined and were not drawn yet."""
    mine = Household.objects.of(study.municipality).filter(study=study, round_name=round_name)
    rows = Standing.objects.of(study.municipality).filter(study=study.name, participation="signed_up")
    found: set[str] = set(
        rows.filter(household__in=mine.values("pseudonym")).values_list("household", flat=True)
    )
    return found
