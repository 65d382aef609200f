"""rebuild_read_models: make everything that follows from events anew, or check that it is equal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from opmaat.web.journal.models import Entry, Municipality
from opmaat.web.journal.projections import project
from opmaat.web.journal.queries import household_history
from opmaat.web.trial.models import Standing
from opmaat.web.trial.projection import standing_values


class Command(BaseCommand):
    """Goes through every household of every municipality."""

    help = "Make the read models anew from the events; with --check only tell whether they are equal."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --check."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *_: Any, check: bool, **__: Any) -> None:  # noqa: ANN401
        """Rebuild in one transaction, or raise CommandError with the first household that differs."""
        with transaction.atomic():
            for municipality in Municipality.objects.order_by("code"):
                if check:
                    _compare(municipality)
                else:
                    _rebuild(municipality)
        self.stdout.write("The read models are equal to the events.")


def _households(municipality: Municipality) -> list[tuple[str, str]]:
    """Return study and household of everyone with events."""
    rows = Entry.objects.of(municipality).values_list("study", "household").distinct()
    return sorted(rows)


def _rebuild(municipality: Municipality) -> None:
    """Make the read models of a municipality anew."""
    Standing.objects.of(municipality).delete()
    for study, household in _households(municipality):
        project(municipality, study, household_history(municipality, household))


def _compare(municipality: Municipality) -> None:
    """Compare the read model with what the events say."""
    rows = {row.household: row for row in Standing.objects.of(municipality)}
    for _, household in _households(municipality):
        row = rows.pop(household, None)
        wanted = standing_values(household_history(municipality, household))
        if row is None or any(getattr(row, name) != value for name, value in wanted.items()):
            raise CommandError(f"{municipality.code}: household {household} differs from its events.")
    if rows:
        raise CommandError(f"{municipality.code}: {len(rows)} households stand without events.")
