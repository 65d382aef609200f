"""Asking for work, and what a worker writes about it. Each is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from opmaat.core.errors import Issue
from opmaat.web import clock
from opmaat.web.jobs.models import Job, State
from opmaat.web.jobs.policies import held_until, is_given_up, real_now
from opmaat.web.jobs.registry import Plain, function_of
from opmaat.web.journal.models import Municipality

_GIVEN_UP = Issue(
    "given-up",
    "jobs",
    "The work was begun several times and never came to an end.",
    "Look whether the machine was stopped, its disk is full or its memory too small; then ask for it again.",
)


class NoLongerHeldError(Exception):
    """Another worker took the job up: this one is not to go on with it."""


@transaction.atomic
def enqueue(
    *, municipality: Municipality, name: str, key: str, given: Mapping[str, Any], actor: str, back: str = ""
) -> Job:
    """Ask for work and return its job; asked for before, with the same key, it is the job of then.

    One that failed is put in the queue again. Raises KeyError for a name that no app has.
    """
    function_of(name)
    # Whoever asks at the same moment waits here, so that both get one job.
    Municipality.objects.wait_for_turn(municipality)
    job = Job.objects.of(municipality).filter(name=name, key=key).first()
    if job is None:
        job = Job(municipality=municipality, name=name, key=key)
    elif job.state != State.FAILED:
        return job
    job.given, job.asked_by, job.asked_at, job.back = dict(given), actor, clock.now(), back
    job.state, job.attempts, job.worker, job.held_until = State.WAITING.value, 0, "", None
    job.done, job.total, job.result, job.problems, job.ended_at = 0, 0, None, [], None
    job.save()
    return job


def claim(*, worker: str) -> Job | None:
    """Return the next job, held by this worker from now on; None when nothing waits.

    A job whose worker no longer says that it is at work is taken up again; begun too often it fails.
    """
    for municipality in Municipality.objects.order_by("pk"):
        if _waiting(municipality).exists():
            job = _claimed(municipality, worker)
            if job is not None:
                return job
    return None


@transaction.atomic
def _claimed(municipality: Municipality, worker: str) -> Job | None:
    """Take up one job of a municipality; two workers at the same moment get two."""
    job = _waiting(municipality).select_for_update(skip_locked=True).order_by("pk").first()
    if job is None:
        return None
    if is_given_up(job.attempts):
        job.state, job.problems, job.ended_at = State.FAILED.value, [_GIVEN_UP.as_dict()], clock.now()
        job.save()
        return None
    job.state, job.worker, job.attempts = State.RUNNING.value, worker, job.attempts + 1
    job.held_until = held_until(real_now())
    job.save()
    return job


def keep_hold(*, job: Job, worker: str, done: int | None = None, total: int | None = None) -> None:
    """Say that a worker is still at work, and how far; raises NoLongerHeldError when it may not go on."""
    told = {} if done is None else {"done": done, "total": total or 0}
    if not _held(job, worker).update(held_until=held_until(real_now()), **told):
        raise NoLongerHeldError(job.pk)


def finish(*, job: Job, worker: str, result: Plain) -> None:
    """Write down what came of a job; nothing when another worker took it up."""
    _held(job, worker).update(
        state=State.DONE.value, result=result, ended_at=clock.now(), worker="", held_until=None
    )


def fail(*, job: Job, worker: str, issues: Iterable[Issue]) -> None:
    """Write down why a job failed; nothing when another worker took it up."""
    problems = [issue.as_dict() for issue in issues]
    _held(job, worker).update(
        state=State.FAILED.value, problems=problems, ended_at=clock.now(), worker="", held_until=None
    )


def release(*, job: Job, worker: str) -> None:
    """Put a job back that a worker stops with before its end; that does not count as an attempt."""
    _held(job, worker).update(
        state=State.WAITING.value, attempts=job.attempts - 1, worker="", held_until=None
    )


def _waiting(municipality: Municipality) -> QuerySet:
    """Return the jobs that can be taken up now."""
    left = Q(state=State.RUNNING.value, held_until__lt=real_now())
    return Job.objects.of(municipality).filter(Q(state=State.WAITING.value) | left)


def _held(job: Job, worker: str) -> QuerySet:
    """Return the row of a job as long as this worker holds it."""
    rows = Job.objects.of(job.municipality)
    return rows.filter(pk=job.pk, worker=worker, state=State.RUNNING.value)
