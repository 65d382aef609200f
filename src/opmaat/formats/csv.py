"""Read text files with separated columns; every cell stays text until the reader knows what it means."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import itemgetter
from pathlib import Path

import numpy as np

from opmaat.core.errors import DataFileError, Issue
from opmaat.core.tables import Table
from opmaat.formats.layout import Layout, require_columns, require_distinct
from opmaat.formats.lines import Lines, records, text_of
from opmaat.formats.missing import text_column
from opmaat.formats.reading import BrokenLine, Reading

_SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}


def read(path: Path, columns: Collection[str], layout: Layout) -> Reading:
    """Read the named columns; raises DataFileError for a wrong encoding or a missing column.

    A line with more or fewer cells than the header, or with a quote that is not closed, is told as broken.
    """
    with text_of(path, layout) as stream:
        lines = records(Lines(stream, path), layout.separator)
        heads = [cell.strip() for cell in next(lines, (0, [], True))[1]]
        _require_separated(path.name, columns, heads, layout)
        require_distinct(f"{path.name}:1", columns, heads)
        require_columns(path.name, columns, heads)
        pick = itemgetter(*(heads.index(column) for column in columns))
        width, found, places = len(heads), [], []
        broken: list[BrokenLine] = []
        for line, cells, whole in lines:
            if whole and len(cells) == width:
                found.append(pick(cells))
                places.append(line)
            else:
                broken.append(_broken(line, cells, width, whole=whole))
    by_column = [found] if len(columns) == 1 else list(zip(*found, strict=True)) or [()] * len(columns)
    found_columns = {
        column: text_column(
            np.array([cell.strip() for cell in cells], dtype=object), layout.missing, decimal=layout.decimal
        )
        for column, cells in zip(columns, by_column, strict=True)
    }
    table = Table(path.name, found_columns, np.array(places, dtype=np.int64), "line")
    return Reading(table, tuple(heads), tuple(broken))


def _broken(line: int, cells: Sequence[str], width: int, *, whole: bool) -> BrokenLine:
    """Say what is wrong with a line."""
    if whole:
        problem = f"The line has {len(cells)} cells; the header has {width}."
        return BrokenLine(line, "uneven-line", problem, tuple(cells))
    problem = "A quote on this line is not closed, or text stands beside it."
    return BrokenLine(line, "broken-line", problem, tuple(cells))


def _require_separated(name: str, columns: Collection[str], header: Sequence[str], layout: Layout) -> None:
    """Refuse a header that is one cell because another separator stands in it."""
    if len(header) != 1 or header[0] in columns:
        return
    for separator, words in _SEPARATORS.items():
        if separator != layout.separator and separator in header[0]:
            problem = f"The header is one cell, and has {words} in it."
            fix = f"Say in the protocol that the separator is {words}."
            raise DataFileError([Issue("wrong-separator", f"{name}:1", problem, fix)])
