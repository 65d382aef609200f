"""What went wrong for people, by arm, and the rules by which an arm is looked at again or stopped.

The thresholds are arguments: which harm, how much more of it, is a judgement of those who run the trial.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from opmaat.conduct import kinds
from opmaat.conduct.model import Event, History, Journal
from opmaat.core.money import BASIS_POINTS


class Harm(StrEnum):
    """What is counted."""

    COMPLAINT = "complaint"
    SERIOUS_COMPLAINT = "serious_complaint"
    SANCTION = "sanction"
    WITHDRAWAL = "withdrawal"
    REMOVAL = "removal"
    DEATH = "death"


_HARM_OF: Mapping[type[kinds.Payload], Harm] = {
    kinds.Complained: Harm.COMPLAINT,
    kinds.Sanctioned: Harm.SANCTION,
    kinds.Withdrew: Harm.WITHDRAWAL,
    kinds.Removed: Harm.REMOVAL,
    kinds.Died: Harm.DEATH,
}


@dataclass(frozen=True, slots=True)
class HarmCount:
    """How often a harm happened in an arm since the start, and to how many of the households that started."""

    arm: str
    harm: Harm
    events: int
    households: int
    started: int

    @property
    def share(self) -> float:
        """Share of the households that started to whom it happened; 0 where none started."""
        return self.households / self.started if self.started else 0.0


def harms(journal: Journal, *, on: date) -> tuple[HarmCount, ...]:
    """Return every harm of every arm by a day, zeros included: an arm without harm is shown as one.

    Examples
    --------
    >>> from opmaat.conduct.fold import fold
    >>> harms(fold([]), on=date(2018, 1, 1))
    ()
    """
    counts: dict[str, list[Mapping[Harm, int]]] = {}
    for history in journal:
        arm, start = history.disclosed_arm(on), history.started_on
        if arm is not None and start is not None and start <= on:
            counts.setdefault(arm, []).append(harms_of(history.until(on), since=start))
    return tuple(
        HarmCount(
            arm,
            harm,
            events=sum(one[harm] for one in households),
            households=sum(one[harm] > 0 for one in households),
            started=len(households),
        )
        for arm, households in sorted(counts.items())
        for harm in Harm
    )


def harms_of(history: History, *, since: date) -> Mapping[Harm, int]:
    """Return how often each harm happened to a household from a day on, zeros included."""
    counted = dict.fromkeys(Harm, 0)
    for kind, harm in _HARM_OF.items():
        happened = [event for event, _ in history.of(kind) if since <= event.valid_from]
        counted[harm] = len(happened)
        counted[Harm.SERIOUS_COMPLAINT] += sum(map(_is_serious, happened))
    return counted


def _is_serious(event: Event) -> bool:
    return isinstance(event.payload, kinds.Complained) and event.payload.serious


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRule:
    """When an arm is looked at again: a harm's share this far above control's, in at least so many.

    ``above_control_bp`` is in basis points: 1000 is ten percentage points. ``households`` is the least number
    of households of the arm to whom it happened.
    """

    harm: Harm
    above_control_bp: int
    households: int


@dataclass(frozen=True, slots=True)
class Stop:
    """An arm that met a rule, with the counts of the arm and of control."""

    rule: StopRule
    arm: HarmCount
    control: HarmCount


def stops(counts: Sequence[HarmCount], rules: Sequence[StopRule], *, control: str) -> tuple[Stop, ...]:
    """Return the arms that met a rule. It says nothing about chance: people decide, knowing the counts.

    Examples
    --------
    >>> counts = [
    ...     HarmCount("control", Harm.COMPLAINT, 1, 1, 100),
    ...     HarmCount("x", Harm.COMPLAINT, 25, 20, 100),
    ... ]
    >>> rule = StopRule(harm=Harm.COMPLAINT, above_control_bp=1_000, households=5)
    >>> [stop.arm.arm for stop in stops(counts, [rule], control="control")]
    ['x']
    """
    by_place = {(count.arm, count.harm): count for count in counts}
    return tuple(
        Stop(rule, count, compared)
        for rule in rules
        for count in counts
        if count.harm is rule.harm
        and count.arm != control
        and (compared := by_place.get((control, rule.harm))) is not None
        and count.households >= rule.households
        and _far_above(count, compared, rule.above_control_bp)
    )


def _far_above(count: HarmCount, compared: HarmCount, basis_points: int) -> bool:
    """Tell whether one share lies so far above another, in whole numbers: a threshold is met exactly."""
    difference = count.households * compared.started - compared.households * count.started
    return BASIS_POINTS * difference >= basis_points * count.started * compared.started
