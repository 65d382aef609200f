"""Records of a text file with separated cells, and the lines that cannot be read as one.

A quote that is not closed makes the rest of a file one record. Reading then goes on at the line after the
one on which the record began, so that one bad line hides no other.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from opmaat.core.errors import DataFileError, Issue
from opmaat.formats.layout import Layout, unreadable

_MARK = b"\xef\xbb\xbf"
_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open}


class Lines:
    """The lines of a stream, of which those of the record in hand can be given back.

    Raises DataFileError at a line with bytes that are no text.
    """

    def __init__(self, stream: TextIO, path: Path) -> None:
        self._stream = stream
        self._path = path
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._stream)
        if "\0" in line:
            raise unreadable(self._path, "it holds bytes that are not text")
        self.taken.append(line)
        return line

    def give_back_all_but_first(self) -> str:
        """Return the first line that was taken; the others will be read again."""
        first, *others = self.taken
        self._again.extendleft(reversed(others))
        self.taken = [first]
        return first


def records(lines: Lines, separator: str) -> Iterator[tuple[int, list[str], bool]]:
    r"""Yield the number of the last line of each record, its cells, and whether its quotes are in order.

    Records without anything in a cell are left out. Where the quotes are not in order the cells are what
    stands between separators.

    >>> from io import StringIO
    >>> [*records(Lines(StringIO('a;"b\nc;d\n'), Path("a.csv")), ";")]
    [(1, ['a', '"b'], False), (2, ['c', 'd'], True)]
    """
    reader, line = csv.reader(lines, delimiter=separator, strict=True), 0
    while True:
        try:
            cells, whole = next(reader), True
        except StopIteration:
            return
        except csv.Error:
            cells, whole = lines.give_back_all_but_first().rstrip("\r\n").split(separator), False
        line += len(lines.taken)
        lines.taken.clear()
        if any(cells):
            yield line, cells, whole


@contextmanager
def text_of(path: Path, layout: Layout) -> Iterator[TextIO]:
    """Open a file as text, packed or not; raises DataFileError for what is no text in its encoding."""
    encoding = "utf-8-sig" if layout.encoding == "utf-8" else layout.encoding
    try:
        with _content(path) as content:
            _require_encoding(path, content, layout)
            with TextIOWrapper(content, encoding=encoding, newline="") as stream:
                yield stream
    except UnicodeDecodeError:
        with _content(path) as content:
            line = _first_undecodable(content, layout.encoding)
        raise _wrong_encoding(f"{path.name}:{line}", layout) from None


@contextmanager
def _content(path: Path) -> Iterator[BinaryIO]:
    """Open the bytes of a file, unpacked."""
    try:
        with _OPENERS.get(path.suffix.lower(), open)(path, "rb") as content:
            yield cast(BinaryIO, content)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(path, str(error).lower() or "it is damaged") from None


def _require_encoding(path: Path, content: BinaryIO, layout: Layout) -> None:
    """Refuse an empty file, and a file that says by its first bytes that it is of another encoding."""
    start = content.read(len(_MARK))
    if not start:
        raise unreadable(path, "it is empty")
    if start == _MARK and layout.encoding != "utf-8":
        raise _wrong_encoding(f"{path.name}:1", layout)
    content.seek(0)


def _first_undecodable(content: BinaryIO, encoding: str) -> int:
    """Return the number of the first line that cannot be decoded."""
    for number, line in enumerate(content, start=1):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            return number
    return 1


def _wrong_encoding(where: str, layout: Layout) -> DataFileError:
    """Say that a file is not in the encoding that the protocol names."""
    problem = f"The file is not written in {layout.encoding}."
    fix = "Name its encoding in the protocol (utf-8 or windows-1252), or save it as UTF-8."
    return DataFileError([Issue("wrong-encoding", where, problem, fix)])
