"""Walking the journal: events by their chain, looks by their digest, both beside what was published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from opmaat.core.digest import PREFIX
from opmaat.web.audit.models import Sealing
from opmaat.web.journal.models import Access, Entry, Municipality
from opmaat.web.journal.queries import START, verify_chain

Progress = Callable[[int, int], None]
_ROWS_AT_ONCE = 5000
_STEPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What the walk found.

    ``broken_at`` is the number of the first event that does not fit; ``..._changed_since`` is the moment of
    the first publication that no longer fits, of events or of looks.
    """

    events: int
    head: str
    broken_at: int | None
    accesses: int
    accesses_digest: str
    published: int
    events_changed_since: datetime | None
    accesses_changed_since: datetime | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, as far as can be seen."""
        return self.broken_at is None and not (self.events_changed_since or self.accesses_changed_since)


def verify(municipality: Municipality, progress: Progress) -> Verified:
    """Verify the journal of a municipality against itself and against everything that was published of it."""
    published = list(Sealing.objects.of(municipality).order_by("at", "pk"))
    chain = verify_chain(municipality)
    progress(1, _STEPS)
    entries_wrong = _first_with_other_events(municipality, published)
    progress(2, _STEPS)
    count, digest, looks_wrong = _walk_accesses(municipality, published)
    progress(_STEPS, _STEPS)
    return Verified(
        events=chain.entries,
        head=chain.head,
        broken_at=chain.broken_at,
        accesses=count,
        accesses_digest=digest,
        published=len(published),
        events_changed_since=entries_wrong,
        accesses_changed_since=looks_wrong,
    )


def _first_with_other_events(municipality: Municipality, published: Sequence[Sealing]) -> datetime | None:
    """Return the moment of the first publication whose last event is gone, or another one now."""
    numbers = {one.events for one in published}
    there = Entry.objects.of(municipality).filter(sequence__in=numbers).values_list("sequence", "digest")
    digests = {0: START, **dict(there)}
    return next((one.at for one in published if digests.get(one.events) != one.head), None)


def _walk_accesses(
    municipality: Municipality, published: Sequence[Sealing]
) -> tuple[int, str, datetime | None]:
    """Return how many looks there are, their digest, and the first publication that they do not fit."""
    state, count, wrong = hashlib.sha256(), 0, None
    waiting = sorted(published, key=lambda one: one.accesses)
    rows = Access.objects.of(municipality).filter(pk__lte=_last_access(municipality)).order_by("pk")
    columns = rows.values_list("at", "actor", "action", "thing", "about")

    def compare() -> None:
        nonlocal wrong
        while waiting and waiting[0].accesses == count:
            one = waiting.pop(0)
            if one.accesses_digest != _named(state) and (wrong is None or one.at < wrong):
                wrong = one.at

    compare()
    for at, *others in columns.iterator(chunk_size=_ROWS_AT_ONCE):
        state.update(json.dumps([at.isoformat(), *others]).encode() + b"\n")
        count += 1
        compare()
    gone = [one.at for one in waiting]
    return count, _named(state), min([*([wrong] if wrong else []), *gone], default=None)


@transaction.atomic
def _last_access(municipality: Municipality) -> int:
    """Return the number up to which no look can come in between any more.

    PostgreSQL gives numbers out before a transaction ends: who is writing now is waited for.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{Access._meta.db_table}" IN SHARE MODE')
    found = Access.objects.of(municipality).order_by("-pk").values_list("pk", flat=True).first()
    return 0 if found is None else int(found)


def _named(state: hashlib._Hash) -> str:
    """Return a digest under its name."""
    return PREFIX + state.copy().hexdigest()
