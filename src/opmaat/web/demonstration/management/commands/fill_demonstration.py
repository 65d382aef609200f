"""fill_demonstration: fill an empty installation with made-up people, once, and print how they sign in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from opmaat.web.demonstration.casework import give_caseloads
from opmaat.web.demonstration.people import fill
from opmaat.web.demonstration.rehearsed import fill_from_rehearsal, is_rehearsed
from opmaat.web.journal.models import Municipality
from opmaat.web.trial.models import Study


class Command(BaseCommand):
    """Refuses where there could be real people."""

    help = "Fill an empty demonstration with made-up people of a study, and print how they sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder of the study."""
        parser.add_argument("study", help="Name of the study's folder.")

    def handle(self, *_: Any, study: str, **__: Any) -> None:  # noqa: ANN401
        """Fill, or print the sign-ins of last time; raises CommandError outside a demonstration."""
        if settings.TODAY is None:
            raise CommandError("Made-up people stand in a demonstration only: set OPMAAT_WEB_TODAY.")
        kept = Path(settings.HOME) / "sign-ins.txt"
        if not Municipality.objects.exists():
            municipality = Municipality.objects.create(code="made-up", name="Gemeente Verzonnen")
            row = Study(municipality=municipality, name=study, folder=study)
            row.save()
            filled = fill_from_rehearsal if is_rehearsed(row) else fill
            found = filled(municipality=municipality, study=row)
            found += give_caseloads(municipality=municipality, study=row)
            lines = [str(one) for one in found]
            kept.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.stdout.write(kept.read_text(encoding="utf-8"))
