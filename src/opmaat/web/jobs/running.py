"""A worker: takes jobs up one after the other, does them, and says how far it is."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from opmaat.core.errors import Issue, OpmaatError
from opmaat.web.full_disk import is_disk_full
from opmaat.web.jobs import actions
from opmaat.web.jobs.models import Job
from opmaat.web.jobs.policies import SECONDS_BETWEEN_BEATS
from opmaat.web.jobs.registry import function_of
from opmaat.web.journal.models import Municipality

_SECONDS_BETWEEN_TOLD = 0.5
_log = logging.getLogger(__name__)
_UNEXPECTED = Issue(
    "unexpected",
    "jobs",
    "Something went wrong that nobody had thought of.",
    "Ask for it again; when it happens again, give the moment to those who keep this website.",
)
_NO_ROOM = Issue(
    "no-room",
    "jobs",
    "There is no room on the disk to do this.",
    "Make room, also for temporary files, and ask for it again: it goes on where it was.",
)


class StoppedError(Exception):
    """The worker was asked to stop; the job is put back."""


@dataclass(slots=True)
class Work:
    """What a function of long work gets: whose, asked by whom, with what; and a way to say how far it is."""

    job: Job
    worker: str
    stop: threading.Event
    _told: float = field(default=0.0, init=False)

    @property
    def municipality(self) -> Municipality:
        """The municipality that the work is of."""
        return self.job.municipality

    @property
    def actor(self) -> str:
        """Who asked for it, as events name it."""
        return str(self.job.asked_by)

    @property
    def given(self) -> dict[str, Any]:
        """What was given with it."""
        return dict(self.job.given)

    def progress(self, done: int, total: int) -> None:
        """Say how far it is; between transactions, as often as one likes.

        Raises StoppedError or NoLongerHeldError when the work is not to go on here: let both pass.
        """
        if self.stop.is_set():
            raise StoppedError
        if done >= total or time.monotonic() - self._told >= _SECONDS_BETWEEN_TOLD:
            actions.keep_hold(job=self.job, worker=self.worker, done=done, total=total)
            self._told = time.monotonic()


def new_worker() -> str:
    """Return a name that no other worker has."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def do_waiting(stop: threading.Event | None = None) -> int:
    """Do all that waits, in this process, and return how many jobs were taken up."""
    worker, stop, count = new_worker(), stop or threading.Event(), 0
    while not stop.is_set() and (job := actions.claim(worker=worker)) is not None:
        do(job, worker, stop)
        count += 1
    return count


def do(job: Job, worker: str, stop: threading.Event) -> None:
    """Do one job that this worker holds, and write down how it ended."""
    try:
        result = function_of(job.name)(Work(job, worker, stop))
    except StoppedError:
        actions.release(job=job, worker=worker)
    except actions.NoLongerHeldError:
        _log.warning("job %s was taken up by another worker", job.pk)
    except OpmaatError as error:
        actions.fail(job=job, worker=worker, issues=error.issues)
    except Exception as error:
        if is_taken_up_again(error):
            _log.exception("job %s is left to be taken up again", job.pk)
            return
        _log.exception("job %s failed", job.pk)
        actions.fail(job=job, worker=worker, issues=[_NO_ROOM if is_disk_full(error) else _UNEXPECTED])
    else:
        actions.finish(job=job, worker=worker, result=result)


def is_taken_up_again(error: Exception) -> bool:
    """Tell whether work that ended so goes on later: it was stopped, or the database was away."""
    if isinstance(error, OperationalError | InterfaceError):
        return not is_disk_full(error)
    return isinstance(error, StoppedError | actions.NoLongerHeldError)


def serve_jobs(stop: threading.Event, *, seconds_between: float = 0.5) -> None:
    """Do what waits and what comes, until asked to stop; a database that is away is waited for."""
    worker = new_worker()
    while not stop.is_set():
        close_old_connections()
        job = None
        try:
            job = actions.claim(worker=worker)
            if job is not None:
                with heartbeat(job, worker):
                    do(job, worker, stop)
        except (OperationalError, InterfaceError):
            _log.warning("the database cannot be reached or is busy; trying again")
        if job is None:
            stop.wait(seconds_between)


@contextmanager
def heartbeat(job: Job, worker: str) -> Iterator[None]:
    """Keep hold of a job from a thread of its own, however long one step of it takes."""
    ended = threading.Event()
    thread = threading.Thread(target=_beat, args=(job, worker, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(job: Job, worker: str, ended: threading.Event) -> None:
    """Say every few seconds that the worker is at work; a beat that is missed is made up for by the next."""
    while not ended.wait(SECONDS_BETWEEN_BEATS):
        try:
            with suppress(OperationalError, InterfaceError):
                actions.keep_hold(job=job, worker=worker)
        except actions.NoLongerHeldError:
            break
        close_old_connections()
    connection.close()
