"""Keeping answers. They change until the questionnaire is finished, and never after."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from opmaat.core.errors import Issue
from opmaat.web.gateway.events import kinds
from opmaat.web.gateway.questions import asked_of
from opmaat.web.gateway.studies import Questionnaire
from opmaat.web.journal.actions import EventRefusedError, Fact, record
from opmaat.web.journal.models import Municipality
from opmaat.web.surveys.models import Answer, Sheet
from opmaat.web.surveys.queries import answers_on, sheet_of, waves
from opmaat.web.trial.queries import Own


@transaction.atomic
def save_page(
    *, own: Own, questionnaire: Questionnaire, wave: str, page: int, answers: Mapping[str, str]
) -> dict[str, str]:
    """Keep the answers of one page, and return all; empty ones and what is no longer asked are taken away.

    Raises EventRefusedError when the wave is not open, or was finished.
    """
    sheet = _open_sheet(own, wave)
    before = answers_on(sheet)
    filled = {item: value for item, value in {**before, **answers}.items() if value}
    asked = set(asked_of(questionnaire, filled))
    kept = {item: value for item, value in filled.items() if item in asked}
    _replace(sheet, before, kept)
    sheet.page = page
    sheet.save(update_fields=["page"])
    return kept


def _replace(sheet: Sheet, before: Mapping[str, str], kept: Mapping[str, str]) -> None:
    """Put answers in the place of those before: what is the same is left alone."""
    mine, gone = Answer.objects.of(sheet.municipality), before.keys() - kept.keys()
    if gone:
        mine.filter(sheet=sheet, item__in=gone).delete()
    new = [item for item, value in kept.items() if before.get(item) != value]
    mine.bulk_create(
        [Answer(municipality=sheet.municipality, sheet=sheet, item=item, value=kept[item]) for item in new],
        update_conflicts=True,
        unique_fields=["sheet", "item"],
        update_fields=["value"],
    )


@transaction.atomic
def finish(*, own: Own, wave: str, actor: str, request_key: str) -> Sheet:
    """Close the sheet of a wave, and write down that it was answered; done before, it writes nothing."""
    done = sheet_of(own, wave)
    if done is not None and done.finished_on is not None:
        return done
    sheet = _open_sheet(own, wave)
    sheet.finished_on = own.on
    sheet.save(update_fields=["finished_on"])
    fact = Fact(
        study=own.study.name,
        household=own.household.pseudonym,
        person=own.person,
        payload=kinds.Answered(wave),
        valid_from=own.on,
    )
    record(fact, municipality=own.municipality, actor=actor, request_key=request_key)
    return sheet


def _open_sheet(own: Own, wave: str) -> Sheet:
    """Return the sheet of a wave that is open, made when it is the first time."""
    Municipality.objects.wait_for_turn(own.municipality)
    if not any(one.wave == wave and one.is_open for one in waves(own)):
        fix = "Look at the list of questionnaires."
        raise EventRefusedError([Issue("wave-not-open", wave, "The questionnaire is not open.", fix)])
    sheet = sheet_of(own, wave)
    if sheet is None:
        sheet = Sheet(municipality=own.municipality, study=own.study.name, person=own.person, wave=wave)
        sheet.save()
    if sheet.finished_on is not None:
        fix = "Answers that were sent stay as they are."
        raise EventRefusedError([Issue("finished", wave, "The questionnaire was sent.", fix)])
    return sheet
