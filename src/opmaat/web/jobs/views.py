"""Pages of long work: what someone asked for, and how far it is."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opmaat.pages.numbers import number
from opmaat.web.accounts.access import needs
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.jobs.models import Job
from opmaat.web.jobs.queries import jobs_of, own_job
from opmaat.web.jobs.registry import Plain
from opmaat.web.theme.issues import told_problem
from opmaat.web.theme.words import words


@needs(Thing.STAFF_PAGE, Action.READ)
@never_cache
@require_safe
def jobs(request: Any) -> HttpResponse:  # noqa: ANN401
    """Show what a member of staff asked for."""
    found = jobs_of(request.user.municipality, request.user.actor)
    return render(request, "jobs/jobs.html", {"jobs": [{"job": one, "title": title(one)} for one in found]})


@needs(Thing.STAFF_PAGE, Action.READ)
@never_cache
@require_safe
def job(request: Any, number: int) -> HttpResponse:  # noqa: ANN401
    """Show how far one job is, what came of it, or why it failed."""
    found = own_job(request.user.municipality, request.user.actor, number)
    if found is None:
        raise Http404
    room = found.name.partition(".")[0]
    shown = {
        "job": found,
        "title": title(found),
        "outcome": _outcome(found),
        "problems": [told_problem(problem, room, "jobs") for problem in found.problems],
    }
    return render(request, "jobs/job.html", shown)


def title(job: Job) -> str:
    """Return what a job is called, in the language of the request."""
    return words().say(_key(job))


def _outcome(job: Job) -> str:
    """Return what came of a job that is done, and for how many it could not be, where there are any."""
    key = f"{_key(job)}_done"
    if job.result is None or not words().knows(key):
        return ""
    keys = [key, f"{_key(job)}_refused"] if job.result.get("refused") else [key]
    return " ".join(words().say(one, **_told(job.result)) for one in keys if words().knows(one))


def _key(job: Job) -> str:
    """Return the key of the texts of a job."""
    room, _, name = job.name.partition(".")
    return f"{room}.jobs.{name}"


def _told(result: Plain) -> dict[str, str]:
    """Return what came of a job as texts, whole numbers with their thousands grouped."""
    language = words().language
    return {
        name: number(value, 0, language) if isinstance(value, int) else str(value)
        for name, value in result.items()
    }
