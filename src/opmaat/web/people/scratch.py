"""A private folder for what was unsealed, gone afterwards: also when its process was killed meanwhile."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "opmaat-private-"


@contextmanager
def private_scratch(place: Path | None = None) -> Iterator[Path]:
    """Yield an empty folder that nobody else can enter, and take it away with all that is in it.

    It is made in ``place``, or where temporary files go. Folders there whose process died are taken away
    first: a process holds the lock of its folder for as long as it lives.
    """
    within = Path(tempfile.gettempdir()) if place is None else place
    _remove_abandoned(within)
    folder, hold = _held_folder(within)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(hold)


def _held_folder(within: Path) -> tuple[Path, int]:
    """Return a new folder with its lock; one that another process took away before that is made anew."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=within))
        with suppress(FileNotFoundError):
            hold = os.open(folder, os.O_RDONLY)
            fcntl.flock(hold, fcntl.LOCK_EX)
            if folder.exists():
                return folder, hold
            os.close(hold)


def _remove_abandoned(within: Path) -> None:
    """Take away the folders that no process holds."""
    for folder in within.glob(f"{_PREFIX}*"):
        # One that is held, is of another user, or is gone meanwhile is left alone.
        with suppress(OSError):
            hold = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(hold)
