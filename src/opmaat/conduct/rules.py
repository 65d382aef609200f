"""What one event by itself must be: a table of rules, each for every event that comes in of its kinds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from opmaat.benefits.duties import MAY_LIFT, Duty, Ground
from opmaat.conduct import kinds
from opmaat.conduct.exits import EXIT_REASONS
from opmaat.conduct.model import Event
from opmaat.core.errors import Issue, did_you_mean

ROLES = ("caseworker", "project_lead", "participant", "researcher", "register", "system")
MAY_BE_PLANNED: frozenset[type[kinds.Payload]] = frozenset(
    {
        kinds.Started,
        kinds.DisregardGranted,
        kinds.DisregardEnded,
        kinds.DutyExempted,
        kinds.DutyRestored,
        kinds.Sanctioned,
        kinds.Exited,
        kinds.ReEntered,
        kinds.MovedAway,
        kinds.Retracted,
    }
)
"""Kinds that can be known before the day on which they hold."""

_ACTOR = re.compile(rf"({'|'.join(ROLES)}):[0-9a-f]{{4,64}}")
_DAY, _NO_OFFSET = timedelta(days=1), timedelta(0)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code, when an event breaks it on a day, what is then wrong, and how to mend it.

    ``of`` are the kinds that it is about.
    """

    code: str
    broken: Callable[[Event, date], bool]
    problem: str
    fix: Callable[[Event], str]
    of: tuple[type[kinds.Payload], ...] = kinds.KINDS


def _recorded_too_early(event: Event, _: date) -> bool:
    """Allow a day of grace, because the moment is in UTC and the day is the municipality's."""
    return event.valid_from > event.recorded_at.date() + _DAY


def _ends_before_it_begins(event: Event, _: date) -> bool:
    granted = event.payload
    if not isinstance(granted, kinds.DutyExempted | kinds.DisregardGranted):
        return False
    return granted.last_day < event.valid_from


def _ground_cannot_lift(event: Event, _: date) -> bool:
    lifted = event.payload
    if not isinstance(lifted, kinds.DutyExempted):
        return False
    return Duty(lifted.duty) not in MAY_LIFT[Ground(lifted.ground)]


def _exit_reason_unknown(event: Event, _: date) -> bool:
    return isinstance(event.payload, kinds.Exited) and event.payload.reason not in EXIT_REASONS


@lru_cache(maxsize=1024)
def _is_actor(text: str) -> bool:
    """Tell whether a text is a role with a pseudonym; the same few stand in thousands of events."""
    return _ACTOR.fullmatch(text) is not None


def _always(text: str) -> Callable[[Event], str]:
    return lambda _: text


def _about(what: kinds.About) -> tuple[type[kinds.Payload], ...]:
    """Return the kinds that concern one adult, or a household."""
    return tuple(kind for kind in kinds.KINDS if kind.about == what)


RULES = (
    Rule(
        "not-utc",
        lambda event, _: event.recorded_at.utcoffset() != _NO_OFFSET,
        "The moment of recording is not in UTC.",
        _always("Write it as 2018-03-05T09:30:00Z."),
    ),
    Rule(
        "recorded-in-the-future",
        lambda event, today: event.recorded_at.date() > today,
        "It was recorded after today.",
        _always("Check the clock of the system that recorded it."),
    ),
    Rule(
        "date-in-the-future",
        _recorded_too_early,
        "It was recorded before the day on which it happened.",
        _always("Correct the day; only decisions and what is known ahead can lie in the future."),
        tuple(kind for kind in kinds.KINDS if kind not in MAY_BE_PLANNED),
    ),
    Rule(
        "actor-is-no-pseudonym",
        lambda event, _: not _is_actor(event.actor),
        "The actor is not a role with a pseudonym.",
        _always(f"Write one of {', '.join(ROLES)}, a colon, and 4 to 64 hexadecimal digits."),
    ),
    Rule(
        "person-missing",
        lambda event, _: event.person is None,
        "The event concerns one adult, and does not say which.",
        _always("Give the pseudonym of the adult under 'person'."),
        _about("person"),
    ),
    Rule(
        "person-not-expected",
        lambda event, _: event.person is not None,
        "The event concerns a household, and names a person.",
        _always("Leave 'person' out; an adult who leaves alone is 'withdrew' or 'partner_left'."),
        _about("household"),
    ),
    Rule(
        "retraction-of-nothing",
        lambda event, _: event.corrects is None,
        "The retraction does not say which event did not happen.",
        _always("Give the id of that event under 'corrects'."),
        (kinds.Retracted,),
    ),
    Rule(
        "ends-before-it-begins",
        _ends_before_it_begins,
        "The last day is before the first.",
        _always("Correct 'last_day' or 'valid_from'."),
        (kinds.DutyExempted, kinds.DisregardGranted),
    ),
    Rule(
        "ground-does-not-lift-the-duty",
        _ground_cannot_lift,
        "The ground of the exemption cannot lift this duty.",
        _always("Check the ground: art. 9 names for each which duties it lifts."),
        (kinds.DutyExempted,),
    ),
    Rule(
        "unknown-exit-reason",
        _exit_reason_unknown,
        "The reason of the exit is not a code of the benefits statistics.",
        lambda event: did_you_mean(getattr(event.payload, "reason", ""), EXIT_REASONS),
        (kinds.Exited,),
    ),
)

_RULES_OF = {kind: tuple(rule for rule in RULES if kind in rule.of) for kind in kinds.KINDS}


def broken_rules(event: Event, where: str, *, today: date) -> Iterator[Issue]:
    """Yield an issue for every rule that an event breaks.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> exit = Event(
    ...     id="e1",
    ...     household="h1",
    ...     person=None,
    ...     valid_from=date(2018, 3, 1),
    ...     recorded_at=datetime(2018, 3, 2, 9, 0, tzinfo=UTC),
    ...     actor="register:0b05",
    ...     payload=kinds.Exited("1"),
    ... )
    >>> [issue.code for issue in broken_rules(exit, "events.jsonl:1", today=date(2018, 3, 2))]
    ['unknown-exit-reason']
    """
    for rule in _RULES_OF[type(event.payload)]:
        if rule.broken(event, today):
            yield Issue(rule.code, where, rule.problem, rule.fix(event))
