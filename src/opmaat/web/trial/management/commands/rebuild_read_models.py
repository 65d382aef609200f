"""rebuild_read_models: make everything that follows from events anew, or check that it is equal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from opmaat.web.journal.models import Municipality
from opmaat.web.journal.replay import differences, rebuild


class Command(BaseCommand):
    """Goes through every household of every municipality."""

    help = "Make the read models anew from the events; with --check only tell whether they are equal."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --check."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *_: Any, check: bool, **__: Any) -> None:  # noqa: ANN401
        """Rebuild in one transaction, or raise CommandError with the first difference."""
        with transaction.atomic():
            for municipality in Municipality.objects.order_by("code"):
                if not check:
                    rebuild(municipality)
                for difference in differences(municipality) if check else ():
                    raise CommandError(f"{municipality.code}: {difference}.")
        self.stdout.write("The read models are equal to the events.")
