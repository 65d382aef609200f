"""Everything again from the events, a thousand households at a time, whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from django.db import connection, transaction

from opmaat.core.beside import beside
from opmaat.core.collector import collector_at_rest
from opmaat.web.gateway.events import history_told
from opmaat.web.journal.models import Entry, Municipality
from opmaat.web.journal.projections import ReadModel, Told, every_read_model, is_equal, project_new
from opmaat.web.journal.stored import StoredEvent, by_household, event_in

_HOUSEHOLDS = 1000


def rebuild(municipality: Municipality) -> None:
    """Make the read models of a municipality anew; whoever writes there waits.

    Outside a transaction PostgreSQL gets half of the households from a copy of this process, where that is
    safe (:mod:`opmaat.core.beside`). Each half is then there whole or not at all; when one fails, the other
    may be there, which is right by itself. Doing it again is always safe.
    """
    middle = None if _is_one_writer() else _middle(municipality)
    if middle is None:
        _rebuild(municipality)
        return
    connection.close()
    connection.close_pool()  # a copy that shared a connection would end it for both
    with beside(partial(_rebuild, municipality, first=middle)) as second_half:
        _rebuild(municipality, before=middle)
        second_half()


def _is_one_writer() -> bool:
    """Tell whether only this connection can write now."""
    return connection.in_atomic_block or connection.vendor == "sqlite"


def _middle(municipality: Municipality) -> str | None:
    """Return the household with which the second half of the entries begins; None without entries."""
    entries = Entry.objects.of(municipality)
    half = entries.count() // 2
    names = entries.order_by("household", "sequence").values_list("household", flat=True)
    return next(iter(names[half : half + 1]), None)


def _rebuild(municipality: Municipality, *, first: str | None = None, before: str | None = None) -> None:
    """Make the rows of the households from one on, and before another, anew."""
    bounds = {"household__gte": first, "household__lt": before}
    which = {bound: household for bound, household in bounds.items() if household is not None}
    with transaction.atomic(), collector_at_rest():
        Municipality.objects.wait_for_writers(municipality)
        for read in every_read_model():
            read.table.objects.of(municipality).filter(**which).delete()
        for batch in _batches(municipality, first=first, before=before):
            project_new(municipality, batch)


def differences(municipality: Municipality) -> Iterator[str]:
    """Yield where a read model does not say what the events say."""
    Municipality.objects.wait_for_writers(municipality)
    met: dict[ReadModel, int] = defaultdict(int)
    for batch in _batches(municipality):
        studies = {study for study, _ in batch}
        for read in every_read_model():
            rows = {study: read.rows_in(municipality, study) for study in studies}
            there = _rows_by_household(read, municipality, [history.household for _, history in batch])
            met[read] += sum(map(len, there.values()))
            for told in batch:
                study, household = told[0], told[1].household
                if not is_equal(read, there[household], told, rows[study]):
                    yield f"household {household} differs from its events in {read.table.__name__}"
    for read in every_read_model():
        strays = read.table.objects.of(municipality).count() - met[read]
        if strays:
            yield f"{strays} rows stand without events in {read.table.__name__}"


def _batches(
    municipality: Municipality, *, first: str | None = None, before: str | None = None
) -> Iterator[list[Told]]:
    """Yield the histories of every household between bounds with its study, so many at a time."""
    entries = by_household(municipality, first=first, before=before)
    by_pseudonym = groupby(entries, key=attrgetter("household"))
    everyone = (_told(household, list(entries)) for household, entries in by_pseudonym)
    while batch := list(islice(everyone, _HOUSEHOLDS)):
        yield batch


def _told(household: str, entries: Sequence[StoredEvent]) -> Told:
    """Return the study and the history of the household that some entries are about."""
    return entries[0].study, history_told(household, map(event_in, entries))


def _rows_by_household(
    read: ReadModel, municipality: Municipality, households: Sequence[str]
) -> defaultdict[str, list[Any]]:
    """Return the rows of some households in a read model."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in read.table.objects.of(municipality).filter(household__among=households):
        found[row.household].append(row)
    return found
