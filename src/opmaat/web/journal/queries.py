"""Reading the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opmaat.web.gateway.events import Event, History, history_told
from opmaat.web.journal.models import Access, Entry, Municipality
from opmaat.web.journal.stored import digest_of, event_in, in_chain, of_household, stored

START = "sha256:" + "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain; ``recorded_at`` is None while there is none."""

    sequence: int
    digest: str
    recorded_at: datetime | None


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


def events_of(municipality: Municipality, household: str) -> list[Event]:
    """Return the events about a household, in the order of writing."""
    return [event_in(entry) for entry in of_household(municipality, household)]


def household_history(municipality: Municipality, household: str) -> History:
    """Return the history of a household as its events tell it."""
    return history_told(household, events_of(municipality, household))


def head_of(municipality: Municipality) -> Head:
    """Return the end of the chain of a municipality, where the next entry goes."""
    backwards = Entry.objects.of(municipality).order_by("-sequence")
    last = backwards.values_list("sequence", "digest", "recorded_at")[:1]
    return next((Head(*row) for row in last), Head(0, START, None))


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
