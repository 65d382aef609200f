"""backup: a whole copy of the database while the website goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from opmaat.web.journal.copies import CopyError, write_copy


class Command(BaseCommand):
    """Gives the database of one moment."""

    help = "Copy the database into a new file; the keys are not in it, keep them elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_: Any, file: Path, **__: Any) -> None:  # noqa: ANN401
        """Write the copy; raises CommandError when it cannot be, or when the file is there already."""
        try:
            write_copy(file)
        except CopyError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"wrote {file.name}")
