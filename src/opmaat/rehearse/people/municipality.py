"""The numbers of the made-up municipality: marginals and behaviour, each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import hypot
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, MinLen

from opmaat.protocol.finding import Finding
from opmaat.protocol.typed_yaml import file_kind, read_typed
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS
from opmaat.survey.scale import scale, scale_names

ArmKind = Literal["control", "exemption", "guidance", "disregard", "choice", "combined", "other"]
Share = Annotated[float, Ge(0), Le(1)]
Shares = Annotated[Mapping[str, Share], MinLen(1)]
Positive = Annotated[float, Gt(0)]
Ground = Annotated[str, MinLen(1)]

_FILE = Path(__file__).with_name("municipality.yaml")


@dataclass(frozen=True, kw_only=True)
class PeopleNumbers:
    """Who receives social assistance. Spans are written ``27-34``, the last one included."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    assumption: Ground
    documented: Ground
    household_kind: Shares
    age: Shares
    women: Mapping[str, Share]
    duration_months: Shares
    schooling: Shares
    background: Shares
    alike_in_household: Share


@dataclass(frozen=True, kw_only=True)
class WorkNumbers:
    """How people find, keep and lose work. Chances are a month's; ``..._by`` are slopes of log odds."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    assumption: Ground
    finding: Share
    finding_by: Mapping[str, float]
    losing: Share
    losing_by: Mapping[str, float]
    works_at_first: Share
    part_time: Share
    part_time_by: Mapping[str, float]
    part_time_stops: Share
    small_hours: tuple[Positive, Positive]
    large_hours: tuple[Positive, Positive]
    hourly_above_minimum: Share
    permanent: Share
    becomes_permanent: Share
    self_employed: Share
    net_of_gross: Share
    keeps_to_cap: Share


@dataclass(frozen=True, kw_only=True)
class CourseNumbers:
    """What else happens to people, by month."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    assumption: Ground
    leaves: Share
    moves: Share
    returns_after_work: Share
    returns_otherwise: Share
    dies_at_45: Share
    dies_growth: Share
    reasons: Shares


@dataclass(frozen=True, kw_only=True)
class Pull:
    """How a kind of arm draws people: odds beside those of other kinds, and the slope by health."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    joining: Positive
    by_health: float
    answering: Positive
    withdrawing: Positive


@dataclass(frozen=True, kw_only=True)
class TakingPartNumbers:
    """Joining, taking up, answering and withdrawing; slopes are of log odds by a standard deviation."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    assumption: Ground
    joins: Share
    takes_up: Share
    answers: Share
    withdraws: Share
    joining_by_health: float
    taking_up_by_health: float
    answering_by_health: float
    answering_by_work: float
    withdrawing_by_health: float
    unanswered_item: Share
    kinds: Mapping[ArmKind, Pull]


@dataclass(frozen=True, kw_only=True)
class TypedNumber:
    """How large a number is that somebody types in: the share who have any, and the mean of these."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    share: Annotated[float, Gt(0), Le(1)]
    mean: Annotated[float, Gt(1)]


@dataclass(frozen=True, kw_only=True)
class ScoreNumbers:
    """What a score is made of, in standard deviations; ``width`` is one of these as a part of the range.

    ``numbers`` is of the scales whose items are no ratings: how large the answer to one item is.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    assumption: Ground
    health: float
    works: float
    own: float
    wave: float
    item: float
    width: Positive
    numbers: Mapping[str, TypedNumber]

    @property
    def spread(self) -> float:
        """Standard deviation of what the answer to one item follows from, work aside."""
        return hypot(self.health, self.own, self.wave, self.item)


@dataclass(frozen=True, kw_only=True)
class CaseworkNumbers:
    """How caseworkers work: households each, talks a month outside guidance, share missed, minutes."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    assumption: Ground
    load: Annotated[int, Gt(0)]
    contacts_per_month: Share
    missed: Share
    minutes: Annotated[int, Gt(0)]


@dataclass(frozen=True, kw_only=True)
class Municipality:
    """Everything that is assumed of the made-up municipality; load it with :func:`municipality`."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    version: Literal[1]
    people: PeopleNumbers
    work: WorkNumbers
    course: CourseNumbers
    taking_part: TakingPartNumbers
    scores: ScoreNumbers
    casework: CaseworkNumbers


_KIND = file_kind("file of a municipality", _FILE.name, Municipality)


@cache
def municipality() -> Municipality:
    """Return the made-up municipality.

    >>> sorted(municipality().taking_part.kinds)[:2]
    ['choice', 'combined']
    """
    return read_typed(_FILE, _KIND, _check)


def span(name: str) -> tuple[int, int]:
    """Return the first and last number of a span.

    >>> span("27-34")
    (27, 34)
    """
    first, _, last = name.partition("-")
    return int(first), int(last)


def _check(made_up: Municipality) -> Iterator[Finding]:
    """Yield what adds up to something else than everybody, and scales of which nothing is known."""
    people = made_up.people
    for name in ("household_kind", "age", "duration_months", "schooling", "background"):
        total = sum(getattr(people, name).values())
        if abs(total - 1) > 1e-9:
            problem = f"The shares add up to {total:g}."
            yield Finding(("people", name), "shares", problem, "Let them add up to 1.")
    if abs(sum(made_up.course.reasons.values()) - 1) > 1e-9:
        yield Finding(("course", "reasons"), "shares", "The shares do not add up to 1.", "Let them.")
    typed_in = [name for name in scale_names() if scale(name).answers.kind == "number"]
    for name in set(typed_in) ^ set(made_up.scores.numbers):
        problem = f"'{name}' is not both here and a scale with numbers that are typed in."
        yield Finding(("scores", "numbers"), "typed-numbers", problem, f"Use: {', '.join(typed_in)}.")
