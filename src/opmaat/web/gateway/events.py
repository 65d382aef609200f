"""Events: from the plain values of the journal to histories, and what could not be right."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from opmaat.conduct import kinds
from opmaat.conduct.fold import fold
from opmaat.conduct.kinds import BY_NAME, Payload
from opmaat.conduct.model import Event, History
from opmaat.conduct.read import read_events
from opmaat.conduct.rules import broken_rules
from opmaat.core.errors import Issue

__all__ = [
    "Event",
    "History",
    "Payload",
    "delivered_events",
    "event_of",
    "event_of_texts",
    "followed_by",
    "histories_of",
    "history_of",
    "history_told",
    "kinds",
    "plain_payload",
]

_adapters: dict[type[Payload], TypeAdapter[Any]] = {}


def event_of(plain: Mapping[str, Any]) -> Event:
    """Return the event of plain values, as :meth:`opmaat.conduct.model.Event.as_dict` gives them.

    >>> plain = {"id": "e1", "household": "h1", "person": None, "kind": "disclosed",
    ...     "valid_from": "2017-12-01", "recorded_at": "2017-12-01T09:00:00+00:00", "actor": "system:0000",
    ...     "payload": {"arm": "exemption"}, "corrects": None}
    >>> event_of(plain).as_dict() == plain
    True
    """
    return event_of_texts(**{**plain, "payload": json.dumps(plain["payload"])})


def event_of_texts(
    *,
    id: str,  # noqa: A002
    household: str,
    person: str | None,
    kind: str,
    valid_from: str,
    recorded_at: str,
    actor: str,
    payload: str,
    corrects: str | None,
) -> Event:
    """Return the event of texts as a database keeps them: dates as ISO 8601, the payload as JSON."""
    content, moment = _payload(kind, payload), datetime.fromisoformat(recorded_at)
    return Event(id, household, person, _day(valid_from), moment, actor, content, corrects)


def delivered_events(folder: Path, *, until: date) -> list[dict[str, Any]]:
    """Return the events in the files of a folder (``events-*.jsonl``) that were recorded by a day, as values.

    They stand in the order of recording. Raises DataFileError with every problem of a file.
    """
    files = sorted(folder.glob("events-*.jsonl"))
    events = [event for file in files for event in read_events(file, today=date.max)]
    known = [event for event in events if event.recorded_at.date() <= until]
    return [event.as_dict() for event in sorted(known, key=lambda event: (event.recorded_at, event.id))]


def histories_of(events: Iterable[Mapping[str, Any]]) -> Mapping[str, History]:
    """Return the histories of households; raises DataFileError when an event cannot be beside the others."""
    return fold(map(event_of, events)).checked().histories


def plain_payload(payload: Payload) -> dict[str, Any]:
    """Return a payload as plain values.

    >>> plain_payload(kinds.EarningsReported(40_000))
    {'net_cents': 40000}
    """
    plain: dict[str, Any] = _adapter(type(payload)).dump_python(payload, mode="json")
    return plain


def history_of(household: str, events: Sequence[Mapping[str, Any]]) -> History:
    """Return the history of one household; without events: the one of a household nothing happened to."""
    return history_told(household, map(event_of, events))


def history_told(household: str, events: Iterable[Event]) -> History:
    """Return the history of one household of its events."""
    found = fold(events).histories.get(household)
    return _empty(household) if found is None else found


def followed_by(before: Sequence[Event], new: Event, *, today: date) -> tuple[History, tuple[Issue, ...]]:
    """Return a household's history with one more event, and why that event cannot be.

    What it breaks by itself is told first; only then what it breaks beside those before, which are taken to
    be right.
    """
    own = tuple(broken_rules(new, new.where, today=today))
    journal = fold([*before, new])
    history = journal.histories.get(new.household, _empty(new.household))
    return history, own or journal.issues


def _empty(household: str) -> History:
    """Return the history of a household to which nothing happened."""
    from opmaat.conduct.states import BENEFIT, PARTICIPATION, Track

    return History(
        household=household,
        events=(),
        participation=Track(PARTICIPATION.first),
        benefit=Track(BENEFIT.first),
        adults={},
    )


@lru_cache(maxsize=4096)
def _payload(kind: str, content: str) -> Payload:
    """Return what an event says; many events say the same, which is read once."""
    payload: Payload = _adapter(BY_NAME[kind]).validate_json(content, strict=True)
    return payload


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    return date.fromisoformat(text)


def _adapter(kind: type[Payload]) -> TypeAdapter[Any]:
    """Return the reader of a kind's payload, made once."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]
