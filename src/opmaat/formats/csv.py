"""Read text files with separated columns; every cell stays text until the reader knows what it means."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
from collections.abc import Collection
from pathlib import Path

import numpy as np

from opmaat.core.errors import DataFileError, Issue
from opmaat.core.tables import Table
from opmaat.formats.layout import Layout, require_columns, unreadable
from opmaat.formats.missing import text_column

_SHOWN = 20


def read(path: Path, columns: Collection[str], layout: Layout) -> Table:
    """Read the named columns; raises DataFileError for a wrong encoding, a broken line, a missing column."""
    reader = csv.reader(io.StringIO(_text(path, layout), newline=""), delimiter=layout.separator, strict=True)
    rows, lines = [], []
    try:
        header = next(reader, [])
        for row in reader:
            if row:
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        problem = f"The line cannot be read: {error}."
        fix = "Mend the quotes on this line or the one before it."
        raise DataFileError([Issue("broken-line", f"{path.name}:{reader.line_num}", problem, fix)]) from None
    _require_distinct(path.name, header, columns)
    require_columns(path.name, columns, header)
    _require_rectangular(path.name, len(header), rows, lines)
    places = {column: header.index(column) for column in columns}
    found = {
        column: text_column(np.array([row[place].strip() for row in rows], dtype=object), layout.missing)
        for column, place in places.items()
    }
    return Table(path.name, found, np.array(lines, dtype=np.int64), "line")


def _text(path: Path, layout: Layout) -> str:
    """Return the decoded text of the file."""
    unpack = {".gz": gzip.decompress, ".bz2": bz2.decompress}.get(path.suffix.lower(), bytes)
    try:
        content = unpack(path.read_bytes())
    except (OSError, EOFError, ValueError) as error:
        raise unreadable(path, str(error).lower() or "it is damaged") from None
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


def _require_distinct(name: str, header: list[str], columns: Collection[str]) -> None:
    """Refuse a wanted column that stands twice in the header."""
    twice = [column for column in columns if header.count(column) > 1]
    if twice:
        raise DataFileError(
            Issue("duplicate-column", f"{name}:1", f"The column '{column}' stands twice.", "Rename one.")
            for column in twice
        )


def _require_rectangular(name: str, width: int, rows: list[list[str]], lines: list[int]) -> None:
    """Refuse lines with more or fewer cells than the header."""
    uneven = [(line, len(row)) for line, row in zip(lines, rows, strict=True) if len(row) != width]
    if uneven:
        fix = "Check the separator in the protocol, and the quotes on this line."
        raise DataFileError(
            Issue(
                "uneven-line", f"{name}:{line}", f"The line has {cells} cells; the header has {width}.", fix
            )
            for line, cells in uneven[:_SHOWN]
        )
