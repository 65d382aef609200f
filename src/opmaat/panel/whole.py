"""Whether a text file that came in is whole: a file that breaks off between two lines reads as a shorter one.

Nothing in such a file tells that. The list of deliveries may say how many rows the sender counted, and the
file is then held against that.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from opmaat.core.errors import Issue
from opmaat.panel.deliveries import FOLDER, Delivery

_PART_BYTES = 1 << 20
_END = ord("\n")
_IS_SPACE = np.array([bytes([sign]).isspace() for sign in range(256)])
_FIX = "Ask for the file again, or correct 'rows' in the list of deliveries."


def cut_short(study: Path, deliveries: Iterable[Delivery]) -> Iterator[Issue]:
    r"""Yield an issue for each text file that has not the rows that its delivery should have.

    Files that cannot be opened are left to who reads them.

    Examples
    --------
    >>> from datetime import date
    >>> from tempfile import mkdtemp
    >>> study = Path(mkdtemp())
    >>> (study / FOLDER).mkdir()
    >>> _ = (study / FOLDER / "a.csv").write_text('person;"a\nb"\n1;2\n3;"4\n5"\n')
    >>> came, day = {"name": "a", "kind": "wages", "month": "2018-01", "file": "a.csv"}, date(2018, 2, 1)
    >>> [len(list(cut_short(study, [Delivery(**came, delivered_on=day, rows=rows)]))) for rows in (2, 3)]
    [0, 1]
    """
    for delivery in deliveries:
        file = study / FOLDER / delivery.file
        if delivery.rows is None or not file.is_file():
            continue
        try:
            found = _rows(file, delivery)
        except (OSError, EOFError):
            continue
        if found != delivery.rows:
            problem = f"The file has {found} rows; the delivery '{delivery.name}' has {delivery.rows}."
            yield Issue("other-number-of-rows", file.name, problem, _FIX)


def uncounted(deliveries: Iterable[Delivery]) -> tuple[str, ...]:
    """Return the names of the deliveries as text of which no number of rows is known."""
    return tuple(item.name for item in deliveries if item.is_text and item.rows is None)


def _rows(file: Path, delivery: Delivery) -> int:
    """Return the number of rows below the heads; a cell with several lines is on one row."""
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    of_events = delivery.kind == "events"
    with cast(BinaryIO, opened(file, "rb")) as lines:
        return _events(lines) if of_events else max(_records(lines) - 1, 0)


def _events(stream: BinaryIO) -> int:
    """Return the number of lines with something on them."""
    return sum(map(_filled, _parts(stream)))


def _records(stream: BinaryIO) -> int:
    """Return the number of records, of which one goes on while a quote is open."""
    found, is_open = 0, False
    for part in _parts(stream):
        if not is_open and b'"' not in part:
            found += _filled(part)
            continue
        for line in part.split(b"\n"):
            is_open ^= bool(line.count(b'"') % 2)
            found += not (is_open or not line.strip())
    return found


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    """Yield a file in parts of some thousands of whole lines."""
    while part := stream.read(_PART_BYTES):
        yield part + stream.readline()


def _filled(part: bytes) -> int:
    """Return how many lines have something on them; none is looked at closer where each begins with it."""
    signs = np.frombuffer(part, dtype=np.uint8)
    first = signs[np.flatnonzero(signs[:-1] == _END) + 1]
    if not (_IS_SPACE[first].any() or _IS_SPACE[signs[0]]):
        return len(first) + 1
    return sum(map(bool, map(bytes.strip, part.split(b"\n"))))
