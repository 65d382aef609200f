"""Pages of deliveries: files that come in, what they change, and the decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from opmaat.core.errors import OpmaatError
from opmaat.core.month import Month
from opmaat.web import clock
from opmaat.web.fieldwork import forms
from opmaat.web.fieldwork.actions import deliveries as actions
from opmaat.web.fieldwork.models import Delivery, DeliveryState
from opmaat.web.fieldwork.queries.deliveries import deliveries_of, stand_of
from opmaat.web.fieldwork.views.parts import done, form_page, named, study_of, tell, with_names, writes
from opmaat.web.fieldwork.work import CHECK
from opmaat.web.jobs.actions import enqueue
from opmaat.web.jobs.models import Job
from opmaat.web.theme.issues import told_problem
from opmaat.web.theme.uploads import is_too_large, most_megabytes
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Study

_COUNTED = ("rows", "persons", "new", "changed", "gone", "gone_persons", "unknown")
_PIECE = 4 << 20


@writes
@never_cache
@form_page
def deliveries(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Show the files that came in, and take one more."""
    found = study_of(request, study)
    form = forms.DeliveryForm(request.POST or None, request.FILES or None, this_month=Month.of(clock.today()))
    if request.method == "POST" and is_too_large(request):
        form.add_error("file", words().say("fieldwork.delivery.too_large", most=most_megabytes()))
    elif request.method == "POST" and form.is_valid():
        return _receive(request, found, form)
    rows = [(one, Month.parse(one.month)) for one in deliveries_of(found).defer("report", "problems")[:100]]
    return render(request, "fieldwork/deliveries.html", named(found, {"form": form, "deliveries": rows}))


def _receive(request: Any, study: Study, form: forms.DeliveryForm) -> HttpResponse:  # noqa: ANN401
    """Keep the file and lead to the work that looks at it."""
    asked = form.cleaned_data
    try:
        delivery = actions.receive(
            study=study,
            kind=asked["kind"],
            month=Month.parse(asked["month"]),
            file_name=asked["file"].name,
            chunks=_pieces(asked["file"]),
            actor=request.user.actor,
        )
    except OpmaatError as error:
        tell(request, error)
        return redirect("fieldwork_deliveries", study=study.name)
    if delivery.state != DeliveryState.WAITING.value:
        return redirect("fieldwork_delivery", study=study.name, number=delivery.pk)
    return redirect("job", number=_check(request, study, delivery).pk)


def _pieces(file: Any) -> Iterator[bytes]:  # noqa: ANN401
    """Yield a file in pieces that are sealed one by one."""
    yield from file.chunks(_PIECE)


def _check(request: Any, study: Study, delivery: Delivery) -> Job:  # noqa: ANN401
    """Ask for the work that looks at a file; beside another file that stands it is other work."""
    stands = stand_of(study, delivery.kind, delivery.month, on=clock.today())
    return enqueue(
        municipality=study.municipality,
        name=CHECK,
        key=f"{delivery.pk} {stands}"[:100],
        given={"delivery": delivery.pk},
        actor=request.user.actor,
        back=reverse("fieldwork_delivery", kwargs={"study": study.name, "number": delivery.pk}),
    )


@writes
@never_cache
@form_page
def delivery(request: Any, study: str, number: int) -> HttpResponse:  # noqa: ANN401
    """Show what a file changes, or what is wrong with it, and decide."""
    found = study_of(request, study)
    one = deliveries_of(found).filter(pk=number).first()
    if one is None:
        raise Http404
    one.municipality = found.municipality
    with_names(found.municipality, [one], "decided_by")
    report = one.report or {}
    form = forms.DecideForm(request.POST or None, needs_reason=bool(report.get("removes")))
    if request.method == "POST" and "look" in request.POST:
        actions.look_again(delivery=one)
        return redirect("job", number=_check(request, found, one).pk)
    if request.method == "POST" and form.is_valid():
        return _decide(request, found, one, form)
    shown = {
        "delivery": one,
        "month": Month.parse(one.month),
        "report": report,
        "counts": list(_counts(report)),
        "months": [Month.parse(month) for month in report.get("months", ())],
        "before": Month.parse(report["before"]) if report.get("before") else None,
        "problems": [told_problem(problem, "fieldwork", "jobs") for problem in one.problems],
        "form": form,
    }
    return render(request, "fieldwork/delivery.html", named(found, shown))


def _counts(report: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield what is counted in a report, with its label."""
    for name in _COUNTED:
        if name in report:
            yield words().say(f"fieldwork.deliveries.{_LABELS[name]}"), report[name]


_LABELS = {
    **{name: name for name in _COUNTED},
    "new": "new_rows",
    "changed": "changed_rows",
    "gone": "gone_rows",
}


def _decide(request: Any, study: Study, one: Delivery, form: forms.DecideForm) -> HttpResponse:  # noqa: ANN401
    """Take a file in or refuse it."""
    decision = form.cleaned_data["decision"]
    return done(
        request,
        lambda: actions.decide(
            delivery=one,
            accept=decision == "accept",
            reason=form.cleaned_data["reason"],
            actor=request.user.actor,
        ),
        message=f"fieldwork.deliveries.saved_{decision}",
        to=("fieldwork_delivery", study.name, one.pk),
    )
