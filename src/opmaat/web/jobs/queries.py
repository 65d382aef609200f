"""Reading jobs."""

from __future__ import annotations

from opmaat.web.jobs.models import Job
from opmaat.web.journal.models import Municipality

_MOST = 50


def jobs_of(municipality: Municipality, actor: str) -> list[Job]:
    """Return the last fifty jobs that someone asked for, the latest first."""
    return list(Job.objects.of(municipality).filter(asked_by=actor).order_by("-pk")[:_MOST])


def own_job(municipality: Municipality, actor: str, number: int) -> Job | None:
    """Return a job that someone asked for; None when it is not there or someone else's."""
    return Job.objects.of(municipality).filter(asked_by=actor, pk=number).first()


def latest_job(municipality: Municipality, name: str, *, key_prefix: str = "") -> Job | None:
    """Return the job of a name that was asked for last, whoever asked for it."""
    found = Job.objects.of(municipality).filter(name=name, key__startswith=key_prefix)
    return found.order_by("-asked_at", "-pk").first()
