"""What the pages of the fieldwork share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opmaat.core.errors import OpmaatError
from opmaat.web.accounts.access import needs
from opmaat.web.accounts.models import Account
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.theme.issues import told_problem
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import is_paused, study_protocol

page = require_safe
form_page = require_http_methods(["GET", "HEAD", "POST"])
step = require_POST
reads = needs(Thing.FIELDWORK, Action.READ)
writes = needs(Thing.FIELDWORK, Action.READ, post=Action.WRITE)
exports = needs(Thing.FIELDWORK, Action.EXPORT)


def study_of(request: Any, name: str) -> Study:  # noqa: ANN401
    """Return a study of the own municipality; raises Http404 for any other."""
    municipality = request.user.municipality
    found = Study.objects.of(municipality).filter(name=name).first()
    if found is None:
        raise Http404
    found.municipality = municipality
    return found


def named(study: Study, shown: dict[str, Any]) -> dict[str, Any]:
    """Add what every page of a study shows."""
    title = study_protocol(study).title.in_language(words().language)
    return {"study": study, "study_title": title, "is_paused": is_paused(study), **shown}


def done(
    request: Any,  # noqa: ANN401
    action: Callable[[], object],
    *,
    message: str,
    to: tuple[Any, ...],
) -> HttpResponseRedirect:
    """Do what was asked and say so, or say why it cannot be done now; then show another page."""
    try:
        action()
    except OpmaatError as error:
        tell(request, error)
    else:
        messages.success(request, words().say(message))
    return redirect(*to)


def tell(request: Any, error: OpmaatError) -> None:  # noqa: ANN401
    """Say what is wrong and what to do, in the language of the request."""
    for issue in error.issues:
        told = told_problem(issue.as_dict(), "fieldwork", "jobs")
        messages.error(request, f"{told.problem} {told.fix}")


def with_names(municipality: Any, rows: Iterable[Any], field: str = "actor") -> list[Any]:  # noqa: ANN401
    """Return rows, each with ``who``: the address of the member of staff, as colleagues know it."""
    found = list(rows)
    pseudonyms = {getattr(row, field).partition(":")[2] for row in found}
    staff = Account.objects.filter(municipality=municipality, pseudonym__in=pseudonyms)
    known = dict(staff.values_list("pseudonym", "email"))
    for row in found:
        row.who = known.get(getattr(row, field).partition(":")[2]) or getattr(row, field)
    return found


def file_of(content: bytes, kind: str, name: str) -> HttpResponse:
    """Return a file to keep, which no browser keeps by itself."""
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
