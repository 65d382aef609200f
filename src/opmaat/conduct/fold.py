"""From events to the journal: the states that each household and adult went through.

The order in which events come does not matter, and neither do repeats: within a household events are taken by
the day from which they hold, those of one day in the order of their kinds, then by when they were recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from opmaat.conduct.kinds import RANK, Payload
from opmaat.conduct.model import Event, History, Journal
from opmaat.conduct.standing import standing
from opmaat.conduct.states import ADULT, BENEFIT, NEEDS, PARTICIPATION, Machine, Track
from opmaat.core.errors import Issue


def fold(events: Iterable[Event], *, known_at: datetime | None = None) -> Journal:
    """Return the journal of events: every household's history, and what could not be right.

    Parameters
    ----------
    events
        In any order; the same event may come several times.
    known_at
        Leave out everything that was recorded after this moment (in UTC), corrections included: the journal
        is then the one of that moment.

    Examples
    --------
    >>> from datetime import UTC
    >>> from opmaat.conduct.kinds import Exited
    >>> common = {"household": "h1", "person": None, "actor": "register:0b05", "valid_from": date(2018, 3, 1)}
    >>> march, june = datetime(2018, 3, 5, tzinfo=UTC), datetime(2018, 6, 5, tzinfo=UTC)
    >>> first = Event(id="e1", recorded_at=march, payload=Exited("98"), **common)
    >>> better = Event(id="e2", recorded_at=june, payload=Exited("11"), corrects="e1", **common)
    >>> [event.id for event in fold([better, first]).histories["h1"].events]
    ['e2']
    >>> fold([better, first], known_at=march).digest() == fold([first]).digest()
    True
    """
    stand, issues = standing(events, known_at=known_at)
    by_household: dict[str, list[Event]] = defaultdict(list)
    for event in stand:
        by_household[event.household].append(event)
    histories: dict[str, History] = {}
    for household in sorted(by_household):
        walk = _Walk()
        for event in sorted(by_household[household], key=_place):
            walk.take(event)
        histories[household] = walk.history(household)
        issues += walk.issues
    return Journal(
        histories, tuple(sorted(issues, key=lambda issue: (issue.where, issue.code, issue.problem)))
    )


def _place(event: Event) -> tuple[date, int, datetime, str]:
    """Return the place of an event among those of its household: day, kind, moment of recording."""
    return event.valid_from, _RANK[type(event.payload)], event.recorded_at, event.id


_Owner = str | Machine | None


class _Walk:
    """Goes through the events of one household in their order, and sets aside what cannot follow."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self._events: list[Event] = []
        self._state: dict[_Owner, str] = {}
        self._changes: dict[_Owner, list[tuple[date, str]]] = {}
        self._adults: set[str | None] = set()
        self._met: set[tuple[type[Payload], str | None, object]] = set()

    def take(self, event: Event) -> None:
        """Add an event to the history, or an issue that says why it cannot be there."""
        moves = []
        kind, person = type(event.payload), event.person
        for machine in _GOVERNED[kind, person is not None]:
            owner = person if machine is ADULT else machine
            before = self._state.get(owner, machine.first)
            after = machine.moves[before].get(kind)
            if after is None:
                self.issues.append(_contradiction(event, machine, before, self._changes.get(owner, [])))
                return
            if after != before:
                moves.append((owner, after))
        if kind in NEEDS and self._lacks_what_it_needs(event, kind):
            self.issues.append(_nothing_before(event))
            return
        self._events.append(event)
        self._adults.add(person)
        if kind in _NEEDED:
            self._met.add((kind, person, _value(event, _NEEDED[kind])))
        for owner, after in moves:
            self._state[owner] = after
            self._changes.setdefault(owner, []).append((event.valid_from, after))

    def history(self, household: str) -> History:
        """Return what was gone through."""
        return History(
            household=household,
            events=tuple(self._events),
            participation=self._track(PARTICIPATION, PARTICIPATION),
            benefit=self._track(BENEFIT, BENEFIT),
            adults={adult: self._track(adult, ADULT) for adult in sorted(filter(None, self._adults))},
        )

    def _track(self, owner: _Owner, machine: Machine) -> Track:
        return Track(machine.first, tuple(self._changes.get(owner, ())))

    def _lacks_what_it_needs(self, event: Event, kind: type[Payload]) -> bool:
        """Tell whether the earlier event that a kind needs is missing."""
        needed, field = NEEDS[kind]
        return (needed, event.person, _value(event, field)) not in self._met


def _value(event: Event, field: str | None) -> object:
    return None if field is None else getattr(event.payload, field)


def _contradiction(event: Event, machine: Machine, state: str, changes: Sequence[tuple[date, str]]) -> Issue:
    """Return the issue of an event that cannot follow in a state."""
    since = f"since {changes[-1][0]}" if changes else "from the start"
    who = "the adult" if machine is ADULT else "the household"
    problem = f"'{event.kind}' on {event.valid_from} cannot be: {who} is '{state}' {since}."
    return Issue("contradiction", event.where, problem, "Correct the day, or retract one of the two events.")


def _nothing_before(event: Event) -> Issue:
    """Return the issue of an event that needs an earlier one."""
    needed = NEEDS[type(event.payload)][0].kind
    problem = f"'{event.kind}' on {event.valid_from} needs an earlier '{needed}', and there is none."
    return Issue("nothing-before", event.where, problem, f"Record '{needed}', or retract this event.")


def _governed() -> Mapping[tuple[type[Payload], bool], tuple[Machine, ...]]:
    """Return, for each kind with and without a person, the machines whose business it is."""
    found = {}
    for kind in RANK:
        household = tuple(machine for machine in (PARTICIPATION, BENEFIT) if kind in machine.governs)
        adult = (ADULT,) if kind in ADULT.governs else ()
        found[kind, False] = household
        found[kind, True] = adult if kind.about == "either" else household + adult
    return found


_GOVERNED = _governed()
_RANK = dict(RANK)
_NEEDED: Mapping[type[Payload], str | None] = dict(NEEDS.values())
