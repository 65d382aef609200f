"""What was delivered to whom, and what reached people for whom it was not meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain

from opmaat.conduct import kinds
from opmaat.conduct.approach import rules_of
from opmaat.conduct.households import lifted_duties
from opmaat.conduct.model import Event, History, Journal
from opmaat.core.money import divide_half_up
from opmaat.core.month import Month
from opmaat.protocol.model import Protocol

_MINUTES_AN_HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """What one worker delivered in one arm in one month.

    ``minutes`` are those of contacts held, of debt help, and those kept free for contacts that were missed;
    ``cost_cents`` is their cost and what was paid to others for debt help.
    """

    arm: str
    worker: str
    month: Month
    contacts: int
    missed: int
    minutes: int
    cost_cents: int


def doses(journal: Journal, *, cents_per_hour: int) -> tuple[Dose, ...]:
    """Return contacts, minutes and money by arm, worker and month.

    The arm is the one that the household had been told by the day; what happened before counts nowhere.

    Parameters
    ----------
    cents_per_hour
        What an hour of a caseworker costs, in eurocents. Costs are rounded half-up once per row.

    Examples
    --------
    >>> from opmaat.conduct.fold import fold
    >>> doses(fold([]), cents_per_hour=6_000)
    ()
    """
    rows: dict[tuple[str, str, Month], list[Event]] = defaultdict(list)
    for history in journal:
        for event, _ in chain.from_iterable(map(history.of, _DELIVERED)):
            arm = history.disclosed_arm(event.valid_from)
            if arm is not None:
                rows[arm, event.actor, Month.of(event.valid_from)].append(event)
    return tuple(_dose(*key, rows[key], cents_per_hour) for key in sorted(rows))


_DELIVERED = (kinds.ContactHeld, kinds.ContactMissed, kinds.DebtHelp)


def _dose(arm: str, worker: str, month: Month, events: list[Event], cents_per_hour: int) -> Dose:
    """Add up one row."""
    payloads = [event.payload for event in events]
    minutes = sum(payload.minutes for payload in payloads if isinstance(payload, _DELIVERED))
    paid = sum(payload.cost_cents for payload in payloads if isinstance(payload, kinds.DebtHelp))
    return Dose(
        arm=arm,
        worker=worker,
        month=month,
        contacts=sum(isinstance(payload, kinds.ContactHeld) for payload in payloads),
        missed=sum(isinstance(payload, kinds.ContactMissed) for payload in payloads),
        minutes=minutes,
        cost_cents=paid + divide_half_up(minutes * cents_per_hour, _MINUTES_AN_HOUR),
    )


class Crossing(StrEnum):
    """How an approach reached people for whom it was not meant."""

    INTENSIVE_CONTROL = "intensive_control"
    EXEMPTED_SANCTIONED = "exempted_sanctioned"
    WORKER_OF_SEVERAL_ARMS = "worker_of_several_arms"


@dataclass(frozen=True, slots=True, order=True)
class Contamination:
    """One finding: what crossed, who is concerned (a household or a worker), since when, and the figures."""

    what: Crossing
    who: str
    since: date
    detail: str


def contamination(journal: Journal, protocol: Protocol, *, on: date) -> tuple[Contamination, ...]:
    """Return where the arms ran into each other by a day, as far as events show it.

    A control household whose contacts held per whole month since the start reach the lowest number that a
    guidance rule of the protocol plans; a sanction for a duty that was lifted; a caseworker who talked with
    households of the control arm and with households of an arm with guidance.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.conduct.fold import fold
    >>> from opmaat.protocol.load import load_protocol
    >>> contamination(fold([]), load_protocol(Path("studies/nsw-1975")), on=date(2018, 1, 1))
    ()
    """
    intensive = {
        name: rule.contacts_per_month
        for name, arm in protocol.arms.items()
        if (rule := rules_of(arm).guidance) is not None
    }
    histories = [history.until(on) for history in journal]
    found = [one for history in histories for one in _sanctioned(history)]
    if intensive:
        lowest = min(intensive.values())
        for history in histories:
            if history.disclosed_arm(on) == protocol.control:
                found += _intensive_control(history, lowest, on)
        found += _workers(histories, protocol.control, frozenset(intensive))
    return tuple(sorted(found))


def _sanctioned(history: History) -> Iterator[Contamination]:
    """Yield the sanctions for a duty that was lifted on that day."""
    for event, sanction in history.of(kinds.Sanctioned):
        for lifted in lifted_duties(history, event.person or ""):
            if lifted.duty == sanction.duty and lifted.covers(event.valid_from):
                detail = f"{event.person}: {sanction.duty}, lifted since {lifted.first_day}"
                yield Contamination(Crossing.EXEMPTED_SANCTIONED, history.household, event.valid_from, detail)


def _intensive_control(history: History, lowest: float, on: date) -> Iterator[Contamination]:
    """Yield a household of the control arm that was talked with as often as a guidance arm plans."""
    start = history.started_on
    if start is None:
        return
    months = Month.of(on) - Month.of(start) - (on.day < start.day)
    contacts = sum(start <= event.valid_from for event, _ in history.of(kinds.ContactHeld))
    if months >= 1 and contacts >= lowest * months:
        detail = f"{contacts} contacts in {months} months"
        yield Contamination(Crossing.INTENSIVE_CONTROL, history.household, start, detail)


def _workers(
    histories: Iterable[History], control: str, intensive: frozenset[str]
) -> Iterator[Contamination]:
    """Yield the workers who talked with the control arm and with an arm with guidance."""
    talks: dict[str, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
    for history in histories:
        for event, _ in history.of(kinds.ContactHeld):
            arm = history.disclosed_arm(event.valid_from)
            if arm is not None:
                talks[event.actor][arm].append(event.valid_from)
    for worker, by_arm in talks.items():
        if control in by_arm and intensive & set(by_arm):
            since = max(min(by_arm[control]), min(min(by_arm[arm]) for arm in intensive & set(by_arm)))
            detail = ", ".join(f"{arm}: {len(days)}" for arm, days in sorted(by_arm.items()))
            yield Contamination(Crossing.WORKER_OF_SEVERAL_ARMS, worker, since, detail)
