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
        """Rebuild one municipality after the other, or raise CommandError with the first difference."""
        for municipality in Municipality.objects.order_by("code"):
            if check:
                _check(municipality)
            else:
                rebuild(municipality)
        self.stdout.write("The read models are equal to the events.")


def _check(municipality: Municipality) -> None:
    """Raise CommandError with the first difference between events and read models."""
    with transaction.atomic():
        for difference in differences(municipality):
            raise CommandError(f"{municipality.code}: {difference}.")
