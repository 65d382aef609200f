"""The page of questionnaires: what was sent and answered, and what is to be sent now."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from opmaat.pages.numbers import percentage
from opmaat.web import clock
from opmaat.web.fieldwork.actions.mailings import Wanted
from opmaat.web.fieldwork.forms import SendForm
from opmaat.web.fieldwork.models import LetterKind
from opmaat.web.fieldwork.policies import DAYS_TO_ANSWER, MOST_LETTERS
from opmaat.web.fieldwork.queries.overview import waves_counted
from opmaat.web.fieldwork.views.letters import make
from opmaat.web.fieldwork.views.parts import form_page, named, study_of, writes
from opmaat.web.theme.words import words
from opmaat.web.trial.queries import study_protocol


@writes
@never_cache
@form_page
def waves(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Show the waves, counted without arms, and send what is due."""
    found = study_of(request, study)
    form = SendForm(request.POST or None)
    if request.method == "POST":
        if not form.is_valid():
            return redirect("fieldwork_waves", study=study)
        asked = form.cleaned_data
        kind = LetterKind.WAVE_REMINDER if asked["turn"] else LetterKind.WAVE
        wanted = Wanted(
            kind=kind,
            wave=asked["wave"],
            turn=asked["turn"],
            most=MOST_LETTERS,
            request_key=asked["request_key"],
        )
        return make(request, found, wanted)
    counted = waves_counted(found, clock.today())
    protocol, language = study_protocol(found), words().language
    shown = {
        "waves": [
            (protocol.wave_shown(one.name, language), one, percentage(one.share, language)) for one in counted
        ],
        "sendings": [
            (protocol.wave_shown(one.name, language), turn, count, _form(one.name, turn))
            for one in counted
            for turn, count in [(0, one.to_send), *one.reminders.items()]
            if count
        ],
        "days_to_answer": DAYS_TO_ANSWER,
    }
    return render(request, "fieldwork/waves.html", named(found, shown))


def _form(wave: str, turn: int) -> SendForm:
    """Return the form behind one button, with a key of its own."""
    return SendForm(initial={"wave": wave, "turn": turn}, auto_id=False)
