"""The page of the start."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from opmaat.core.errors import OpmaatError
from opmaat.pages.numbers import number
from opmaat.web import clock
from opmaat.web.accounts.access import needs
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.preparation import actions, forms
from opmaat.web.preparation.queries import Started, start_state
from opmaat.web.preparation.views.parts import (
    form_page,
    shown_of,
    study_of,
    taken,
    told,
    writes,
)
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Study


@writes
@never_cache
@form_page
def start(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Start the experiment for every household that was told its approach."""
    found = study_of(request, study)
    form = forms.StartForm(request.POST or None, initial={"first_day": clock.today()})
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            job = actions.ask_start(
                study=found,
                first_day=form.cleaned_data["first_day"],
                actor=request.user.actor,
                request_key=form.cleaned_data["request_key"],
                back=reverse("preparation_start", args=[study]),
            )
            return redirect("job", number=job.pk)
        except OpmaatError as error:
            problems = told(error)
    now = start_state(found)
    shown = {
        "form": form,
        "number_form": forms.ThresholdForm(initial={"number": found.start_threshold}),
        "start": now,
        "missing": _missing(found, now),
        "problems": problems,
    }
    return render(request, "preparation/start.html", shown_of(request, found, shown))


@needs(Thing.PREPARATION, Action.WRITE)
@require_POST
def threshold(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Keep how many households must have joined before the start."""
    found, form = study_of(request, study), forms.ThresholdForm(request.POST)
    if not form.is_valid():
        now = start_state(found)
        shown = {
            "form": forms.StartForm(initial={"first_day": clock.today()}),
            "number_form": form,
            "start": now,
            "missing": _missing(found, now),
        }
        return render(request, "preparation/start.html", shown_of(request, found, shown))
    return taken(
        request,
        lambda: actions.set_threshold(
            study=found,
            threshold=form.cleaned_data["number"],
            actor=request.user.actor,
            request_key=form.cleaned_data["request_key"],
        ),
        message="preparation.threshold.done",
        to=reverse("preparation_start", args=[study]),
    )


def _missing(study: Study, now: Started) -> str:
    """Say how many households are still missing for the start; nothing when there are enough."""
    missing = (study.start_threshold or 0) - now.joined
    if missing <= 0 or now.taking_part:
        return ""
    return words().say("preparation.start.missing", number=number(missing, 0, words().language))
