"""Read text files with separated columns; every cell stays text until the reader knows what it means."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import zlib
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from opmaat.core.errors import DataFileError, Issue, first_issues
from opmaat.core.tables import Table
from opmaat.formats.layout import Layout, require_columns, require_distinct, unreadable
from opmaat.formats.missing import text_column

_SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}


def read(path: Path, columns: Collection[str], layout: Layout) -> Table:
    """Read the named columns; raises DataFileError for a wrong encoding, a broken line, a missing column."""
    reader = csv.reader(io.StringIO(_text(path, layout), newline=""), delimiter=layout.separator, strict=True)
    rows, lines = [], []
    try:
        header = [cell.strip() for cell in next(reader, [])]
        for row in reader:
            if row:
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        problem = f"The line cannot be read: {error}."
        fix = "Mend the quotes on this line or the one before it."
        raise DataFileError([Issue("broken-line", f"{path.name}:{reader.line_num}", problem, fix)]) from None
    _require_separated(path.name, columns, header, layout)
    require_distinct(f"{path.name}:1", columns, header)
    require_columns(path.name, columns, header)
    _require_rectangular(path.name, len(header), rows, lines)
    places = {column: header.index(column) for column in columns}
    found = {
        column: text_column(
            np.array([row[place].strip() for row in rows], dtype=object),
            layout.missing,
            decimal=layout.decimal,
        )
        for column, place in places.items()
    }
    return Table(path.name, found, np.array(lines, dtype=np.int64), "line")


def _text(path: Path, layout: Layout) -> str:
    """Return the decoded text of the file."""
    unpack = {".gz": gzip.decompress, ".bz2": bz2.decompress}.get(path.suffix.lower(), bytes)
    try:
        content = unpack(path.read_bytes())
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise unreadable(path, str(error).lower() or "it is damaged") from None
    if not content:
        raise unreadable(path, "it is empty")
    try:
        text = content.decode("utf-8-sig" if layout.encoding == "utf-8" else layout.encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problem = f"The file is not written in {layout.encoding}."
        fix = "Name its encoding in the protocol (utf-8 or windows-1252), or save it as UTF-8."
        raise DataFileError([Issue("wrong-encoding", f"{path.name}:{line}", problem, fix)]) from None
    if "\0" in text:
        raise unreadable(path, "it holds bytes that are not text")
    return text


def _require_separated(name: str, columns: Collection[str], header: Sequence[str], layout: Layout) -> None:
    """Refuse a header that is one cell because another separator stands in it."""
    if len(header) != 1 or header[0] in columns:
        return
    for separator, words in _SEPARATORS.items():
        if separator != layout.separator and separator in header[0]:
            problem = f"The header is one cell, and has {words} in it."
            fix = f"Say in the protocol that the separator is {words}."
            raise DataFileError([Issue("wrong-separator", f"{name}:1", problem, fix)])


def _require_rectangular(name: str, width: int, rows: list[list[str]], lines: list[int]) -> None:
    """Refuse lines with more or fewer cells than the header."""
    uneven = [(line, len(row)) for line, row in zip(lines, rows, strict=True) if len(row) != width]
    if uneven:
        fix = "Check the separator in the protocol, and the quotes on this line."
        raise DataFileError(
            first_issues(
                uneven,
                lambda found: Issue(
                    "uneven-line",
                    f"{name}:{found[0]}",
                    f"The line has {found[1]} cells; the header has {width}.",
                    fix,
                ),
                where=name,
                rest="lines have more or fewer cells than the header",
            )
        )
