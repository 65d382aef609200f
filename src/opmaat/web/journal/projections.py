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


_read_models: list[ReadModel] = []
_read_rows: list[ReadRows] = []


def register(read_model: ReadModel | ReadRows) -> None:
    """Add a read model."""
    known: list[Any] = _read_models if isinstance(read_model, ReadModel) else _read_rows
    if read_model not in known:
        known.append(read_model)


def read_models() -> tuple[ReadModel, ...]:
    """Return every read model with one row for a household."""
    return tuple(_read_models)


def read_rows() -> tuple[ReadRows, ...]:
    """Return every read model with several rows for a household."""
    return tuple(_read_rows)


def project(municipality: Municipality, study: str, history: History) -> None:
    """Make the rows of a household anew in every read model."""
    for read_model in _read_models:
        columns = read_model.columns(municipality, study, history, clock.today())
        read_model.table.objects.of(municipality).update_or_create(
            municipality=municipality,
            household=history.household,
            defaults={"study": study, **columns},
        )
    for one in _read_rows:
        _put_rows(one, municipality, study, history)


def _put_rows(read: ReadRows, municipality: Municipality, study: str, history: History) -> None:
    """Put the rows of a household in the place of those that are there, and take out those it lost."""
    wanted = {key: {"study": study, **columns} for key, columns in read.rows(history).items()}
    mine = read.table.objects.of(municipality)
    there = {_key_of(read, row): row for row in mine.filter(household=history.household)}
    gone = [row.pk for key, row in there.items() if key not in wanted]
    if gone:
        mine.filter(pk__in=gone).delete()
    changed = [key for key, columns in wanted.items() if not _says(there.get(key), columns)]
    if changed:
        rows = [
            read.table(
                municipality=municipality,
                **{"household": history.household, **dict(zip(read.key, key, strict=True)), **wanted[key]},
            )
            for key in changed
        ]
        mine.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["municipality", *read.key],
            update_fields=[name for name in ("household", *wanted[changed[0]]) if name not in read.key],
        )


def rows_are_equal(read: ReadRows, found: Sequence[Any], study: str, history: History) -> bool:
    """Tell whether the rows of a household say what the events say."""
    wanted = {key: {"study": study, **columns} for key, columns in read.rows(history).items()}
    there = {_key_of(read, row): row for row in found}
    return there.keys() == wanted.keys() and all(_says(there[key], wanted[key]) for key in wanted)


def _key_of(read: ReadRows, row: Any) -> Key:  # noqa: ANN401
    return tuple(getattr(row, name) for name in read.key)


def _says(row: Any, columns: Mapping[str, Any]) -> bool:  # noqa: ANN401
    """Tell whether a row is there and has these columns."""
    return row is not None and all(getattr(row, name) == value for name, value in columns.items())


def is_equal(read_model: ReadModel, row: Any, study: str, history: History) -> bool:  # noqa: ANN401
    """Tell whether a row says what the events say, on the day of the row."""
    day = getattr(row, "day", clock.today())
    wanted = {"study": study, **read_model.columns(row.municipality, study, history, day)}
    return _says(row, wanted)
