"""From events to the journal: the states that each household and adult went through.

The order in which events come does not matter, and neither do repeats: within a household events are taken by
the day from which they hold, those of one day in the order of their kinds, then by when they were recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import groupby

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
    stand.sort(key=_place)
    histories: dict[str, History] = {}
    for household, own in groupby(stand, key=lambda event: event.household):
        walk = _Walk()
        for event in own:
            walk.take(event)
        histories[household] = walk.history(household)
        issues += walk.issues
    return Journal(
        histories, tuple(sorted(issues, key=lambda issue: (issue.where, issue.code, issue.problem)))
    )


def _place(event: Event) -> tuple[str, date, int, datetime, str]:
    """Return the place of an event: household, day, kind, moment of recording."""
    return event.household, event.valid_from, RANK[type(event.payload)], event.recorded_at, event.id


class _Walk:
    """Goes through the events of one household in their order, and sets aside what cannot follow."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self._events: list[Event] = []
        self._state: dict[str | Machine, str] = {}
        self._changes: dict[str | Machine, list[tuple[date, str]]] = {}
        self._adults: set[str] = set()
        self._met: set[tuple[type[Payload], str | None, object]] = set()

    def take(self, event: Event) -> None:
        """Add an event to the history, or an issue that says why it cannot be there."""
        moves = [(owner, self._next(owner, machine, event)) for owner, machine in _owners(event)]
        refused = [state for _, state in moves if state is None]
        if refused or not self._has_what_it_needs(event):
            self.issues.append(self._refusal(event))
            return
        self._events.append(event)
        if event.person is not None:
            self._adults.add(event.person)
        self._remember(event)
        for owner, state in moves:
            if state is not None and state != self._state.get(owner):
                self._state[owner] = state
                self._changes.setdefault(owner, []).append((event.valid_from, state))

    def history(self, household: str) -> History:
        """Return what was gone through."""
        return History(
            household=household,
            events=tuple(self._events),
            participation=self._track(PARTICIPATION, PARTICIPATION),
            benefit=self._track(BENEFIT, BENEFIT),
            adults={adult: self._track(adult, ADULT) for adult in sorted(self._adults)},
        )

    def _track(self, owner: str | Machine, machine: Machine) -> Track:
        return Track(machine.first, tuple(self._changes.get(owner, ())))

    def _next(self, owner: str | Machine, machine: Machine, event: Event) -> str | None:
        """Return the state that an event leads to; None where it is refused."""
        state = self._state.get(owner, machine.first)
        return machine.moves[state].get(type(event.payload))

    def _has_what_it_needs(self, event: Event) -> bool:
        need = NEEDS.get(type(event.payload))
        return need is None or (need[0], event.person, _value(event, need[1])) in self._met

    def _remember(self, event: Event) -> None:
        """Keep that an event of a kind happened which another kind needs."""
        kind = type(event.payload)
        if kind in _NEEDED:
            self._met.add((kind, event.person, _value(event, _NEEDED[kind])))

    def _refusal(self, event: Event) -> Issue:
        """Say what an event contradicts."""
        for owner, machine in _owners(event):
            state = self._state.get(owner, machine.first)
            if type(event.payload) not in machine.moves[state]:
                return _contradiction(event, state, self._changes.get(owner, []))
        needed = NEEDS[type(event.payload)][0].kind
        problem = f"'{event.kind}' on {event.valid_from} needs an earlier '{needed}', and there is none."
        return Issue("nothing-before", event.where, problem, f"Record '{needed}', or retract this event.")


def _owners(event: Event) -> list[tuple[str | Machine, Machine]]:
    """Return whose states an event concerns: the household's, and the adult's whom it names."""
    return [
        (event.person, ADULT) if machine is ADULT and event.person is not None else (machine, machine)
        for machine in _GOVERNED[type(event.payload), event.person is not None]
    ]


def _value(event: Event, field: str | None) -> object:
    return None if field is None else getattr(event.payload, field)


def _contradiction(event: Event, state: str, changes: list[tuple[date, str]]) -> Issue:
    """Return the issue of an event that cannot follow in a state."""
    since = f"since {changes[-1][0]}" if changes else "from the start"
    who = "the adult" if state in ADULT.moves and state not in PARTICIPATION.moves else "the household"
    problem = f"'{event.kind}' on {event.valid_from} cannot be: {who} is '{state}' {since}."
    return Issue("contradiction", event.where, problem, "Correct the day, or retract one of the two events.")


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
_NEEDED: Mapping[type[Payload], str | None] = dict(NEEDS.values())
