"""Triggers that make the database itself refuse to change or delete rows that stand for good.

They are made after every migration, because a changed table in SQLite is a new one without triggers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError
from django.db import connections

from opmaat.web.journal.models import AppendOnly


def protected_tables() -> list[str]:
    """Return the names of the tables whose rows stand for good."""
    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly))


def make_triggers(*, using: str, **_: Any) -> None:  # noqa: ANN401
    """Make the triggers that are missing; raises CommandError on a database for which none are written."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        raise CommandError("Rows that stand for good are protected on SQLite only, so far.")
    there = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in protected_tables():
            if table in there:
                for statement in _statements(table):
                    cursor.execute(statement)


def missing_triggers(*, using: str = "default") -> list[str]:
    """Return the names of triggers that should be there and are not."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {name for (name,) in cursor.fetchall()}
    wanted = {f"{table}_no_{what}" for table in protected_tables() for what in ("update", "delete")}
    return sorted(wanted - there)


def _statements(table: str) -> Iterator[str]:
    """Yield the statements that protect one table; its name comes from a model, never from a request."""
    for what in ("update", "delete"):
        yield (
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{what} BEFORE {what.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} stands for good'); END"
        )
