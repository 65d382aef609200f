"""Read models that follow from events: written for a household in the transaction that writes about it.

An app registers its table when it is ready; what rebuilds everything takes the same columns, so that a read
model can never say something else than the events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from opmaat.web import clock
from opmaat.web.journal.bulk import change, insert

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


def wanted_in(read: Read, municipality: Municipality, studies: Iterable[str]) -> Wanted:
    """Return what gives, for a history, its study and a day, the columns of each row it should have, by key.

    Without a day it is today. The database is asked here, for each study, and not any more for a history.
    """
    if isinstance(read, ReadRows):
        rows = read.rows
        return lambda history, study, _: {
            key: {"study": study, **columns} for key, columns in rows(history).items()
        }
    columns_of = {study: read.columns_of(municipality, study) for study in studies}
    return lambda history, study, day: {
        (): {"study": study, **columns_of[study](history, day or clock.today())}
    }


def project(municipality: Municipality, study: str, history: History, *, before: History | None) -> None:
    """Have every read model say what the history of a household says, where that is not what it said before.

    ``before`` is None of a household that had no events, and so no rows.
    """
    household = history.household
    for read in _registered:
        wanted = wanted_in(read, municipality, [study])
        there = {} if before is None else _there(read, wanted, before, study)
        now = wanted(history, study, None)
        for key in there.keys() - now.keys():
            read.table.objects.of(municipality).filter(household=household, **_named(read, key)).delete()
        new = {
            key: columns
            for key, columns in now.items()
            if columns != there.get(key)
            and not (key in there and _changed(read, municipality, household, key, columns))
        }
        if new:
            insert(read.table, _rows(read, municipality, household, new))


def _there(read: Read, wanted: Wanted, before: History, study: str) -> Mapping[Key, Mapping[str, Any] | None]:
    """Return the columns of the rows of a household by key; None where they depend on the day of the row."""
    if any(field.name == "day" for field in read.table._meta.fields):
        return {(): None}
    return wanted(before, study, None)


def _changed(
    read: Read, municipality: Municipality, household: str, key: Key, columns: Mapping[str, Any]
) -> bool:
    """Write the columns of a row of a household; tell whether it was there."""
    where = {"municipality_id": municipality.pk, "household": household, **_named(read, key)}
    return change(read.table, where, columns)


def project_new(municipality: Municipality, told: Sequence[tuple[str, History]]) -> None:
    """Write the rows of several households, each with its study, that have none in any read model."""
    studies = {study for study, _ in told}
    for read in _registered:
        wanted = wanted_in(read, municipality, studies)
        rows = (
            row
            for study, history in told
            for row in _rows(read, municipality, history.household, wanted(history, study, None))
        )
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
    for key, columns in wanted.items():
        yield {
            "municipality_id": municipality.pk,
            "household": household,
            **_named(read, key),
            **columns,
        }


def _named(read: Read, key: Key) -> dict[str, str]:
    """Return the columns that name a row among those of its household."""
    return dict(zip(read.key, key, strict=True)) if isinstance(read, ReadRows) else {}


def _key_of(read: Read, row: Any) -> Key:  # noqa: ANN401
    return tuple(getattr(row, name) for name in read.key) if isinstance(read, ReadRows) else ()


def _says(row: Any, columns: Mapping[str, Any]) -> bool:  # noqa: ANN401
    """Tell whether a row has these columns."""
    return all(getattr(row, name) == value for name, value in columns.items())
