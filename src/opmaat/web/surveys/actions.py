"""Keeping answers. They change until the questionnaire is finished, and never after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from opmaat.core.errors import Issue
from opmaat.web.gateway.events import kinds
from opmaat.web.gateway.studies import Questionnaire
from opmaat.web.journal.actions import EventRefusedError, Fact, Turn
from opmaat.web.journal.bulk import change
from opmaat.web.surveys.models import Sheet
from opmaat.web.surveys.policies import kept_answers
from opmaat.web.surveys.queries import sheet_of, waves
from opmaat.web.trial.queries import Own


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledPage:
    """One page as it was filled in; ``sheet`` is what its form was made of, None before the first answer."""

    questionnaire: Questionnaire
    wave: str
    page: int
    answers: Mapping[str, str]
    sheet: Sheet | None


def save_page(*, own: Own, filled: FilledPage) -> Sheet:
    """Keep the answers of one page; empty ones and what is no longer asked are taken away.

    It is one statement, and so one transaction. Raises EventRefusedError when the wave is not open, or was
    finished.
    """
    _refuse_closed(own, filled.wave)
    return _keep(own, filled, finished_on=None)


@transaction.atomic
def send(*, own: Own, filled: FilledPage, actor: str, request_key: str) -> Sheet:
    """Keep the last page, close the sheet, and write down that the wave was answered; all or nothing.

    Raises EventRefusedError when the wave is not open, or was finished.
    """
    _refuse_closed(own, filled.wave)
    fact = Fact(
        study=own.study.name,
        household=own.household.pseudonym,
        person=own.person,
        payload=kinds.Answered(filled.wave),
        valid_from=own.on,
    )
    Turn(own.municipality, own.past).write(fact, actor=actor, request_key=request_key)
    return _keep(own, filled, finished_on=own.on)


def _keep(own: Own, filled: FilledPage, *, finished_on: date | None) -> Sheet:
    """Write a page on its sheet; when another tab wrote meanwhile, on what that one left."""
    sheet = filled.sheet or _new_sheet(own, filled.wave)
    while sheet.finished_on is None:
        read = sheet.edition
        sheet.answers = kept_answers(filled.questionnaire, sheet.answers, filled.answers)
        sheet.page, sheet.finished_on, sheet.edition = filled.page, finished_on, read + 1
        columns = {name: getattr(sheet, name) for name in ("answers", "page", "finished_on", "edition")}
        row = {"municipality_id": own.municipality.pk, "id": sheet.pk, "edition": read}
        if change(Sheet, row, columns):
            return sheet
        sheet = sheet_of(own, filled.wave) or sheet
    raise _refused("finished", filled.wave, "The questionnaire was sent.", "Answers that were sent stand.")


def _new_sheet(own: Own, wave: str) -> Sheet:
    """Return the sheet of a wave, made when it is the first time."""
    key = {"study": own.study.name, "person": own.person, "wave": wave}
    sheet, _ = Sheet.objects.of(own.municipality).get_or_create(municipality=own.municipality, **key)
    return sheet


def _refuse_closed(own: Own, wave: str) -> None:
    """Refuse a wave that is not open."""
    if not any(one.wave == wave and one.is_open for one in waves(own)):
        problem, fix = "The questionnaire is not open.", "Look at the list of questionnaires."
        raise _refused("wave-not-open", wave, problem, fix)


def _refused(code: str, wave: str, problem: str, fix: str) -> EventRefusedError:
    return EventRefusedError([Issue(code, wave, problem, fix)])
