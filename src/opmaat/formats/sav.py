"""Read SPSS .sav files, with labels and user-missing values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from opmaat.core.tables import Column, Table, number_text
from opmaat.formats.layout import Layout, require_columns, unreadable
from opmaat.formats.missing import number_column, text_column, with_description


def read(path: Path, columns: Collection[str], layout: Layout) -> Table:
    """Read the named columns; user-missing values are missing, with their label as the reason."""
    import pyreadstat

    try:
        cells, meta = pyreadstat.read_sav(str(path), output_format="dict", user_missing=True)
    except Exception:  # the parser raises whatever a damaged file makes it stumble over
        raise unreadable(path, "it is not a whole SPSS file") from None
    if None in meta.column_names:
        raise unreadable(path, "it is not a whole SPSS file")
    require_columns(path.name, columns, meta.column_names)
    found = {}
    for name in columns:
        labels = meta.variable_value_labels.get(name, {})
        ranges = meta.missing_ranges.get(name, [])
        column = _column(
            cells[name], {**layout.missing, **_user_missing(cells[name], ranges, labels)}, layout.decimal
        )
        label = meta.column_names_to_labels.get(name)
        found[name] = with_description(column, label=label, value_labels=labels)
    rows = np.arange(1, len(next(iter(cells.values()))) + 1, dtype=np.int64)
    return Table(path.name, found, rows, "row")


def _column(cells: Sequence[Any], reasons: Mapping[str, str], decimal: str) -> Column:
    """Return numbers as float64, everything else (text, dates) as text."""
    known = [cell for cell in cells if not _unknown(cell)]
    if all(isinstance(cell, int | float) for cell in known):
        numbers = [np.nan if _unknown(cell) else float(cell) for cell in cells]
        return number_column(np.array(numbers, dtype=np.float64), reasons)
    texts = [None if _unknown(cell) else str(cell).strip() for cell in cells]
    return text_column(np.array(texts, dtype=object), reasons, decimal=decimal)


def _unknown(cell: object) -> bool:
    """Tell whether a cell is empty: None, or not a number."""
    return cell is None or cell != cell  # noqa: PLR0124


def _user_missing(cells: Sequence[Any], ranges: Sequence[Any], labels: Mapping[Any, str]) -> dict[str, str]:
    """Return the codes that the file declares missing, each with its label as the reason."""
    reasons = {}
    for code in {cell for cell in cells if not _unknown(cell)}:
        for bounds in ranges:
            alike = isinstance(bounds["lo"], str) == isinstance(code, str)
            if alike and bounds["lo"] <= code <= bounds["hi"]:
                text = code if isinstance(code, str) else number_text(code)
                reasons[text] = labels.get(code, text)
    return reasons
