"""Work beside other work, in a copy of this process where that is safe; its answer is the same either way."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import current_process, get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")
_THREADS = Path("/proc/self/task")
_LOOKS, _BETWEEN = 20, 0.001  # seconds
_WHEN_THE_FIRST_ENDS = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


@contextmanager
def beside(work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Begin a piece of work; what is given waits for it, and returns or raises what the work does.

    A copy of this process does the work, so that nothing is loaded twice; what it returns comes back pickled.
    A copy is only made on Linux, with a second processor, and where no other thread runs: a lock that one
    holds would stay closed in the copy. Elsewhere, or when the copy dies, the work is done when it is asked
    for; work that writes files may therefore write the same files again.

    Leaving the block ends the copy, whether it was asked for its answer or not.

    Examples
    --------
    >>> with beside(lambda: sum(range(4))) as total:
    ...     other = max(1, 2)
    ...     total()
    6
    """
    if not _can_copy():
        yield work
        return
    context = get_context("fork")
    answer, sender = context.Pipe(duplex=False)
    copy = context.Process(target=_send, args=(work, sender, os.getpid()), daemon=True)
    copy.start()
    sender.close()
    try:
        yield partial(_received, answer, work)
    finally:
        copy.kill()
        copy.join()
        answer.close()


def _can_copy() -> bool:
    """Tell whether a copy of this process is safe and of use."""
    if sys.platform != "linux" or not _THREADS.is_dir() or current_process().daemon:
        return False
    return len(os.sched_getaffinity(0)) > 1 and _is_alone()


def _is_alone() -> bool:
    """Tell whether no other thread runs; the system sees one that has ended for a moment longer."""
    for _ in range(_LOOKS):
        if len(list(_THREADS.iterdir())) == 1:
            return True
        if threading.active_count() > 1:
            return False
        time.sleep(_BETWEEN)
    return False


def _send(work: Callable[[], object], sender: Connection, first: int) -> None:
    """Do the work in the copy, and send what it returns or raises; the copy ends with the first process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_WHEN_THE_FIRST_ENDS, signal.SIGKILL)
    if os.getppid() != first:
        return
    try:
        sender.send((work(), None))
    except Exception as error:  # whatever it is, the one who asked raises it
        sender.send((None, error))


def _received(answer: Connection, work: Callable[[], T]) -> T:
    """Return or raise what the copy sent."""
    try:
        found, error = answer.recv()
    except EOFError:
        return work()
    if error is not None:
        raise error
    return found  # type: ignore[no-any-return]
