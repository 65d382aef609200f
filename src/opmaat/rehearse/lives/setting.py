"""What a protocol and a file of effects say of a trial: tables by arm for behaviour to look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.benefits.disregard import TrialDisregard, trial_disregard
from opmaat.conduct.approach import rules_of
from opmaat.core.errors import Issue, ProtocolError
from opmaat.core.month import Month
from opmaat.protocol.arms import ChoiceArm
from opmaat.protocol.assignment import Recorded
from opmaat.protocol.model import Protocol
from opmaat.rehearse.effects import NO_EFFECTS, Effects
from opmaat.rehearse.people.chance import Floats
from opmaat.rehearse.people.municipality import Municipality, municipality

_ARM_MONTHS = 24
_MONTHS_AFTER_LAST = 2
BEHAVIOURS = ("finding", "losing", "part_time", "hours", "permanent", "at_cap", "answering", "withdrawing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Everything that behaviour depends on but the people themselves.

    Columns count months from ``first_month``, the month of the reference date. ``start`` is the column of the
    first month of each round. Arrays by arm are in the order of the protocol's arms: the chance that a
    household of average health joins and takes up, the odds of answering and withdrawing beside others, the
    months that the arm lasts. ``multipliers`` holds the effects by behaviour.
    """

    protocol: Protocol
    numbers: Municipality
    effects: Effects
    reference_date: date
    first_month: Month
    months: int
    rounds: tuple[str, ...]
    start: NDArray[np.int64]
    joins: Floats
    joining_by_health: Floats
    takes_up: Floats
    answering: Floats
    withdrawing: Floats
    arm_months: NDArray[np.int64]
    multipliers: Mapping[str, Floats]
    disregards: tuple[TrialDisregard | None, ...]

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms."""
        return tuple(self.protocol.arms)

    @property
    def options(self) -> tuple[tuple[int, ...], ...]:
        """Per arm the places of the arms that a household can choose from; none outside a choice arm."""
        return tuple(
            tuple(self.arms.index(name) for name in arm.options) if isinstance(arm, ChoiceArm) else ()
            for arm in self.protocol.arms.values()
        )

    @property
    def joins_first(self) -> bool:
        """Whether households join before they are drawn, and so cannot know their arm."""
        plan = self.protocol.assignment
        return not isinstance(plan, Recorded) and plan.timing == "after_consent"

    @property
    def last_month(self) -> int:
        """The last month of the trial that the protocol asks for anything of."""
        return self.months - int(self.start.max()) - _MONTHS_AFTER_LAST

    def column(self, day: date) -> int:
        """Return the column of the month in which a day lies."""
        return Month.of(day) - self.first_month


def setting(
    protocol: Protocol, *, effects: Effects = NO_EFFECTS, numbers: Municipality | None = None
) -> Setting:
    """Return what a protocol and effects say of a trial.

    Raises
    ------
    ProtocolError
        When the protocol has no period or no register, or records a draw of elsewhere: then there is nothing
        to rehearse.
    """
    issues = list(_lacking(protocol))
    if issues or protocol.period is None:
        raise ProtocolError(issues)
    made_up = numbers or municipality()
    period = protocol.period
    rounds = () if isinstance(protocol.assignment, Recorded) else protocol.assignment.rounds
    first_days = [period.later_rounds.get(name, period.first_day) for name in rounds or ("",)]
    before = Month.of(period.first_day) + -1
    reference_date = protocol.population.reference_date or date(before.year, before.month, 1)
    first_month = min(Month.of(reference_date), before)
    start = np.array([Month.of(day) - first_month for day in first_days], dtype=np.int64)
    return Setting(
        protocol=protocol,
        numbers=made_up,
        effects=effects,
        reference_date=reference_date,
        first_month=first_month,
        months=int(start.max()) + _last_month(protocol) + _MONTHS_AFTER_LAST,
        rounds=rounds or ("",),
        start=start,
        **_by_arm(protocol, effects, made_up),
    )


def _lacking(protocol: Protocol) -> list[Issue]:
    """Return what a rehearsal needs and the protocol does not have."""
    wanted = [
        (protocol.period is None, "period", "Add 'period' with the first and last day of the trial."),
        (protocol.population.register is None, "population", "Add 'register' to the population."),
        (isinstance(protocol.assignment, Recorded), "assignment", "Name how lots are drawn."),
    ]
    problem = "A rehearsal plays a trial from its draw on, and the protocol does not say enough for that."
    return [
        Issue("nothing-to-rehearse", f"{protocol.id}, '{key}'", problem, fix)
        for lacks, key, fix in wanted
        if lacks
    ]


def _last_month(protocol: Protocol) -> int:
    """Return the last month of the trial that something asks for."""
    asked = [estimand.month or 0 for estimand in protocol.estimands]
    period = protocol.period
    whole = 0 if period is None else Month.of(period.last_day) - Month.of(period.first_day) + 1
    return max(*asked, *(wave.month for wave in protocol.waves), whole, 1)


def _by_arm(protocol: Protocol, effects: Effects, numbers: Municipality) -> dict[str, Any]:
    """Return the fields of a setting that stand by arm."""
    part = numbers.taking_part
    pulls = [part.kinds[arm.kind] for arm in protocol.arms.values()]
    of_arm = [effects.of(name) for name in protocol.arms]
    rules = [rules_of(arm) for arm in protocol.arms.values()]
    return {
        "joins": np.array([_joins(protocol, name, effects, numbers) for name in protocol.arms]),
        "joining_by_health": np.array([part.joining_by_health + pull.by_health for pull in pulls]),
        "takes_up": np.array([_takes_up(protocol, name, effects, numbers) for name in protocol.arms]),
        "answering": np.array([pull.answering for pull in pulls]),
        "withdrawing": np.array([pull.withdrawing for pull in pulls]),
        "arm_months": np.array([_months_of(protocol, name) for name in protocol.arms], dtype=np.int64),
        "multipliers": {name: np.array([getattr(one, name) for one in of_arm]) for name in BEHAVIOURS},
        "disregards": tuple(
            None if one.disregard is None else trial_disregard(one.disregard) for one in rules
        ),
    }


def _joins(protocol: Protocol, name: str, effects: Effects, numbers: Municipality) -> float:
    """Return the chance that a household of average health joins an arm."""
    part, planning = numbers.taking_part, protocol.planning
    known = None if planning is None else planning.recruitment.joins_by_arm.get(name)
    if known is not None:
        share = known.value
    else:
        share = part.joins if planning is None else planning.recruitment.joins.value
        share = times_odds(share, part.kinds[protocol.arms[name].kind].joining)
    return times_odds(share, effects.of(name).joining)


def _takes_up(protocol: Protocol, name: str, effects: Effects, numbers: Municipality) -> float:
    """Return the chance that a household of average health takes up what an arm offers."""
    if protocol.arms[name].kind == "control":
        return 0.0
    assumed = None if protocol.planning is None else protocol.planning.takes_up.get(name)
    share = numbers.taking_part.takes_up if assumed is None else assumed.value
    return times_odds(share, effects.of(name).taking_up)


def _months_of(protocol: Protocol, name: str) -> int:
    """Return how many months an arm lasts: those of its rules, or of the trial."""
    rules = rules_of(protocol.arms[name])
    months = [rule.months for rule in (rules.exemption, rules.disregard) if rule is not None]
    period = protocol.period
    whole = _ARM_MONTHS if period is None else Month.of(period.last_day) - Month.of(period.first_day) + 1
    return max(months, default=whole)


def times_odds(share: float, ratio: float) -> float:
    """Return a share whose odds were multiplied.

    >>> times_odds(0.5, 3.0)
    0.75
    """
    return 1.0 if share >= 1 else share * ratio / (1 - share + share * ratio)
