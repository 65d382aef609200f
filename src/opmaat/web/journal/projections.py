"""Read models that follow from events: made anew for a household in the transaction that writes about it.

An app registers its table when it is ready; what rebuilds everything takes the same columns, so that a read
model can never say something else than the events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from opmaat.web import clock

if TYPE_CHECKING:
    from opmaat.web.gateway.events import History
    from opmaat.web.journal.models import Municipality, OfMunicipality

Columns = Callable[["Municipality", str, "History", date], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ReadModel:
    """A table with one row for a household, and what stands in it after the household's history.

    ``columns`` gets the municipality, the study, the history and the day. What depends on the day is right on
    the day in the column ``day``; a table without that column does not depend on it. The table has the
    columns ``study`` and ``household`` as well.
    """

    table: type[OfMunicipality]
    columns: Columns


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


def project(municipality: Municipality, study: str, history: History) -> None:
    """Make the rows of a household anew in every read model."""
    for read in _registered:
        mine = read.table.objects.of(municipality).filter(household=history.household)
        there = {_key_of(read, row): row for row in mine}
        wanted = _wanted(read, municipality, study, history)
        gone = [row.pk for key, row in there.items() if key not in wanted]
        if gone:
            mine.filter(pk__in=gone).delete()
        new = []
        for key, columns in wanted.items():
            row = there.get(key)
            if row is None:
                new.append(_row(read, municipality, history.household, key, columns))
            elif not _says(row, columns):
                mine.filter(pk=row.pk).update(**columns)
        if new:
            mine.bulk_create(new)


def rows_of(read: Read, municipality: Municipality, study: str, history: History) -> list[Any]:
    """Return the rows of a household in a read model, not yet written."""
    wanted = _wanted(read, municipality, study, history)
    return [_row(read, municipality, history.household, key, columns) for key, columns in wanted.items()]


def is_equal(
    read: Read, municipality: Municipality, found: Sequence[Any], study: str, history: History
) -> bool:
    """Tell whether the rows of a household say what the events say, on the day of the row."""
    day = getattr(found[0], "day", None) if found else None
    wanted = _wanted(read, municipality, study, history, day)
    there = {_key_of(read, row): row for row in found}
    return there.keys() == wanted.keys() and all(_says(there[key], wanted[key]) for key in wanted)


def _wanted(
    read: Read, municipality: Municipality, study: str, history: History, day: date | None = None
) -> dict[Key, dict[str, Any]]:
    """Return the columns of each row that a household should have, by key."""
    if isinstance(read, ReadRows):
        return {key: {"study": study, **columns} for key, columns in read.rows(history).items()}
    columns = read.columns(municipality, study, history, day or clock.today())
    return {(): {"study": study, **columns}}


def _row(
    read: Read, municipality: Municipality, household: str, key: Key, columns: Mapping[str, Any]
) -> OfMunicipality:
    """Return a new row."""
    named = dict(zip(read.key, key, strict=True)) if isinstance(read, ReadRows) else {}
    return read.table(municipality=municipality, **{"household": household, **named, **columns})


def _key_of(read: Read, row: Any) -> Key:  # noqa: ANN401
    return tuple(getattr(row, name) for name in read.key) if isinstance(read, ReadRows) else ()


def _says(row: Any, columns: Mapping[str, Any]) -> bool:  # noqa: ANN401
    """Tell whether a row has these columns."""
    return all(getattr(row, name) == value for name, value in columns.items())
