"""Pages of auditors and data protection officers, and the page of published states, open to all."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from opmaat.web import clock
from opmaat.web.accounts.access import needs, open_to_all
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.audit import actions, queries
from opmaat.web.audit.forms import CheckForm, SearchForm
from opmaat.web.audit.telling import told_check, told_trace
from opmaat.web.jobs.queries import latest_job
from opmaat.web.journal.models import Municipality


@needs(Thing.JOURNAL, Action.READ)
@never_cache
@require_safe
def journal(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show who did, saw and took out what, a page at a time."""
    form = SearchForm(request.GET or None)
    sought, after = form.sought(), queries.Place.parse(request.GET.get("after", ""))
    found = queries.trail(request.user.municipality, sought, after=after)
    shown, more = found[: queries.PAGE], len(found) > queries.PAGE
    given = request.GET.items() if form.is_valid() else ()
    asked = {name: value for name, value in given if name in form.fields and value}
    page = {
        "form": form,
        "traces": [told_trace(one) for one in shown],
        "asked": asked,
        "again": urlencode(asked),
        "older": urlencode(asked | {"after": str(shown[-1].place)}) if more else "",
        "after": after,
    }
    return render(request, "audit/journal.html", page)


@needs(Thing.JOURNAL, Action.EXPORT)
@never_cache
@require_POST
def take_trail(request: Any) -> Any:  # noqa: ANN401
    """Give all that is sought as one file, and write down that it was taken."""
    form = SearchForm(request.POST)
    if not form.is_valid():
        return redirect("journal")
    sought, municipality = form.sought(), request.user.municipality
    actions.note_trail_taken(municipality=municipality, sought=sought, actor=request.user.actor)
    lines = _lines(queries.whole_trail(municipality, sought))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="journal-{clock.today().isoformat()}.csv"'
    return answer


@needs(Thing.JOURNAL, Action.READ)
@never_cache
@require_safe
def checks(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show what came of the last checks, and what was published."""
    municipality = request.user.municipality
    found = [told_check(name, latest_job(municipality, name)) for name in actions.CHECKS]
    page = {"checks": found, "sealings": queries.sealings(municipality)}
    return render(request, "audit/checks.html", page)


@needs(Thing.JOURNAL, Action.READ)
@require_POST
def ask(request: Any, check: str) -> HttpResponse:  # noqa: ANN401
    """Ask for a check."""
    name, form = f"audit.{check}", CheckForm(request.POST)
    if name not in actions.CHECKS:
        raise Http404
    if not form.is_valid():
        return redirect("checks")
    job = actions.ask_check(
        municipality=request.user.municipality,
        name=name,
        actor=request.user.actor,
        request_key=form.cleaned_data["request_key"],
        back=reverse("checks"),
    )
    return redirect("job", number=job.pk)


@open_to_all
@require_safe
def states(request: HttpRequest) -> HttpResponse:
    """Show the states of every journal that were published, so that anyone can keep them."""
    municipalities = Municipality.objects.order_by("name")
    found = [(one, queries.sealings(one)) for one in municipalities]
    return render(request, "audit/states.html", {"states": [pair for pair in found if pair[1]]})


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        """Return a line."""
        return text


def _lines(traces: Iterator[queries.Trace]) -> Iterator[str]:
    """Yield traces as lines of CSV, the header first."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield writer.writerow(["at", "actor", "what", "thing", "about"])
    for one in traces:
        yield writer.writerow([one.place.at.isoformat(), one.actor, one.what, one.thing, one.about])
