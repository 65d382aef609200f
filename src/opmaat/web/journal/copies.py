"""Copies of the whole database, made while the website goes on, and put back into an empty one.

SQLite copies through its own backup, PostgreSQL through ``pg_dump`` and ``pg_restore``: both give the
database of one moment. The keys are in no copy.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection

_CONNECTION = {
    "PGDATABASE": "NAME",
    "PGUSER": "USER",
    "PGPASSWORD": "PASSWORD",
    "PGHOST": "HOST",
    "PGPORT": "PORT",
}
_TLS = {"sslmode", "sslrootcert", "sslcert", "sslkey"}


class CopyError(Exception):
    """A copy cannot be made or put back; says why."""


def write_copy(file: Path) -> None:
    """Write a copy of the database into a new file that only its owner can read; raises CopyError."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise CopyError(f"The copy cannot be made: {error.strerror}.") from None
    try:
        if connection.vendor == "sqlite":
            _copy_sqlite(_opened(), file)
        else:
            _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")
    except BaseException:
        file.unlink()
        raise


def read_copy(file: Path) -> None:
    """Put a copy into a database that is still empty, whole or not at all; raises CopyError."""
    if not file.is_file():
        raise CopyError("There is no such file.")
    if connection.introspection.table_names():
        raise CopyError("The database is not empty. Name a new one, or a new home, and restore into that.")
    if connection.vendor == "sqlite":
        _restore_sqlite(file)
    else:
        options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        _run("pg_restore", *options, f"--dbname={connection.settings_dict['NAME']}", str(file))


def _copy_sqlite(source: Any, file: Path) -> None:  # noqa: ANN401
    """Copy page by page, which other writers do not wait for."""
    copy = sqlite3.connect(file)
    try:
        source.backup(copy, pages=1000)
    finally:
        copy.close()


def _restore_sqlite(file: Path) -> None:
    """Copy a file into the database, after looking whether it is one."""
    copy = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    try:
        copy.execute("SELECT count(*) FROM sqlite_master")
        copy.backup(_opened())
    except sqlite3.DatabaseError as error:
        raise CopyError(f"This is no copy of the database: {error}.") from None
    finally:
        copy.close()


def _opened() -> Any:  # noqa: ANN401
    """Return the connection of SQLite itself."""
    connection.ensure_connection()
    return connection.connection


def _run(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL about the database; the password goes by the environment alone."""
    found, settings = shutil.which(program), connection.settings_dict
    if found is None:
        raise CopyError(f"{program} is not here; it comes with the client of PostgreSQL.")
    told = {variable: settings[name] for variable, name in _CONNECTION.items() if settings[name]}
    told |= {f"PG{name.upper()}": settings["OPTIONS"][name] for name in _TLS & settings["OPTIONS"].keys()}
    done = subprocess.run(
        [found, *arguments], env=os.environ | told, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CopyError(f"{program} failed: {done.stderr.strip()}")
