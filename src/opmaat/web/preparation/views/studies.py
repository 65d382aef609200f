"""Pages of a study: its protocol, its plan, the freeze, and how far everything is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from opmaat.core.errors import OpmaatError
from opmaat.web.accounts.access import needs
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.gateway.preparation import check_study
from opmaat.web.preparation import actions, forms
from opmaat.web.preparation.files import load_files
from opmaat.web.preparation.queries import (
    start_state,
    steps_of,
    studies_of,
    study_state,
)
from opmaat.web.preparation.telling import beside_lines, frozen_on, tasks_of, told_found
from opmaat.web.preparation.views.parts import (
    form_page,
    may_write,
    page,
    reads,
    shown_of,
    study_of,
    taken,
    told,
    writes,
)
from opmaat.web.theme.issues import told_problem
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import study_folder


@writes
@never_cache
@form_page
def studies(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show the studies of the municipality, and load the protocol of a new one."""
    return _load(request, None)


@reads
@never_cache
@page
def study(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Show how far the preparation of a study is, and what comes next."""
    found = study_of(request, study)
    checked = check_study(study_folder(found), words().language)
    tasks = tasks_of(study_state(found), start_state(found), is_good=checked.is_good)
    shown = {"tasks": tasks, "steps": steps_of(found)}
    return render(request, "preparation/study.html", shown_of(request, found, shown))


@writes
@never_cache
@form_page
def protocol(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Show what is found in the protocol, beside its lines, and load it again."""
    return _load(request, study_of(request, study))


def _load(request: Any, study: Study | None) -> HttpResponse:  # noqa: ANN401
    """Load the files of a study, or show what has to be mended in them first."""
    form = forms.ProtocolForm(request.POST or None, request.FILES or None)
    shown: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            loaded = load_files(
                municipality=request.user.municipality,
                files=form.contents(),
                language=words().language,
                actor=request.user.actor,
                study=study,
            )
        except OpmaatError as error:
            return _page_of_files(request, form, study, {"problems": told(error)})
        if loaded.study is not None:
            messages.success(request, words().say("preparation.load.done"))
            return redirect("preparation_protocol", study=loaded.study.name)
        shown = {
            "found": told_found(loaded.checked.found),
            "lines": beside_lines(loaded.text, loaded.checked.found),
            "refused": True,
        }
    return _page_of_files(request, form, study, shown)


def _page_of_files(
    request: Any,  # noqa: ANN401
    form: forms.ProtocolForm,
    study: Study | None,
    shown: dict[str, Any],
) -> HttpResponse:
    """Show the page of a new study, or of a study's protocol with what is found in it."""
    if study is None:
        there = studies_of(request.user.municipality)
        shown = {"form": form, "studies": there, "may_write": may_write(request), **shown}
        return render(request, "preparation/studies.html", shown)
    if not shown:
        folder = study_folder(study)
        checked = check_study(folder, words().language)
        text = (folder / "protocol.yaml").read_text(encoding="utf-8")
        shown = {"found": told_found(checked.found), "lines": beside_lines(text, checked.found)}
    state = study_state(study)
    frozen_told = "" if state.lock is None else frozen_on(state.lock)
    shown = {"form": form, "state": state, "frozen_told": frozen_told, **shown}
    return render(request, "preparation/protocol.html", shown_of(request, study, shown))


@reads
@never_cache
@page
def plan(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Show what the experiment can show."""
    found = study_of(request, study)
    job = study_state(found).planning
    result = None if job is None or job.result is None else job.result[words().language]
    problems = [] if job is None else [told_problem(one, "preparation", "jobs") for one in job.problems]
    return render(
        request,
        "preparation/plan.html",
        shown_of(request, found, {"job": job, "plan": result, "problems": problems}),
    )


@needs(Thing.PREPARATION, Action.WRITE)
@require_POST
def freeze(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Freeze the protocol."""
    found = study_of(request, study)
    return taken(
        request,
        lambda: actions.freeze(study=found, actor=request.user.actor),
        message="preparation.freeze.done",
        to=reverse("preparation_study", args=[study]),
    )
