"""backup: a whole copy of the database while the website goes on."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection


class Command(BaseCommand):
    """Copies through SQLite's own backup, which gives the database of one moment."""

    help = "Copy the database into a new file; the keys are not in it, keep them elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_: Any, file: Path, **__: Any) -> None:  # noqa: ANN401
        """Write the copy; raises CommandError when the file is there already."""
        try:
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except OSError as error:
            raise CommandError(f"The copy cannot be made: {error.strerror}.") from None
        connection.ensure_connection()
        copy = sqlite3.connect(file)
        try:
            connection.connection.backup(copy)
        finally:
            copy.close()
        self.stdout.write(f"wrote {file.name}")
