"""Everything again from the events, a thousand households at a time, whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from opmaat.core.collector import collector_at_rest
from opmaat.web.gateway.events import History, history_told
from opmaat.web.journal.models import Municipality
from opmaat.web.journal.projections import Read, every_read_model, is_equal, project_new, wanted_in
from opmaat.web.journal.stored import StoredEvent, by_household, event_in

_HOUSEHOLDS = 1000

Told = tuple[str, History]


def rebuild(municipality: Municipality) -> None:
    """Make the read models of a municipality anew; whoever writes there waits."""
    Municipality.objects.wait_for_turn(municipality)
    for read in every_read_model():
        read.table.objects.of(municipality).delete()
    with collector_at_rest():
        for batch in _batches(municipality):
            project_new(municipality, batch)


def differences(municipality: Municipality) -> Iterator[str]:
    """Yield where a read model does not say what the events say."""
    Municipality.objects.wait_for_turn(municipality)
    met: dict[Read, int] = defaultdict(int)
    for batch in _batches(municipality):
        studies = {study for study, _ in batch}
        for read in every_read_model():
            wanted = wanted_in(read, municipality, studies)
            there = _rows_by_household(read, municipality, [history.household for _, history in batch])
            met[read] += sum(map(len, there.values()))
            for told in batch:
                household = told[1].household
                if not is_equal(read, there[household], told, wanted):
                    yield f"household {household} differs from its events in {read.table.__name__}"
    for read in every_read_model():
        strays = read.table.objects.of(municipality).count() - met[read]
        if strays:
            yield f"{strays} rows stand without events in {read.table.__name__}"


def _batches(municipality: Municipality) -> Iterator[list[Told]]:
    """Yield the histories of every household with its study, so many at a time."""
    by_pseudonym = groupby(by_household(municipality), key=attrgetter("household"))
    everyone = (_told(household, list(entries)) for household, entries in by_pseudonym)
    while batch := list(islice(everyone, _HOUSEHOLDS)):
        yield batch


def _told(household: str, entries: Sequence[StoredEvent]) -> Told:
    """Return the study and the history of the household that some entries are about."""
    return entries[0].study, history_told(household, map(event_in, entries))


def _rows_by_household(
    read: Read, municipality: Municipality, households: Sequence[str]
) -> defaultdict[str, list[Any]]:
    """Return the rows of some households in a read model."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in read.table.objects.of(municipality).filter(household__among=households):
        found[row.household].append(row)
    return found
