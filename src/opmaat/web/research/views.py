"""Pages of researchers."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opmaat.core.errors import OpmaatError
from opmaat.web import clock
from opmaat.web.accounts.access import needs
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.gateway.research import ShownAs, frozen_protocol, planned_look
from opmaat.web.gateway.studies import questionnaire_of
from opmaat.web.research import actions, queries, telling
from opmaat.web.research.archive import archived
from opmaat.web.research.forms import ExportForm, PlanForm
from opmaat.web.research.policies import may_see_arms, shown_to
from opmaat.web.theme.issues import told_problem
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import study_folder


@needs(Thing.TRIAL_DATA, Action.READ)
@require_safe
def studies(request: Any) -> HttpResponse:  # noqa: ANN401
    """List the studies of the municipality."""
    return render(
        request, "research/studies.html", {"studies": queries.studies_of(request.user.municipality)}
    )


@needs(Thing.TRIAL_DATA, Action.READ)
@never_cache
@require_safe
def course(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Show response, quality of the data, and talks, without arms until they may be seen."""
    found = _study(request, study)
    try:
        protocol = frozen_protocol(study_folder(found))
    except OpmaatError as error:
        return _not_frozen(request, found, error)
    on = clock.today()
    shown = shown_to(request.user, protocol, on)
    named = shown == ShownAs.NAMED
    quality = queries.quality(found, protocol, on=on)
    page = {
        **_look(found, protocol, on),
        "shown": shown.value,
        "named": named,
        "response": telling.response_rows(queries.response(found, protocol, shown), protocol, shown),
        "quality": quality,
        "missing": telling.missing_rows(quality.missing),
        "talks": telling.talks_rows(queries.talks(found, protocol, by_arm=named), protocol),
    }
    return render(request, "research/course.html", page)


@needs(Thing.TRIAL_DATA, Action.READ, post=Action.EXPORT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """List what was exported, and ask for an export."""
    found = _study(request, study)
    try:
        protocol = frozen_protocol(study_folder(found))
    except OpmaatError as error:
        return _not_frozen(request, found, error)
    on = clock.today()
    form = ExportForm(request.POST or None, may_see_arms=may_see_arms(request.user, protocol, on))
    if request.method == "POST" and form.is_valid():
        job = actions.ask_export(
            account=request.user,
            study=found,
            with_arms=form.cleaned_data.get("with_arms", False),
            request_key=form.cleaned_data["request_key"],
            back=reverse("research_exports", args=[found.name]),
        )
        return redirect("job", number=job.pk)
    made = [
        (one, not one.with_arms or may_see_arms(request.user, protocol, on))
        for one in queries.exports_of(found)
    ]
    return render(
        request, "research/exports.html", {**_look(found, protocol, on), "form": form, "exports": made}
    )


@needs(Thing.TRIAL_DATA, Action.EXPORT)
@never_cache
@require_safe
def download(request: Any, study: str, name: str) -> Any:  # noqa: ANN401
    """Give an export as one file; with arms, to who may see them now."""
    found = _study(request, study)
    export = queries.export_of(found, name)
    folder = queries.files_of_export(found, name)
    if export is None or not folder.is_dir():
        raise Http404
    try:
        actions.require_arms(request.user, found, with_arms=export.with_arms, on=clock.today())
    except OpmaatError as error:
        return _refused(request, found, error)
    actions.note_download(export=export, actor=request.user.actor)
    answer = StreamingHttpResponse(archived(folder), content_type="application/zip")
    answer["Content-Disposition"] = (
        f'attachment; filename="{found.name}-{export.made_at:%Y-%m-%d}-{name[:8]}.zip"'
    )
    return answer


@needs(Thing.TRIAL_DATA, Action.READ, post=Action.WRITE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Show what came of the plan, and have it carried out."""
    found = _study(request, study)
    try:
        protocol = frozen_protocol(study_folder(found))
    except OpmaatError as error:
        return _not_frozen(request, found, error)
    on, form = clock.today(), PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        job = actions.ask_estimate(
            account=request.user,
            study=found,
            request_key=form.cleaned_data["request_key"],
            back=reverse("research_plan", args=[found.name]),
        )
        return redirect("job", number=job.pk)
    made, questionnaire = queries.estimations_of(found), questionnaire_of(study_folder(found))
    page = {
        **_look(found, protocol, on),
        "form": form,
        "may_see_arms": may_see_arms(request.user, protocol, on),
        "made": made,
        "course": telling.course_rows(made[0].course, protocol, questionnaire) if made else None,
    }
    return render(request, "research/plan.html", page)


@needs(Thing.TRIAL_DATA, Action.EXPORT)
@never_cache
@require_safe
def report(request: Any, study: str, name: str, file: str) -> Any:  # noqa: ANN401
    """Give a report or a file of estimates, to who may see arms now."""
    found = _study(request, study)
    estimation = queries.estimation_of(found, name)
    if estimation is None or file not in estimation.reports:
        raise Http404
    try:
        actions.require_arms(request.user, found, with_arms=True, on=clock.today())
    except OpmaatError as error:
        return _refused(request, found, error)
    actions.note_report(estimation=estimation, actor=request.user.actor)
    place = queries.files_of_estimation(found, name) / file
    return FileResponse(place.open("rb"), as_attachment=True, filename=f"{found.name}-{file}")


def _study(request: Any, name: str) -> Study:  # noqa: ANN401
    """Return a study of the own municipality."""
    found = queries.study_of(request.user.municipality, name)
    if found is None:
        raise Http404
    return found


def _look(study: Study, protocol: Any, on: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what every page says of the study and of the planned look."""
    return {
        "study": study,
        "name": protocol.title.in_language(words().language),
        "look": planned_look(protocol),
        "on": on,
    }


def _refused(request: Any, study: Study, error: OpmaatError) -> HttpResponse:  # noqa: ANN401
    """Say why something is not given."""
    return _told(request, study, error, status=403)


def _not_frozen(request: Any, study: Study, error: OpmaatError) -> HttpResponse:  # noqa: ANN401
    """Say that there is nothing to see before the protocol is frozen."""
    return _told(request, study, error, status=200)


def _told(request: Any, study: Study, error: OpmaatError, *, status: int) -> HttpResponse:  # noqa: ANN401
    """Show what is wrong, in the words of the reader."""
    problems = [told_problem(issue.as_dict(), "research") for issue in error.issues]
    return render(request, "research/refused.html", {"study": study, "problems": problems}, status=status)
