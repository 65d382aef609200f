"""What a caseworker needs of the engine: what is due, what may be enforced, and what a decision lifts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from opmaat.benefits.duties import last_day_of, trial_exemption
from opmaat.conduct import due as engine
from opmaat.conduct import kinds
from opmaat.conduct.approach import rules_in_force
from opmaat.conduct.households import reviews_of
from opmaat.conduct.model import History, Journal
from opmaat.protocol.model import Protocol

__all__ = [
    "DueNow",
    "ends_of_disregard",
    "exemptions_to_decide",
    "open_complaints",
    "things_due",
    "to_restore",
]

_FOR_CASEWORKERS = frozenset(
    {
        engine.What.CONTACT,
        engine.What.REVIEW,
        engine.What.NOTICE,
        engine.What.EXEMPTION_STARTS,
        engine.What.EXEMPTION_ENDS,
        engine.What.DISREGARD_STARTS,
        engine.What.DISREGARD_ENDS,
    }
)
_MONTH_TO_SETTLE, _COMPLAINT = "month_to_settle", "complaint"


class DueNow(NamedTuple):
    """One thing that a caseworker has to do since a day; ``detail`` is the month to settle, or empty."""

    on: date
    what: str
    person: str | None
    detail: str = ""


def things_due(history: History, protocol: Protocol, *, on: date) -> tuple[DueNow, ...]:
    """Return what a caseworker has to do for a household on a day, the oldest first.

    What the arm and the protocol ask (:func:`opmaat.conduct.due.due`), months with earnings that were not
    settled since they were reported, and complaints that were not answered. Letters and questionnaires are
    not a caseworker's.

    >>> from pathlib import Path
    >>> from opmaat.web.gateway.events import history_of
    >>> from opmaat.web.gateway.studies import protocol_of
    >>> things_due(history_of("h1", []), protocol_of(Path("studies/groningen-2017")), on=date(2018, 1, 1))
    ()
    """
    journal = Journal({history.household: history}, ())
    found = [
        DueNow(one.on, one.what.value, one.person)
        for one in engine.due(journal, protocol, on=on)
        if one.what in _FOR_CASEWORKERS
    ]
    found += _months_to_settle(history, on)
    found += [DueNow(day, _COMPLAINT, person) for person, day in open_complaints(history, on=on)]
    return tuple(sorted(found, key=lambda one: (one.on, one.what, one.person or "", one.detail)))


def open_complaints(history: History, *, on: date) -> Iterator[tuple[str, date]]:
    """Yield the adults whose last complaint was not answered by a day, with the day of the complaint."""
    for person in history.adults:
        received = [event for event, _ in history.of(kinds.Complained, person) if event.valid_from <= on]
        answered = [event.valid_from for event, _ in history.of(kinds.ComplaintAnswered, person)]
        waiting = [one for one in received if not any(day >= one.valid_from for day in answered)]
        if waiting:
            yield person, waiting[0].valid_from


def _months_to_settle(history: History, on: date) -> Iterator[DueNow]:
    """Yield the months with earnings that became known after the month was settled, or that never was."""
    settled = {
        event.valid_from.replace(day=1): event.recorded_at
        for kind in (kinds.BenefitPaid, kinds.OverpaymentFound)
        for event, _ in history.of(kind)
    }
    known: dict[date, date] = {}
    for event, _ in history.of(kinds.EarningsReported):
        first = event.valid_from.replace(day=1)
        last = settled.get(first)
        if event.valid_from <= on and (last is None or last < event.recorded_at):
            known[first] = min(known.get(first, date.max), event.recorded_at.date())
    for first, day in known.items():
        yield DueNow(max(day, first), _MONTH_TO_SETTLE, None, first.isoformat()[:7])


def exemptions_to_decide(
    history: History, protocol: Protocol, person: str, *, first_day: date
) -> tuple[kinds.DutyExempted, ...]:
    """Return what a decision lifts for an adult by the rule of the arm, from a first day on.

    Duties that the trial lifted by an earlier decision are left out; an arm that lifts nothing gives none.
    """
    rule, start = rules_in_force(history, protocol, on=first_day).exemption, history.started_on
    if rule is None or start is None:
        return ()
    decided = {
        payload.duty for _, payload in history.of(kinds.DutyExempted, person) if payload.ground == "trial"
    }
    reviews = reviews_of(history, person, on=first_day)
    last_day = {one.duty.value: one.last_day for one in trial_exemption(rule, start, reviews)}
    return tuple(
        kinds.DutyExempted(duty=duty, ground="trial", last_day=last_day[duty])
        for duty in rule.duties
        if duty not in decided and last_day[duty] >= first_day
    )


def to_restore(history: History, person: str) -> tuple[kinds.DutyRestored, ...]:
    """Return what a decision restores for an adult: every duty that the trial lifted and that is not back."""
    restored = {payload.duty for _, payload in history.of(kinds.DutyRestored, person)}
    lifted = dict.fromkeys(
        payload.duty for _, payload in history.of(kinds.DutyExempted, person) if payload.ground == "trial"
    )
    return tuple(kinds.DutyRestored(duty) for duty in lifted if duty not in restored)


def ends_of_disregard(history: History, protocol: Protocol, *, first_day: date) -> date | None:
    """Return the last day of the arm's disregard when it is granted from a first day on; None without one."""
    rule, start = rules_in_force(history, protocol, on=first_day).disregard, history.started_on
    if rule is None or start is None:
        return None
    last_day = last_day_of(start, rule.months)
    return last_day if last_day >= first_day else None
