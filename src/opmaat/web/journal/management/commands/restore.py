"""restore: put a copy of the database into an empty one, and verify what came out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from opmaat.web.journal.copies import CopyError, read_copy


class Command(BaseCommand):
    """Never writes over what is there."""

    help = "Put a copy made by 'backup' into a database that is still empty, and verify its events."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_: Any, file: Path, verbosity: int, **__: Any) -> None:  # noqa: ANN401
        """Put it back; raises CommandError when it cannot be, or when its events do not fit."""
        try:
            read_copy(file)
        except CopyError as error:
            raise CommandError(str(error)) from None
        call_command("migrate", verbosity=0)
        for command, options in (("verify_journal", {}), ("rebuild_read_models", {"check": True})):
            call_command(command, verbosity=verbosity, stdout=self.stdout, **options)
