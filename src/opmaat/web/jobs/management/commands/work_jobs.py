"""work_jobs: worker processes for long work, kept going for as long as the website runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from opmaat.web.jobs.running import do_waiting, serve_jobs

_SECONDS_TO_STOP = 10.0
_SECONDS_BETWEEN_LOOKS = 0.5


class Command(BaseCommand):
    """Starts a worker again when it dies; `opmaat serve` starts it beside the website."""

    help = "Do long work: imports, letters, exports. With PostgreSQL it can run on several machines."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many, and until when."""
        parser.add_argument("--processes", type=int, default=1, help="Worker processes; default 1.")
        parser.add_argument("--until-idle", action="store_true", help="Do what waits, and stop.")
        parser.add_argument("--beside", type=int, help="Stop when this parent process is gone.")
        parser.add_argument("--one", action="store_true", help="Be one worker, which nobody starts again.")

    def handle(
        self,
        *_: Any,  # noqa: ANN401
        processes: int,
        until_idle: bool,
        beside: int | None,
        one: bool,
        **__: Any,  # noqa: ANN401
    ) -> None:
        """Work, or keep workers working."""
        stop = _asked_to_stop()
        if until_idle:
            self.stdout.write(f"{do_waiting(stop)} done")
        elif one:
            threading.Thread(target=_watch, args=(beside, stop), daemon=True).start()
            serve_jobs(stop)
        else:
            _keep(stop, processes, beside)


def _asked_to_stop() -> threading.Event:
    """Return what is set when the process is asked to stop."""
    stop = threading.Event()

    def ask(_: int, __: FrameType | None) -> None:
        stop.set()

    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, ask)
    return stop


def _watch(parent: int | None, stop: threading.Event) -> None:
    """Stop when the parent is gone: nobody would start the worker again, or end it."""
    while not stop.wait(_SECONDS_BETWEEN_LOOKS):
        if parent is not None and os.getppid() != parent:
            stop.set()


def _keep(stop: threading.Event, processes: int, beside: int | None) -> None:
    """Keep as many workers at work as asked for, until asked to stop; then let them end in peace."""
    workers: list[subprocess.Popen[bytes]] = []
    while not stop.wait(_SECONDS_BETWEEN_LOOKS):
        if beside is not None and os.getppid() != beside:
            break
        workers = [worker for worker in workers if worker.poll() is None]
        workers += [_start() for _ in range(processes - len(workers))]
    for worker in workers:
        worker.terminate()
    end = time.monotonic() + _SECONDS_TO_STOP
    for worker in workers:
        try:
            worker.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def _start() -> subprocess.Popen[bytes]:
    """Start one worker."""
    command = [sys.executable, "-m", "django", "work_jobs", "--one", "--beside", str(os.getpid())]
    return subprocess.Popen(command)
