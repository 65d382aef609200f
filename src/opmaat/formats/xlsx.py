"""Read spreadsheets: the first sheet, its first row as heads; numbers stay numbers, dates become text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from opmaat.core.tables import Column, Table
from opmaat.formats.layout import Layout, require_columns, require_distinct, unreadable
from opmaat.formats.missing import number_column, text_column


def read(path: Path, columns: Collection[str], layout: Layout) -> Table:
    """Read the named columns of the first sheet; raises DataFileError when that cannot be done."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError):
        raise unreadable(path, "it is not a whole spreadsheet") from None
    heads = [str(cell).strip() for cell in rows[0]] if rows else []
    require_distinct(f"{path.name}, row 1", columns, heads)
    require_columns(path.name, columns, heads)
    filled = [place for place, row in enumerate(rows[1:], start=1) if any(cell != "" for cell in row)]
    found = {}
    for column in columns:
        at = heads.index(column)
        found[column] = _column([rows[place][at] for place in filled], layout)
    return Table(path.name, found, np.array(filled, dtype=np.int64) + 1, "row")


def _column(cells: Sequence[Any], layout: Layout) -> Column:
    """Return numbers as float64 when every filled cell is one, else text; whole numbers without a point."""
    are_numbers = [isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells]
    filled = [is_number for cell, is_number in zip(cells, are_numbers, strict=True) if cell != ""]
    if filled and all(filled):
        numbers = np.array([np.nan if cell == "" else cell for cell in cells], dtype=np.float64)
        return number_column(numbers, layout.missing)
    texts = np.array([cell_text(cell) for cell in cells], dtype=object)
    column = text_column(texts, layout.missing, decimal=layout.decimal)
    return replace(column, were_numbers=np.array(are_numbers, dtype=np.bool_)) if any(filled) else column


def cell_text(cell: Any) -> str:  # noqa: ANN401
    """Return a cell as text; a day without a time of day as a date, a whole number without a point."""
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return str(cell).strip()
