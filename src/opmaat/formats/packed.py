"""Packed files: that one does not hold more than a table can, looked at before it is read."""

from __future__ import annotations

import bz2
import gzip
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from opmaat.core.errors import DataFileError, Issue

_PIECE = 1 << 20
# A table that repeats itself in every row packs to a hundredth; what packs further is made to fill a machine.
_MOST_TIMES, _ALWAYS_ALLOWED = 200, 64 << 20
_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open}


def require_unpackable(path: Path) -> None:
    """Raise DataFileError for a file that holds hundreds of times what it takes packed.

    Whether it is whole is left to who reads it.
    """
    most = max(_ALWAYS_ALLOWED, _MOST_TIMES * path.stat().st_size)
    try:
        held = _held(path, most)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile):
        return
    if held > most:
        problem = "The file holds far more than a table that is packed can hold."
        raise DataFileError([Issue("packed-too-far", path.name, problem, "Give the table as CSV.")])


def _held(path: Path, most: int) -> int:
    """Return how many bytes a file holds, or of a packed text some number above ``most``."""
    ending = path.suffix.lower()
    if ending == ".xlsx":
        with zipfile.ZipFile(path) as packed:
            return sum(one.file_size for one in packed.infolist())
    if ending not in _OPENERS:
        return 0
    held = 0
    with _OPENERS[ending](path, "rb") as stream:
        while held <= most and (piece := stream.read(_PIECE)):
            held += len(piece)
    return held
