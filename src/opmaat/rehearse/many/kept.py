"""Estimates of replications by world and number, in memory and in a file of JSON lines if there is one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from opmaat.core.errors import DataFileError, Issue, UsageError
from opmaat.rehearse.people.chance import Floats

Row = tuple[str, int, Floats]


class Kept:
    """What was estimated before, and what is added: a run that was broken off goes on from it.

    Parameters
    ----------
    file
        The file; None keeps nothing.
    key
        What tells estimates of one rehearsal from those of another.
    shape
        The shape of the estimates of one replication.

    Raises
    ------
    DataFileError
        ``other-rehearsal`` when the file holds something else, which is left as it is; ``damaged-estimates``
        with every line that cannot be read.
    UsageError
        ``cannot-write`` when the file cannot be read or written.
    """

    def __init__(self, file: Path | None, key: str, shape: tuple[int, int]) -> None:
        self._file = file
        self._rows: dict[tuple[str, int], Floats] = {}
        if file is None:
            return
        with _told(file):
            if file.exists():
                self._rows = {(world, number): found for world, number, found in _read(file, key, shape)}
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(json.dumps({"rehearsal": key}) + "\n", encoding="utf-8")

    def has(self, world: str, number: int) -> bool:
        """Tell whether a replication was done."""
        return (world, number) in self._rows

    def add(self, world: str, numbers: Sequence[int], found: Sequence[Floats]) -> None:
        """Keep the estimates of a chunk."""
        lines = []
        for number, estimates in zip(numbers, found, strict=True):
            row: dict[str, Any] = {"world": world, "number": number, "estimates": _rounded(estimates)}
            self._rows[world, number] = np.array(row["estimates"], dtype=np.float64)
            lines.append(json.dumps(row) + "\n")
        if self._file is not None:
            with _told(self._file), self._file.open("a", encoding="utf-8") as stream:
                stream.write("".join(lines))

    def rows(self, world: str, replications: int) -> Floats:
        """Return the estimates of the first replications, (replications, questions, 5)."""
        return np.stack([self._rows[world, number] for number in range(replications)])


def _rounded(estimates: Floats) -> list[list[float]]:
    """Return estimates to nine digits: what processors and libraries may differ in lies beyond."""
    return [[float(f"{value:.9g}") for value in row] for row in estimates]


def _read(file: Path, key: str, shape: tuple[int, int]) -> list[Row]:
    """Read what is kept; a last line that breaks off is cut away, and done again."""
    content = file.read_bytes()
    head, *lines = content.splitlines(keepends=True) or [b""]
    if _parsed(head) != {"rehearsal": key}:
        problem = "The file holds the estimates of another plan, number of people, seed or version."
        raise DataFileError([Issue("other-rehearsal", str(file), problem, "Give another file.")])
    if lines and not lines[-1].endswith(b"\n"):
        cut = lines.pop()
        file.write_bytes(content.removesuffix(cut))
    rows = [_row(_parsed(line), shape) for line in lines]
    damaged = [number for number, row in enumerate(rows, start=2) if row is None]
    if damaged:
        raise DataFileError(_damaged(file, number) for number in damaged)
    return list(filter(None, rows))


def _parsed(line: bytes) -> object:
    """Return the value of a line, or None where it is not correct JSON."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def _row(value: object, shape: tuple[int, int]) -> Row | None:
    """Return a row that was kept, or None when it is not whole."""
    match value:
        case {"world": str(world), "number": int(number), "estimates": list(estimates)}:
            try:
                found = np.array(estimates, dtype=np.float64)
            except (TypeError, ValueError):
                return None
            return (world, number, found) if found.shape == shape else None
    return None


def _damaged(file: Path, number: int) -> Issue:
    """Say which line is not whole."""
    problem, fix = "The line is not a replication as Opmaat wrote it.", "Remove the line: it is done again."
    return Issue("damaged-estimates", f"{file}:{number}", problem, fix)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Tell what the machine says when the file cannot be used."""
    try:
        yield
    except OSError as error:
        problem = f"The file cannot be used ({(error.strerror or 'unknown reason').lower()})."
        fix = "Make room or give another file; what it held before is still there."
        raise UsageError([Issue("cannot-write", str(file), problem, fix)]) from None
