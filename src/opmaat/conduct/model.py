"""Events, the history of a household, and the journal of all histories."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, NamedTuple, Self, TypeVar

from opmaat.conduct.kinds import KINDS, Disclosed, Payload, Started
from opmaat.conduct.states import Track
from opmaat.core.digest import digest_value
from opmaat.core.errors import DataFileError, Issue

P = TypeVar("P", bound=Payload)


class Event(NamedTuple):
    """One thing that happened to a household, or to one adult of it.

    Parameters
    ----------
    id
        Unique among all events; the same event delivered again has the same id.
    person
        Pseudonym of the adult, or None where the event concerns the household.
    valid_from
        The day from which it holds in the world.
    recorded_at
        The moment at which it became known, in UTC.
    actor
        Role and pseudonym of who recorded it ("caseworker:3f09"), never a name.
    payload
        What happened; its class is the kind.
    corrects
        The id of the event that this one takes the place of, or takes back with
        :class:`~opmaat.conduct.kinds.Retracted`.
    """

    id: str
    household: str
    person: str | None
    valid_from: date
    recorded_at: datetime
    actor: str
    payload: Payload
    corrects: str | None = None

    @property
    def kind(self) -> str:
        """Name of the kind of event."""
        return self.payload.kind

    @property
    def where(self) -> str:
        """The place of the event, for an issue."""
        return f"household {self.household}, event {self.id}"

    def as_dict(self) -> dict[str, Any]:
        """Return the event as plain values, for JSON."""
        return {
            "id": self.id,
            "household": self.household,
            "person": self.person,
            "kind": self.kind,
            "valid_from": self.valid_from.isoformat(),
            "recorded_at": self.recorded_at.isoformat(),
            "actor": self.actor,
            "payload": {name: _plain(getattr(self.payload, name)) for name in _FIELDS[type(self.payload)]},
            "corrects": self.corrects,
        }


_FIELDS = {kind: tuple(one.name for one in fields(kind)) for kind in KINDS}


def _plain(value: object) -> object:
    """Return a value of a payload as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What happened to one household: the events that stand, in the order of their days, and its states."""

    household: str
    events: tuple[Event, ...]
    participation: Track
    benefit: Track
    adults: Mapping[str, Track]
    _by_kind: dict[type[Payload], list[tuple[Event, Any]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def of(self, kind: type[P], person: str | None = None) -> Iterator[tuple[Event, P]]:
        """Yield the events of a kind with their payloads; with a person: that adult's only."""
        if not self._by_kind:
            self._by_kind.update(_grouped(self.events))
        pairs = self._by_kind.get(kind, ())
        return iter(pairs) if person is None else (pair for pair in pairs if pair[0].person == person)

    def until(self, on: date) -> History:
        """Return the history with the events up to and with a day; decisions can be known ahead of theirs."""
        end = bisect_right(self.events, on, key=lambda event: event.valid_from)
        return self if end == len(self.events) else replace(self, events=self.events[:end])

    @property
    def started_on(self) -> date | None:
        """The day on which the household's time in the trial began."""
        first = next(self.of(Started), None)
        return None if first is None else first[0].valid_from

    def disclosed_arm(self, on: date) -> str | None:
        """Return the arm that the household was told by a day; None before."""
        told = (payload.arm for event, payload in self.of(Disclosed) if event.valid_from <= on)
        return next(told, None)


def _grouped(events: Iterable[Event]) -> dict[type[Payload], list[tuple[Event, Any]]]:
    """Return the events of each kind with their payloads, in their order."""
    found: dict[type[Payload], list[tuple[Event, Any]]] = {}
    for event in events:
        found.setdefault(type(event.payload), []).append((event, event.payload))
    return found


@dataclass(frozen=True, slots=True)
class Journal:
    """The histories of all households by pseudonym, ascending, and what could not be right.

    The events that the issues name are set aside: they stand in no history.
    """

    histories: Mapping[str, History]
    issues: tuple[Issue, ...]

    def __iter__(self) -> Iterator[History]:
        return iter(self.histories.values())

    def as_dict(self) -> dict[str, Any]:
        """Return the events that stand and the issues as plain values, for JSON."""
        return {
            "events": [event.as_dict() for history in self for event in history.events],
            "issues": [issue.as_dict() for issue in self.issues],
        }

    def digest(self) -> str:
        """Return the digest of the events that stand and of the issues."""
        return digest_value(self.as_dict())

    def checked(self) -> Self:
        """Return the journal itself; raises DataFileError with every issue where there is one."""
        if self.issues:
            raise DataFileError(self.issues)
        return self
