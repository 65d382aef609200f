"""Triggers that make the database itself refuse to change or delete rows that stand for good.

They are made after every migration, because a changed table in SQLite is a new one without triggers. In
PostgreSQL TRUNCATE is refused as well, and the triggers hold in a session of replication too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError
from django.db import connections

from opmaat.web.journal.models import AppendOnly

_REFUSED = {"sqlite": ("update", "delete"), "postgresql": ("update", "delete", "truncate")}
_THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'",
}
_REFUSE = """
CREATE OR REPLACE FUNCTION opmaat_stands_for_good() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% stands for good', TG_TABLE_NAME; END $$
"""


def protected_tables() -> list[str]:
    """Return the names of the tables whose rows stand for good."""
    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly))


def make_triggers(*, using: str, **_: Any) -> None:  # noqa: ANN401
    """Make the triggers that are missing; raises CommandError on a database for which none are written."""
    connection = connections[using]
    if connection.vendor not in _REFUSED:
        raise CommandError("Rows that stand for good are protected on SQLite and PostgreSQL only.")
    there, missing = connection.introspection.table_names(), set(missing_triggers(using=using))
    with connection.cursor() as cursor:
        for table in protected_tables():
            wanted = {name: what for name, what in _triggers(table, connection.vendor) if name in missing}
            if table in there and wanted:
                for statement in _STATEMENTS[connection.vendor](table, wanted):
                    cursor.execute(statement)


def missing_triggers(*, using: str = "default") -> list[str]:
    """Return the names of triggers that should be there and are not, or do not work."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_THERE[connection.vendor])
        there = {name for (name,) in cursor.fetchall()}
    wanted = {name for table in protected_tables() for name, _ in _triggers(table, connection.vendor)}
    return sorted(wanted - there)


def _triggers(table: str, vendor: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each trigger of a table, with what it refuses."""
    for what in _REFUSED[vendor]:
        yield f"{table}_no_{what}", what


def _in_sqlite(table: str, wanted: dict[str, str]) -> Iterator[str]:
    """Yield the statements that protect one table; names come from models, never from a request."""
    for name, what in wanted.items():
        yield (
            f"CREATE TRIGGER {name} BEFORE {what.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} stands for good'); END"
        )


def _in_postgresql(table: str, wanted: dict[str, str]) -> Iterator[str]:
    """Yield the statements that protect one table; a trigger that was switched off is made anew."""
    yield _REFUSE
    for name, what in wanted.items():
        each = "STATEMENT" if what == "truncate" else "ROW"
        yield (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {what.upper()} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION opmaat_stands_for_good()"
        )
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"


_STATEMENTS = {"sqlite": _in_sqlite, "postgresql": _in_postgresql}
