"""Reading questionnaires and answers."""

from __future__ import annotations

from typing import Any

from opmaat.web.accounts.models import Account
from opmaat.web.gateway.questions import SentWave, sent_waves, told_answer
from opmaat.web.gateway.studies import Questionnaire, questionnaire_of
from opmaat.web.surveys.models import Sheet
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Study
from opmaat.web.trial.policies import takes_part
from opmaat.web.trial.queries import Own, study_folder


def questionnaire(own: Own) -> Questionnaire | None:
    """Return the questionnaire of a participant's study; None where it has none."""
    return questionnaire_of(study_folder(own.study))


def waves(own: Own) -> tuple[SentWave, ...]:
    """Return the waves that were sent to a participant; none to who left."""
    asked = questionnaire(own)
    if asked is None or not takes_part(own.history, own.person, own.on):
        return ()
    return sent_waves(own.history, asked, own.person, on=own.on)


def sheet_of(own: Own, wave: str) -> Sheet | None:
    """Return the sheet of a wave; None before the first answer."""
    mine = Sheet.objects.of(own.municipality)
    return next(iter(mine.filter(study=own.study.name, person=own.person, wave=wave)), None)


def held_answers(account: Account) -> dict[str, Any]:
    """Return the answers that are held on a participant."""
    sheets = Sheet.objects.of(account.municipality).filter(person=account.person).order_by("wave")
    return {
        "answers": [
            {
                "wave": sheet.wave,
                "finished_on": sheet.finished_on and sheet.finished_on.isoformat(),
                "answers": _told(sheet),
            }
            for sheet in sheets
        ]
    }


def _told(sheet: Sheet) -> list[dict[str, str]]:
    """Return the answers of a sheet, each with its question, in the language of the request."""
    study = Study.objects.of(sheet.municipality).get(name=sheet.study)
    asked = questionnaire_of(study_folder(study))
    items = {} if asked is None else asked.asked
    language = words().language
    return [
        {
            "item": name,
            "question": items[name].text.in_language(language) if name in items else name,
            "answer": told_answer(items[name], value, language) if name in items else value,
            "value": value,
        }
        for name, value in sheet.answers.items()
    ]
