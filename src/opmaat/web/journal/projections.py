"""Read models that follow from events: made anew for a household in the transaction that writes about it.

An app registers its table when it is ready; what rebuilds everything takes the same columns, so that a read
model can never say something else than the events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from opmaat.web import clock
from opmaat.web.journal.bulk import insert

if TYPE_CHECKING:
    from opmaat.web.gateway.events import History
    from opmaat.web.journal.models import Municipality, OfMunicipality

Columns = Callable[["History", date], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ReadModel:
    """A table with one row for a household, and what stands in it after the household's history.

    ``columns_of`` gets the municipality and the study, and returns what gives the columns of a history on a
    day, so that what all households of a study share is looked up once. What depends on the day is right on
    the day in the column ``day``; a table without that column does not depend on it. The table has the
    columns ``study`` and ``household`` as well.
    """

    table: type[OfMunicipality]
    columns_of: Callable[[Municipality, str], Columns]


Key = tuple[str, ...]
Rows = Callable[["History"], Mapping[Key, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class ReadRows:
    """A table with several rows for a household, such as one for each adult, named by the columns ``key``.

    ``rows`` gets the history, and returns the other columns of each row by its key. The table has the columns
    ``study`` and ``household`` as well, and knows no two rows of a municipality with one key.
    """

    table: type[OfMunicipality]
    key: Key
    rows: Rows


Read = ReadModel | ReadRows
_registered: list[Read] = []


def register(read: Read) -> None:
    """Add a read model."""
    if read not in _registered:
        _registered.append(read)


def every_read_model() -> tuple[Read, ...]:
    """Return every read model that an app registered."""
    return tuple(_registered)


Wanted = Callable[["History", str, "date | None"], dict[Key, dict[str, Any]]]


def wanted_in(read: Read, municipality: Municipality) -> Wanted:
    """Return what gives, for a history, its study and a day, the columns of each row it should have, by key.

    Without a day it is today.
    """
    if isinstance(read, ReadRows):
        rows = read.rows
        return lambda history, study, _: {
            key: {"study": study, **columns} for key, columns in rows(history).items()
        }
    columns_of = cache(partial(read.columns_of, municipality))
    return lambda history, study, day: {
        (): {"study": study, **columns_of(study)(history, day or clock.today())}
    }


def project(municipality: Municipality, study: str, history: History) -> None:
    """Make the rows of a household anew in every read model."""
    for read in _registered:
        mine = read.table.objects.of(municipality).filter(household=history.household)
        there = {_key_of(read, row): row for row in mine}
        wanted = wanted_in(read, municipality)(history, study, None)
        gone = [row.pk for key, row in there.items() if key not in wanted]
        if gone:
            mine.filter(pk__in=gone).delete()
        for key, columns in wanted.items():
            if key in there and not _says(there[key], columns):
                mine.filter(pk=there[key].pk).update(**columns)
        new = {key: columns for key, columns in wanted.items() if key not in there}
        if new:
            insert(read.table, list(_rows(read, municipality, history.household, new)))


def project_new(municipality: Municipality, told: Sequence[tuple[str, History]]) -> None:
    """Write the rows of several households, each with its study, that have none in any read model."""
    for read in _registered:
        wanted = wanted_in(read, municipality)
        rows = [
            row
            for study, history in told
            for row in _rows(read, municipality, history.household, wanted(history, study, None))
        ]
        insert(read.table, rows)


def is_equal(read: Read, found: Sequence[Any], told: tuple[str, History], wanted: Wanted) -> bool:
    """Tell whether the rows of a household say what its events say, on the day of the row."""
    study, history = told
    columns = wanted(history, study, getattr(found[0], "day", None) if found else None)
    there = {_key_of(read, row): row for row in found}
    return there.keys() == columns.keys() and all(_says(there[key], columns[key]) for key in columns)


def _rows(
    read: Read, municipality: Municipality, household: str, wanted: Mapping[Key, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the values of each row of a household."""
    names = read.key if isinstance(read, ReadRows) else ()
    for key, columns in wanted.items():
        yield {
            "municipality_id": municipality.pk,
            "household": household,
            **dict(zip(names, key, strict=True)),
            **columns,
        }


def _key_of(read: Read, row: Any) -> Key:  # noqa: ANN401
    return tuple(getattr(row, name) for name in read.key) if isinstance(read, ReadRows) else ()


def _says(row: Any, columns: Mapping[str, Any]) -> bool:  # noqa: ANN401
    """Tell whether a row has these columns."""
    return all(getattr(row, name) == value for name, value in columns.items())
