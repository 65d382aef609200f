"""Pages of the progress report."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from opmaat.web import clock
from opmaat.web.fieldwork import forms
from opmaat.web.fieldwork.models import Progress
from opmaat.web.fieldwork.queries.deliveries import events_so_far
from opmaat.web.fieldwork.views.parts import exports, file_of, form_page, named, step, study_of, writes
from opmaat.web.fieldwork.work import PROGRESS
from opmaat.web.gateway.progress import month_of_study
from opmaat.web.jobs.actions import enqueue
from opmaat.web.trial.queries import study_protocol


@writes
@never_cache
@form_page
def reports(request: Any, study: str) -> HttpResponse:  # noqa: ANN401
    """Show the progress reports that were made, and make one."""
    found = study_of(request, study)
    month = month_of_study(study_protocol(found), clock.today())
    form = forms.ProgressForm(request.POST or None, month=month, initial={"month": max(1, month - 1)})
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["month"]
        job = enqueue(
            municipality=found.municipality,
            name=PROGRESS,
            key=f"{found.pk} {wanted} {events_so_far(found)} {clock.today()}",
            given={"study": found.pk, "month": wanted},
            actor=request.user.actor,
            back=reverse("fieldwork_reports", kwargs={"study": study}),
        )
        return redirect("job", number=job.pk)
    made = Progress.objects.of(found.municipality).filter(study=found).defer("page").order_by("-pk")[:50]
    return render(
        request, "fieldwork/reports.html", named(found, {"form": form, "reports": made, "month": month})
    )


@exports
@never_cache
@step
def report(request: Any, study: str, number: int) -> HttpResponse:  # noqa: ANN401
    """Give a progress report as a file."""
    found = study_of(request, study)
    one = Progress.objects.of(found.municipality).filter(study=found, pk=number).first()
    if one is None:
        raise Http404
    name = f"{found.name}-progress-month-{one.month}.html"
    return file_of(one.page.encode(), "text/html; charset=utf-8", name)
