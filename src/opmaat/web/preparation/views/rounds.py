"""Pages of a round: its register, its draw, and the record of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from opmaat.core.errors import OpmaatError
from opmaat.web import clock
from opmaat.web.accounts.access import needs
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.gateway.ceremonies import record_page
from opmaat.web.gateway.preparation import rounds_of
from opmaat.web.gateway.registers import first_day_of, refused_rows
from opmaat.web.jobs.models import Job
from opmaat.web.preparation import actions, forms
from opmaat.web.preparation.files import keep_upload
from opmaat.web.preparation.models import Kind
from opmaat.web.preparation.queries import (
    RoundState,
    last_step,
    study_state,
)
from opmaat.web.preparation.telling import drawn_told, round_label
from opmaat.web.preparation.views.parts import (
    file_of,
    form_page,
    page,
    round_of,
    shown_of,
    study_of,
    told,
    turn_of,
    writes,
)
from opmaat.web.theme.issues import ToldProblem, told_problem
from opmaat.web.theme.uploads import is_too_large, most_megabytes
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import study_folder, study_protocol


@writes
@never_cache
@form_page
def register(request: Any, study: str, turn: str) -> HttpResponse:  # noqa: ANN401
    """Show the list of a round, and read a register in."""
    found = study_of(request, study)
    state = round_of(found, turn)
    try:
        form = _register_form(request, found, state)
    except OpmaatError as error:
        shown: dict[str, Any] = {"turn": turn, "problems": told(error)}
        return render(request, "preparation/register.html", shown_of(request, found, shown))
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            return _read_in(request, found, state, form)
        except OpmaatError as error:
            problems = told(error)
    shown = {
        "form": form,
        "state": state,
        "turn": turn,
        "label": round_label(state.name),
        "problems": problems or _failed(state.importing),
        "refused": refused_rows(study_folder(found), state.name) is not None,
        "kept_out": _kept_out(state),
    }
    return render(request, "preparation/register.html", shown_of(request, found, shown))


def _register_form(request: Any, study: Study, state: RoundState) -> forms.RegisterForm:  # noqa: ANN401
    """Return the form of a register; raises ProtocolError when the protocol names none."""
    reference, city = first_day_of(study_folder(study)), last_step(study, Kind.IMPORTED)
    is_first = state.name == rounds_of(study_protocol(study))[0]
    initial = {
        "day": forms.day_of_later(reference, clock.today(), is_first=is_first),
        "city": "" if city is None else city.details["city"],
    }
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.RegisterForm(*given, initial=initial)
    form.fields["day"].disabled = is_first
    if is_too_large(request):
        form.errors.pop("file", None)
        form.add_error("file", words().say("preparation.too_large", most=most_megabytes()))
    return form


def _read_in(request: Any, study: Study, state: RoundState, form: forms.RegisterForm) -> HttpResponse:  # noqa: ANN401
    """Keep an upload and have it read in."""
    given = form.cleaned_data
    upload = keep_upload(
        study=study, chunks=given["file"].chunks(), ending=str(forms.ending_of(given["file"].name))
    )
    job = actions.ask_import(
        study=study,
        round_name=state.name,
        upload=upload,
        day=given["day"],
        city=given["city"],
        set_aside=given["set_aside"],
        actor=request.user.actor,
        back=reverse("preparation_register", args=[study.name, turn_of(state)]),
    )
    return redirect("job", number=job.pk)


@needs(Thing.PREPARATION, Action.EXPORT)
@page
def refused(request: Any, study: str, turn: str) -> HttpResponse:  # noqa: ANN401
    """Give the rows that were refused, by their number and without their content."""
    found = study_of(request, study)
    state = round_of(found, turn)
    content = refused_rows(study_folder(found), state.name)
    if content is None:
        raise Http404
    actions.note_taken_out(study=found, round_name=state.name, what="refused", actor=request.user.actor)
    return file_of(content, "text/csv; charset=utf-8", "refused-rows.csv")


@writes
@never_cache
@form_page
def draw(request: Any, study: str, turn: str) -> HttpResponse:  # noqa: ANN401
    """Show the draw of a round step by step: promise first, then the lots with a witness."""
    found = study_of(request, study)
    state = round_of(found, turn)
    asked = forms.PromiseForm if state.ceremony.commitment is None else forms.DrawForm
    form, problems = asked(request.POST or None), []
    if request.method == "POST" and form.is_valid():
        try:
            step = _promise if state.ceremony.commitment is None else _draw
            return step(request, found, state, form)
        except OpmaatError as error:
            problems = told(error)
    shown = {
        "form": form,
        "state": state,
        "frozen": study_state(found).lock,
        "turn": turn,
        "label": round_label(state.name),
        "problems": problems or _failed(state.drawing),
        "drawing": state.is_drawing,
        "drawn_told": drawn_told(state),
        **_days(state),
    }
    return render(request, "preparation/draw.html", shown_of(request, found, shown))


def _promise(request: Any, study: Study, state: RoundState, form: forms.PromiseForm) -> HttpResponse:  # noqa: ANN401
    """Publish the commitment."""
    actions.promise(
        study=study,
        round_name=state.name,
        source=form.cleaned_data["source"],
        form=form.form_of_value(),
        due=form.cleaned_data["due"],
        actor=request.user.actor,
    )
    messages.success(request, words().say("preparation.promise.done"))
    return redirect("preparation_draw", study=study.name, turn=turn_of(state))


def _draw(request: Any, study: Study, state: RoundState, form: Any) -> HttpResponse:  # noqa: ANN401
    """Have the lots drawn, or tell that a colleague was first."""
    back = reverse("preparation_draw", args=[study.name, turn_of(state)])
    asked = actions.ask_draw(
        study=study,
        round_name=state.name,
        public_value=form.cleaned_data["value"],
        actor=request.user.actor,
        back=back,
    )
    if asked.is_own:
        return redirect("job", number=asked.job.pk)
    messages.error(request, words().say("preparation.draw.colleague"))
    return redirect(back)


@needs(Thing.PREPARATION, Action.EXPORT)
@page
def record(request: Any, study: str, turn: str) -> HttpResponse:  # noqa: ANN401
    """Give the record of a draw, to print and sign."""
    found = study_of(request, study)
    state = round_of(found, turn)
    if state.ceremony.drawn is None:
        raise Http404
    actions.note_taken_out(study=found, round_name=state.name, what="record", actor=request.user.actor)
    content = record_page(study_folder(found), state.name).encode()
    return file_of(content, "text/html; charset=utf-8", f"record-{found.name}.html")


def _kept_out(state: RoundState) -> list[tuple[str, int]]:
    """Return why households were kept out of a list, in the language of the request."""
    counts = state.counts or {"kept_out": []}
    return [(one[words().language], one["households"]) for one in counts["kept_out"] if one["households"]]


def _days(state: RoundState) -> dict[str, date]:
    """Return the days of a promise."""
    promised = state.ceremony.commitment
    if promised is None:
        return {}
    return {
        "committed_on": date.fromisoformat(promised.committed_on),
        "due": date.fromisoformat(promised.last_arm_due),
    }


def _failed(job: Job | None) -> list[ToldProblem]:
    """Return why the last work failed."""
    problems = [] if job is None else job.problems
    return [told_problem(one, "preparation", "jobs") for one in problems]
