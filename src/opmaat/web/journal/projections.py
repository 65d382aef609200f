"""Read models that follow from events: written for a household in the transaction that writes about it.

An app registers its table when it is ready; what rebuilds everything takes the same rows, so that a read
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
    from opmaat.web.journal.models import FollowsFromEvents, Municipality

Row = Mapping[str, Any]
Rows = Callable[["History", date], Iterable[Row]]
Key = tuple[Any, ...]
Told = tuple[str, "History"]


@dataclass(frozen=True, slots=True)
class ReadModel:
    """A table, and the rows that stand in it after a household's history.

    ``rows_in`` gets the municipality and the study, and returns what gives the rows of a history on a day, so
    that what all households of a study share is looked up once. A row has every column but those of
    :class:`~opmaat.web.journal.models.FollowsFromEvents`. What depends on the day is right on the day in the
    column ``day``; a table without that column does not depend on it. ``key`` names the columns that tell the
    rows of a household apart, such as one for each adult; none where a household has one row.
    """

    table: type[FollowsFromEvents]
    rows_in: Callable[[Municipality, str], Rows]
    key: tuple[str, ...] = ()


_registered: list[ReadModel] = []


def register(read: ReadModel) -> None:
    """Add a read model."""
    if read not in _registered:
        _registered.append(read)


def every_read_model() -> tuple[ReadModel, ...]:
    """Return every read model that an app registered."""
    return tuple(_registered)


def project(municipality: Municipality, study: str, history: History, *, before: History | None) -> None:
    """Have every read model say what the history of a household says, where that is not what it said before.

    ``before`` is None of a household that had no events, and so no rows.
    """
    today, household = clock.today(), history.household
    for read in _registered:
        rows = read.rows_in(municipality, study)
        there = {} if before is None else _there(read, rows, before, today)
        now = _by_key(read, rows(history, today))
        for key in there.keys() - now.keys():
            read.table.objects.of(municipality).filter(household=household, **_named(read, key)).delete()
        new = [
            row
            for key, row in now.items()
            if row != there.get(key)
            and not (key in there and _changed(read, municipality, household, key, row))
        ]
        if new:
            insert(read.table, _placed(municipality, study, household, new))


def project_new(municipality: Municipality, told: Sequence[Told]) -> None:
    """Write the rows of several households, each with its study, that have none in any read model."""
    today, studies = clock.today(), {study for study, _ in told}
    for read in _registered:
        rows = {study: read.rows_in(municipality, study) for study in studies}
        placed = (
            row
            for study, history in told
            for row in _placed(municipality, study, history.household, rows[study](history, today))
        )
        insert(read.table, placed)


def is_equal(read: ReadModel, found: Sequence[Any], told: Told, rows: Rows) -> bool:
    """Tell whether the rows of a household say what its events say, on the day of the row."""
    study, history = told
    on = getattr(found[0], "day", None) if found else None
    wanted = _by_key(read, rows(history, on or clock.today()))
    there = {tuple(getattr(row, name) for name in read.key): row for row in found}
    return there.keys() == wanted.keys() and all(
        _says(there[key], {**row, "study": study}) for key, row in wanted.items()
    )


def _there(read: ReadModel, rows: Rows, before: History, today: date) -> Mapping[Key, Row | None]:
    """Return the rows of a household by key; None where they depend on the day of the row."""
    if any(field.name == "day" for field in read.table._meta.fields):
        return {(): None}
    return _by_key(read, rows(before, today))


def _by_key(read: ReadModel, rows: Iterable[Row]) -> dict[Key, Row]:
    return {tuple(row[name] for name in read.key): row for row in rows}


def _named(read: ReadModel, key: Key) -> dict[str, Any]:
    """Return the columns that name a row among those of its household."""
    return dict(zip(read.key, key, strict=True))


def _changed(read: ReadModel, municipality: Municipality, household: str, key: Key, row: Row) -> bool:
    """Write the columns of a row of a household; tell whether it was there."""
    where = {"municipality_id": municipality.pk, "household": household, **_named(read, key)}
    return change(read.table, where, row)


def _placed(municipality: Municipality, study: str, household: str, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows of a household with all their columns."""
    of = {"municipality_id": municipality.pk, "study": study, "household": household}
    for row in rows:
        yield {**of, **row}


def _says(there: Any, row: Row) -> bool:  # noqa: ANN401
    """Tell whether what is there has these columns."""
    return all(getattr(there, name) == value for name, value in row.items())
