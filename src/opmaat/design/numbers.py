"""How many people there are in each arm: drawn, joined, taking up, measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from opmaat.protocol.analyses import Among
from opmaat.protocol.model import Protocol
from opmaat.protocol.planning import (
    FromRegister,
    FromSurvey,
    OutcomePlanning,
    Planning,
    SurvivalMeasure,
    WaveAnswers,
)

Population = Literal["drawn", "joined"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ArmNumbers:
    """Expected numbers of one arm, in what the population counts. ``takes_up`` is a share of the joined."""

    arm: str
    drawn: float
    joined: float
    takes_up: float


def arm_numbers(protocol: Protocol, planning: Planning, invited: float) -> Mapping[str, ArmNumbers]:
    """Return the expected numbers of every arm when so many are invited.

    After consent only those who join are drawn, so that the two numbers are the same. The control arm takes
    up nothing.
    """
    after_consent = drawn_after_consent(protocol)
    joins, by_arm = planning.recruitment.joins.value, planning.recruitment.joins_by_arm
    total = sum(arm.share or 0.0 for arm in protocol.arms.values())
    numbers: dict[str, ArmNumbers] = {}
    for name, arm in protocol.arms.items():
        asked = invited * (arm.share or 0.0) / total
        joined = asked * (by_arm[name].value if name in by_arm else joins)
        given = planning.takes_up.get(name)
        takes_up = 0.0 if arm.kind == "control" else given.value if given else 1.0
        drawn = joined if after_consent else asked
        numbers[name] = ArmNumbers(arm=name, drawn=drawn, joined=joined, takes_up=takes_up)
    return numbers


def drawn_after_consent(protocol: Protocol) -> bool:
    """Tell whether only those who join are drawn."""
    return getattr(protocol.assignment, "timing", None) == "after_consent"


def answering(wave: WaveAnswers) -> float:
    """Return the share of those who joined that answers in a wave, of who left benefit and who did not.

    >>> from opmaat.protocol.planning import Assumed
    >>> left, late = Assumed(value=0.25), Assumed(value=0.4)
    >>> answering(WaveAnswers(answers=Assumed(value=0.8), left=left, answers_after_leaving=late))
    0.7
    """
    later = wave.answers if wave.answers_after_leaving is None else wave.answers_after_leaving
    return round((1 - wave.left.value) * wave.answers.value + wave.left.value * later.value, 12)


def people_per_unit(protocol: Protocol, planning: Planning, outcome: OutcomePlanning) -> float:
    """Return how many people have the outcome in one unit that is drawn.

    It is above 1 when households are drawn and the outcome is that of persons within them.
    """
    household = planning.clusters.household
    within = outcome.intracluster is not None and outcome.intracluster.household is not None
    if household is None or not within or protocol.population.unit != "household":
        return 1.0
    return household.size.value


def measured_share(planning: Planning, outcome: OutcomePlanning, wave: str | None) -> float:
    """Return the share of those whose outcome is looked for that has one at all.

    Who gets lost before the end still counts in the time until an event.
    """
    if isinstance(outcome.measured, FromSurvey):
        return answering(planning.waves[wave]) if wave is not None else 0.0
    return 1.0 if isinstance(outcome.measure, SurvivalMeasure) else 1 - outcome.measured.lost.value


def populations(protocol: Protocol, outcome: OutcomePlanning, *, among: Among) -> tuple[Population, ...]:
    """Return among whom an outcome is compared.

    A register has everyone who was drawn; a survey only who joined. What was drawn after consent has joined.
    An estimand that asks about those who joined alone is about nobody else.
    """
    if drawn_after_consent(protocol):
        return ("drawn",)
    if among == "joined":
        return ("joined",)
    return ("drawn", "joined") if isinstance(outcome.measured, FromRegister) else ("joined",)
