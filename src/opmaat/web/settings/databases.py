"""Which database an installation has: SQLite in its own folder, or PostgreSQL at an address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# Without IMMEDIATE two writers that began by reading cannot both go on, and one of them fails at once.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
}

# What was acknowledged is on disk, whatever the server's own setting; who waits longer than this for another
# writer is told so, as on SQLite.
_SESSION = "-c synchronous_commit=on -c lock_timeout=20s"
_CONNECTIONS_OF_A_PROCESS = 8
_PARTS = {
    "dbname": "NAME",
    "user": "USER",
    "password": "PASSWORD",  # nosec B105: the name of a setting
    "host": "HOST",
    "port": "PORT",
}


def database_of(home: Path, address: str | None) -> dict[str, Any]:
    """Return Django's settings of the database.

    Parameters
    ----------
    home
        Folder of the installation, in which SQLite keeps its file.
    address
        Address of a PostgreSQL database as libpq reads it (``postgresql://user:password@host/name``); None
        or empty for SQLite. Raises ImproperlyConfigured, which never repeats the address, when it is not one.

    Examples
    --------
    >>> database_of(Path("website"), None)["NAME"].as_posix()
    'website/opmaat.sqlite3'
    >>> found = database_of(Path("website"), "postgresql://opmaat:secret@db.example/opmaat?sslmode=verify-full")
    >>> found["HOST"], found["NAME"], found["OPTIONS"]["sslmode"]
    ('db.example', 'opmaat', 'verify-full')
    """
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / "opmaat.sqlite3",
            "OPTIONS": SQLITE_OPTIONS,
            "CONN_MAX_AGE": 600,
        }
    parts = _parts_of(address)
    session = f"{parts.pop('options', '')} {_SESSION}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{name: str(parts.pop(part, "")) for part, name in _PARTS.items()},
        # A connection that broke, because the server was started again, is taken out of the pool.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": "opmaat",
            **parts,
            "options": session,
            "pool": {"min_size": 1, "max_size": _CONNECTIONS_OF_A_PROCESS, "timeout": 20},
            # Values go apart from statements: a server that logs a statement that failed does not log them.
            "server_side_binding": True,
        },
    }


def _parts_of(address: str) -> dict[str, Any]:
    """Return the parts of an address of PostgreSQL; libpq's own message would repeat the password."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    wrong = ImproperlyConfigured(
        "OPMAAT_WEB_DATABASE is not an address such as postgresql://user:password@host:5432/name."
    )
    if not address.startswith(("postgresql://", "postgres://")):
        raise wrong
    try:
        parts = conninfo_to_dict(address)
    except ProgrammingError:
        raise wrong from None
    if not parts.get("dbname"):
        raise wrong
    return parts
