"""Reading questionnaires and answers."""

from __future__ import annotations

from typing import Any

from opmaat.web.accounts.models import Account
from opmaat.web.gateway.questions import SentWave, sent_waves
from opmaat.web.gateway.studies import Questionnaire, questionnaire_of
from opmaat.web.surveys.models import Answer, Sheet
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
    return (
        Sheet.objects.of(own.municipality).filter(study=own.study.name, person=own.person, wave=wave).first()
    )


def answers_on(sheet: Sheet | None) -> dict[str, str]:
    """Return the answers on a sheet by item."""
    if sheet is None:
        return {}
    return dict(Answer.objects.of(sheet.municipality).filter(sheet=sheet).values_list("item", "value"))


def held_answers(account: Account) -> dict[str, Any]:
    """Return the answers that are held on a participant."""
    sheets = Sheet.objects.of(account.municipality).filter(person=account.person).order_by("wave")
    return {
        "answers": [
            {
                "wave": sheet.wave,
                "finished_on": sheet.finished_on and sheet.finished_on.isoformat(),
                "answers": answers_on(sheet),
            }
            for sheet in sheets
        ]
    }
