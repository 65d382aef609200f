"""What the pages of the preparation share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from opmaat.core.errors import OpmaatError
from opmaat.web.accounts.access import needs
from opmaat.web.accounts.permissions import Action, Thing, may
from opmaat.web.gateway.preparation import rounds_of
from opmaat.web.preparation.queries import RoundState, round_state, study_named
from opmaat.web.theme.issues import ToldProblem, told_problem
from opmaat.web.theme.words import words
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import study_protocol

page = require_safe
form_page = require_http_methods(["GET", "HEAD", "POST"])
reads = needs(Thing.PREPARATION, Action.READ)
writes = needs(Thing.PREPARATION, Action.READ, post=Action.WRITE)
NO_NAME = "-"


def taken(request: Any, step: Callable[[], object], *, message: str, to: str) -> HttpResponse:  # noqa: ANN401
    """Take a step and say so, or say why it cannot be taken."""
    try:
        step()
    except OpmaatError as error:
        for one in told(error):
            messages.error(request, f"{one.problem} {one.fix}")
    else:
        messages.success(request, words().say(message))
    return redirect(to)


def study_of(request: Any, name: str) -> Study:  # noqa: ANN401
    """Return a study of the own municipality; raises Http404 for any other."""
    found = study_named(request.user.municipality, name)
    if found is None:
        raise Http404
    return found


def round_of(study: Study, turn: str) -> RoundState:
    """Return a round of a study; raises Http404 when the protocol has none of that name."""
    names = {name or NO_NAME: name for name in rounds_of(study_protocol(study))}
    if turn not in names:
        raise Http404
    return round_state(study, names[turn])


def turn_of(state: RoundState) -> str:
    """Return what stands for a round in an address."""
    return state.name or NO_NAME


def told(error: OpmaatError) -> list[ToldProblem]:
    """Return what is wrong in the language of the request."""
    return [told_problem(issue.as_dict(), "preparation", "jobs") for issue in error.issues]


def shown_of(request: Any, study: Study, shown: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    """Add what every page of a study shows."""
    title = study_protocol(study).title.in_language(words().language)
    return {"study": study, "title": title, "may_write": may_write(request), **shown}


def may_write(request: Any) -> bool:  # noqa: ANN401
    """Tell whether who is signed in may change the preparation."""
    return may(request.user.role, Thing.PREPARATION, Action.WRITE)


def file_of(content: bytes, kind: str, name: str) -> HttpResponse:
    """Return a file to keep."""
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
