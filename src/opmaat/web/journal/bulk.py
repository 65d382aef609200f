"""Rows of a read model without making an object of each; many at once PostgreSQL gets by COPY."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from django.db import connection, models

if TYPE_CHECKING:
    from opmaat.web.journal.models import OfMunicipality

_ROWS = 5000
_as_iso = methodcaller("isoformat")

Values = Mapping[str, Any]


def insert(table: type[OfMunicipality], rows: Iterable[Values]) -> None:
    """Insert rows, each with a value for every column but the key, by ``attname``.

    They may be made while the database writes those before them, but without asking it anything: PostgreSQL
    answers nothing else during COPY. What they say is checked by the database only.
    """
    fields = [field for field in table._meta.concrete_fields if not field.primary_key]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    name = connection.ops.quote_name(table._meta.db_table)
    converted = _converted(fields, rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The copying is not Django's: what goes wrong in it is to be an error of Django's all the same.
            with connection.wrap_database_errors, cursor.copy(f"COPY {name} ({names}) FROM STDIN") as copy:
                for row in converted:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(fields))
        statement = f"INSERT INTO {name} ({names}) VALUES ({places})"  # nosec B608: names come from models
        while batch := list(islice(converted, _ROWS)):
            cursor.executemany(statement, batch)


def change(table: type[OfMunicipality], where: Values, columns: Values) -> bool:
    """Write columns of the row that other columns name, all by ``attname``; tell whether there is one."""
    fields = {field.attname: field for field in table._meta.concrete_fields}

    def placed(values: Values, between: str) -> str:
        return between.join(f"{connection.ops.quote_name(fields[name].column)} = %s" for name in values)

    name = connection.ops.quote_name(table._meta.db_table)
    statement = f"UPDATE {name} SET {placed(columns, ', ')} WHERE {placed(where, ' AND ')}"  # nosec B608
    values = [_converter(fields[name])(value) for name, value in [*columns.items(), *where.items()]]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.rowcount)


def _converted(fields: Sequence[Any], rows: Iterable[Values]) -> Iterator[list[Any]]:
    """Yield the values of every row in the order of the columns, as the database takes them."""
    columns = [(field.attname, _converter(field)) for field in fields]
    for row in rows:
        yield [convert(row[name]) for name, convert in columns]


def _converter(field: Any) -> Callable[[Any], Any]:  # noqa: ANN401
    """Return what makes a value of a column ready."""
    if isinstance(field, models.JSONField):
        return json.dumps
    if isinstance(field, models.DateField):
        return _unless_none(_as_iso) if field.null else _as_iso
    if isinstance(field, models.CharField):
        return _unless_none(str) if field.null else str
    return _as_it_is


def _unless_none(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what makes a value ready where there is one."""
    return lambda value: None if value is None else convert(value)


def _as_it_is(value: Any) -> Any:  # noqa: ANN401
    return value
