"""fill_demonstration: fill an empty installation with made-up people, once, and print how they sign in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from opmaat.core.errors import Issue, UsageError
from opmaat.web.demonstration.casework import give_caseloads
from opmaat.web.demonstration.people import SignIn, fill
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
        """Fill, or print the sign-ins of last time; raises CommandError outside a demonstration.

        Raises UsageError when they are not there any more.
        """
        if settings.TODAY is None:
            raise CommandError("Made-up people stand in a demonstration only: set OPMAAT_WEB_TODAY.")
        kept = Path(settings.HOME) / "sign-ins.txt"
        # A filling that was broken off left nothing; the sign-ins stand before what they are of does.
        with transaction.atomic():
            if not Municipality.objects.exists():
                self.stdout.write("Made-up people are entered; that takes a while.")
                lines = [str(one) for one in _filled(study)]
                kept.write_text("\n".join(lines) + "\n", encoding="utf-8")
        if not kept.exists():
            problem = "The demonstration is filled, and how its people sign in is nowhere written any more."
            fix = f"Remove the folder {settings.HOME} and start again: it is filled anew."
            raise UsageError([Issue("sign-ins-gone", str(kept), problem, fix)])
        self.stdout.write(kept.read_text(encoding="utf-8"))


def _filled(study: str) -> list[SignIn]:
    """Enter a municipality with a study, its people and its staff, and return how they sign in."""
    municipality = Municipality.objects.create(code="made-up", name="Gemeente Verzonnen")
    row = Study(municipality=municipality, name=study, folder=study)
    row.save()
    filled = fill_from_rehearsal if is_rehearsed(row) else fill
    found = filled(municipality=municipality, study=row)
    return found + give_caseloads(municipality=municipality, study=row)
