"""Reading the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from opmaat.web.gateway.events import Event, History, history_told
from opmaat.web.journal.models import Access, Entry, Municipality
from opmaat.web.journal.stored import (
    Stored,
    digest_of,
    end_of_chain,
    event_in,
    in_chain,
    of_household,
    stored,
    written_since,
)

START = "sha256:" + "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain; ``recorded_at`` is None while there is none."""

    sequence: int
    digest: str
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Past:
    """All events about a household up to an entry of the chain, in the order of writing, and what they tell.

    ``last`` is the sequence of that entry, 0 without one; ``requests`` names the event of each request.
    """

    last: int
    events: tuple[Event, ...]
    requests: Mapping[str, str]
    history: History

    def followed_by(self, entries: Sequence[Stored]) -> Past:
        """Return the past with what was written since."""
        if not entries:
            return self
        events = (*self.events, *map(event_in, entries))
        requests = {**self.requests, **{entry.request_key: entry.event_id for entry in entries}}
        return Past(entries[-1].sequence, events, requests, history_told(self.history.household, events))


@dataclass(frozen=True, slots=True)
class Chain:
    """What verification found: how many entries, the digest of the last, and the first that does not fit."""

    entries: int
    head: str
    broken_at: int | None

    @property
    def is_whole(self) -> bool:
        """Whether every entry fits the one before it."""
        return self.broken_at is None


def entries_of(municipality: Municipality, household: str) -> list[Entry]:
    """Return the entries about a household, in the order of writing."""
    return list(Entry.objects.of(municipality).filter(household=household).order_by("sequence"))


def past_of(municipality: Municipality, household: str) -> Past:
    """Return what happened to a household until now."""
    before = Past(0, (), {}, history_told(household, ()))
    return before.followed_by(of_household(municipality, household))


def since(municipality: Municipality, past: Past) -> tuple[Past, Head]:
    """Return the past of a household with what was written since it was read, and the end of the chain."""
    news, last = written_since(municipality, past.history.household, past.last)
    return past.followed_by(news), _head(last)


def head_of(municipality: Municipality) -> Head:
    """Return the end of the chain of a municipality, where the next entry goes."""
    return _head(end_of_chain(municipality))


def _head(last: Stored | None) -> Head:
    if last is None:
        return Head(0, START, None)
    return Head(last.sequence, last.digest, datetime.fromisoformat(last.recorded_at))


def entry_digest(entry: Entry) -> str:
    """Return the digest that an entry should have."""
    return digest_of(entry.municipality.code, stored(entry))


def verify_chain(municipality: Municipality) -> Chain:
    """Walk the chain of a municipality; write its head down elsewhere, to notice an end that was cut off."""
    previous, number = START, 0
    for number, entry in enumerate(in_chain(municipality), start=1):
        fits = entry.sequence == number and entry.previous == previous
        if not fits or entry.digest != digest_of(municipality.code, entry):
            return Chain(number, previous, broken_at=number)
        previous = entry.digest
    return Chain(number, previous, broken_at=None)


def accesses(municipality: Municipality, *, about: str | None = None) -> list[Access]:
    """Return who looked, the latest five hundred first; with ``about``: at one person or household."""
    found = Access.objects.of(municipality).order_by("-at")
    return list((found if about is None else found.filter(about=about))[:500])
