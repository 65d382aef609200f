"""What an arm means for one adult on a day: what is lifted, what stays, what is kept, from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from opmaat.benefits.disregard import TrialDisregard, trial_disregard
from opmaat.benefits.duties import (
    ARTICLE,
    Answer,
    Duty,
    Ground,
    Lifted,
    Person,
    last_day_of,
    may_enforce,
    trial_exemption,
)
from opmaat.conduct import kinds
from opmaat.conduct.approach import rules_in_force
from opmaat.conduct.households import lifted_duties, reviews_of
from opmaat.conduct.model import History
from opmaat.protocol.arms import Arm, ChoiceArm
from opmaat.protocol.model import Protocol

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """From a first up to and with a last day; ``decided`` when there is a decision, and not only the plan."""

    first_day: date
    last_day: date
    decided: bool


@dataclass(frozen=True, slots=True)
class DutyNow:
    """One duty on a day: whether it may be enforced, with the article, and when and why it is lifted."""

    duty: Duty
    answer: Answer
    lifted: Stretch | None
    ground: Ground | None = None

    @property
    def article(self) -> str:
        """The article of the duty itself, not that of the ground."""
        return ARTICLE[self.duty]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnArm:
    """What an adult's arm means on a day; ``arm`` is the one that holds: of a choice the chosen option."""

    told: Arm
    arm: Arm
    duties: tuple[DutyNow, ...]
    disregard: TrialDisregard | None
    disregarded: Stretch | None
    contacts_per_month: float | None
    must_choose: bool


def own_arm(history: History, protocol: Protocol, person: str, *, born: date, on: date) -> OwnArm | None:
    """Return what the arm of a household means for one of its adults; None before the arm was disclosed."""
    told = history.disclosed_arm(on)
    if told is None:
        return None
    rules = rules_in_force(history, protocol, on=on)
    option = chosen_option(history, on)
    return OwnArm(
        told=protocol.arms[told],
        arm=protocol.arms[option or told],
        duties=duties_on(history, protocol, person, born=born, on=on),
        disregard=None if rules.disregard is None else trial_disregard(rules.disregard),
        disregarded=_disregarded(history, protocol, on),
        contacts_per_month=None if rules.guidance is None else rules.guidance.contacts_per_month,
        must_choose=isinstance(protocol.arms[told], ChoiceArm) and option is None,
    )


def duties_on(
    history: History, protocol: Protocol, person: str, *, born: date, on: date
) -> tuple[DutyNow, ...]:
    """Return every duty of an adult on a day, as decided, or as planned where nothing was decided yet."""
    lifted = _lifted(history, protocol, person, on)
    return tuple(_duty(duty, Person(born=born), lifted, on) for duty in Duty)


def chosen_option(history: History, on: date) -> str | None:
    """Return the last choice of a household by a day."""
    chosen = [payload.option for event, payload in history.of(kinds.Chose) if event.valid_from <= on]
    return chosen[-1] if chosen else None


def _duty(duty: Duty, person: Person, lifted: list[tuple[Lifted, bool]], on: date) -> DutyNow:
    """Return one duty on a day."""
    answer = may_enforce(duty, person, [one for one, _ in lifted], on=on)
    covering = [(one, decided) for one, decided in lifted if one.duty == duty and one.covers(on)]
    if not covering:
        return DutyNow(duty, answer, None)
    one, decided = covering[0]
    stretch = Stretch(first_day=one.first_day, last_day=one.last_day, decided=decided)
    return DutyNow(duty, answer, stretch, one.ground)


def _lifted(history: History, protocol: Protocol, person: str, on: date) -> list[tuple[Lifted, bool]]:
    """Return what decisions lift, and, of what the arm plans, that on which nothing was decided yet."""
    decided = [(one, True) for one in lifted_duties(history, person)]
    rule, start = rules_in_force(history, protocol, on=on).exemption, history.started_on
    if rule is None or start is None:
        return decided
    known = {payload.duty for _, payload in history.of(kinds.DutyExempted, person)}
    planned = trial_exemption(rule, start, reviews_of(history, person, on=on))
    return decided + [(one, False) for one in planned if one.duty.value not in known]


def _disregarded(history: History, protocol: Protocol, on: date) -> Stretch | None:
    """Return from when to when the arm's disregard holds: as decided, or as planned."""
    rule, start = rules_in_force(history, protocol, on=on).disregard, history.started_on
    if rule is None or start is None:
        return None
    granted = [(event.valid_from, payload.last_day) for event, payload in history.of(kinds.DisregardGranted)]
    if not granted:
        return Stretch(first_day=start, last_day=last_day_of(start, rule.months), decided=False)
    first, last = granted[-1]
    ended = [event.valid_from for event, _ in history.of(kinds.DisregardEnded) if event.valid_from >= first]
    return Stretch(first_day=first, last_day=min([last, *(day - _DAY for day in ended)]), decided=True)
