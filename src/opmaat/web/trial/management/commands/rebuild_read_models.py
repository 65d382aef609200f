"""rebuild_read_models: make everything that follows from events anew, or check that it is equal."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from opmaat.web.journal.models import Entry, Municipality
from opmaat.web.journal.projections import is_equal, project, read_models, read_rows, rows_are_equal
from opmaat.web.journal.queries import household_history


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
                    _compare_rows(municipality)
                else:
                    _rebuild(municipality)
        self.stdout.write("The read models are equal to the events.")


def _households(municipality: Municipality) -> list[tuple[str, str]]:
    """Return study and household of everyone with events."""
    rows = Entry.objects.of(municipality).values_list("study", "household").distinct()
    return sorted(rows)


def _rebuild(municipality: Municipality) -> None:
    """Make the read models of a municipality anew."""
    for table in (*(one.table for one in read_models()), *(one.table for one in read_rows())):
        table.objects.of(municipality).delete()
    for study, household in _households(municipality):
        project(municipality, study, household_history(municipality, household))


def _compare_rows(municipality: Municipality) -> None:
    """Compare the read models with several rows for a household with what the events say."""
    for read in read_rows():
        there: dict[str, list[Any]] = defaultdict(list)
        for row in read.table.objects.of(municipality):
            there[row.household].append(row)
        for study, household in _households(municipality):
            history = household_history(municipality, household)
            if not rows_are_equal(read, there.pop(household, []), study, history):
                raise _differs(municipality, household, read.table.__name__)
        if there:
            raise CommandError(f"{municipality.code}: {len(there)} households stand without events.")


def _differs(municipality: Municipality, household: str, table: str) -> CommandError:
    """Say which household's row is not what its events say."""
    return CommandError(f"{municipality.code}: household {household} differs from its events in {table}.")


def _compare(municipality: Municipality) -> None:
    """Compare the read models with what the events say."""
    rows = {
        (read_model, row.household): row
        for read_model in read_models()
        for row in read_model.table.objects.of(municipality).select_related("municipality")
    }
    for study, household in _households(municipality):
        history = household_history(municipality, household)
        for read_model in read_models():
            row = rows.pop((read_model, household), None)
            if row is None or not is_equal(read_model, row, study, history):
                raise _differs(municipality, household, read_model.table.__name__)
    if rows:
        raise CommandError(f"{municipality.code}: {len(rows)} households stand without events.")
