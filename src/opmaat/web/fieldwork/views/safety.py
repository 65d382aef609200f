"""The page of safety: harms by approach under a letter, limits, and pausing with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from opmaat.pages.tables import Column, Table
from opmaat.web.fieldwork import forms
from opmaat.web.fieldwork.actions import safety as actions
from opmaat.web.fieldwork.queries.safety import MaskedArm, limits_of, masked_arms
from opmaat.web.fieldwork.views.parts import done, form_page, named, step, study_of, with_names, writes
from opmaat.web.gateway.harms import Harm
from opmaat.web.theme.words import words
from opmaat.web.trial.queries import is_paused, pauses

_POINT_BP = 100


@writes
@never_cache
@form_page
def safety(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Show what went wrong for people, and set a limit."""
    found = study_of(request, study)
    form = forms.LimitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        return done(
            request,
            lambda: actions.set_limit(
                study=found,
                harm=asked["harm"],
                above_control_bp=asked["points"] * _POINT_BP,
                households=asked["households"],
                actor=request.user.actor,
            ),
            message="fieldwork.safety.saved_limit",
            to=("fieldwork_safety", study),
        )
    return render(request, "fieldwork/safety.html", named(found, _shown(found, form, forms.PauseForm())))


@writes
@never_cache
@step
def pause(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Pause the study or resume it, with a reason."""
    found = study_of(request, study)
    form = forms.PauseForm(request.POST)
    if not form.is_valid():
        shown = _shown(found, forms.LimitForm(), form)
        return render(request, "fieldwork/safety.html", named(found, shown))
    wanted = request.POST.get("to") == "paused"
    actions.pause(study=found, paused=wanted, reason=form.cleaned_data["reason"], actor=request.user.actor)
    messages.success(request, words().say(f"fieldwork.safety.saved_{'paused' if wanted else 'resumed'}"))
    return redirect("fieldwork_safety", study=study)


def _shown(study: Any, limit: forms.LimitForm, pause: forms.PauseForm) -> dict[str, Any]:  # noqa: ANN401
    """Return what the page of safety shows."""
    arms = masked_arms(study)
    return {
        "form": limit,
        "pause_form": pause,
        "table": _table(arms),
        "met": [
            (one.letter, words().say(f"fieldwork.harms.{harm}")) for one in arms for harm in sorted(one.met)
        ],
        "limits": [
            {
                "harm": words().say(f"fieldwork.harms.{one.harm}"),
                "points": one.above_control_bp // _POINT_BP,
                "households": one.households,
            }
            for one in limits_of(study)
        ],
        "pauses": with_names(study.municipality, pauses(study)),
        "paused": is_paused(study),
    }


def _table(arms: list[MaskedArm]) -> Table | None:
    """Return the harms as a table; None where nobody started."""
    if not arms:
        return None
    say = words()
    columns = (
        Column(say.say("fieldwork.safety.harm"), "text"),
        *(Column(say.say("fieldwork.safety.arm", letter=one.letter)) for one in arms),
    )
    rows = tuple(
        (
            say.say(f"fieldwork.harms.{harm.value}"),
            *(
                say.say("fieldwork.safety.of", count=one.households[harm.value], started=one.started)
                for one in arms
            ),
        )
        for harm in Harm
    )
    return Table(say.say("fieldwork.safety.table"), columns, rows)


def _cell(arm: MaskedArm, harm: Harm) -> str:
    """Return how many households of how many."""
    return words().say("fieldwork.safety.of", count=arm.households[harm.value], started=arm.started)


def _harm(name: str) -> str:
    """Return what a harm is called."""
    return words().say(f"fieldwork.harms.{name}")
