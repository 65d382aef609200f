"""Rows of the database as pieces of CSV, without ever holding all of them.

PostgreSQL writes them itself (``COPY ... TO STDOUT``), which costs this process next to nothing; from SQLite
they are read a few thousand at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from opmaat.web.gateway.research import Cell, csv_pieces

_ROWS_AT_ONCE = 2000


def copied(query: str, values: Sequence[Any]) -> Iterator[bytes]:
    """Yield what a query of PostgreSQL gives as pieces of CSV; the query never comes from a request."""
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", values) as out,
    ):
        for piece in out:
            yield bytes(piece)


def in_pieces(rows: QuerySet, cells: Callable[[Any], Iterable[Sequence[Cell]]]) -> Iterator[bytes]:
    """Yield the rows that each row of a query gives, as pieces of CSV."""
    return csv_pieces(made for row in rows.iterator(chunk_size=_ROWS_AT_ONCE) for made in cells(row))


def answers_query(table: str, items: Mapping[str, str]) -> str:
    """Return the query of sheets of answers: a row each, and a column for each item.

    ``items`` maps items to types of PostgreSQL. Its three values are the municipality, the study, and the
    persons who are left out.
    """
    columns = ", ".join(f"{_quoted(name)} {kind}" for name, kind in items.items())
    named = ", ".join(f"answer.{_quoted(name)}" for name in items)
    # Names come from a questionnaire and are quoted; values go apart from the statement.
    return (
        f"SELECT sheet.person, sheet.wave, sheet.finished_on, {named} FROM {_quoted(table)} AS sheet "
        f"CROSS JOIN LATERAL jsonb_to_record(sheet.answers) AS answer({columns}) "
        "WHERE sheet.municipality_id = %s AND sheet.study = %s AND sheet.finished_on IS NOT NULL "
        "AND sheet.person <> ALL(%s) ORDER BY sheet.person, sheet.wave"  # nosec B608
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
