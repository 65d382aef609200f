"""A table as it stands in a file: columns of cells, and the place of every row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Column:
    """One column as the file has it.

    Parameters
    ----------
    cells
        Shape (rows,): numbers as float64 with NaN for missing, or text as objects with None for missing.
    label
        The column's own description, where the format has one.
    value_labels
        What codes stand for, where the format says so.
    missing
        Number of cells of the whole file per reason for which they are missing ("empty", "refused").
    were_numbers
        Shape (rows,): which cells of text the file has as numbers; None where it has none as numbers.
    """

    cells: NDArray[Any]
    label: str | None = None
    value_labels: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    were_numbers: NDArray[np.bool_] | None = None

    @property
    def is_text(self) -> bool:
        """Whether the cells are text."""
        return self.cells.dtype == object


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of the same length, with the place of each row in the file.

    ``row_word`` is "line" where rows are lines of a text file and "row" where they are counted.

    Examples
    --------
    >>> table = Table("people.csv", {"age": Column(np.array([41.0, np.nan]))}, np.array([2, 3]), "line")
    >>> table.place(1, "age"), table.rows
    ("people.csv, line 3, column 'age'", 2)
    """

    name: str
    columns: Mapping[str, Column]
    positions: NDArray[np.int64]
    row_word: str

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.positions)

    def place(self, row: int, column: str) -> str:
        """Say where a cell stands, for an issue."""
        return f"{self.name}, {self.row_word} {self.positions[row]}, column '{column}'"

    def shown(self, row: int, column: str) -> str:
        """Return what stands in a cell, for an issue."""
        cell = self.columns[column].cells[row]
        return cell if isinstance(cell, str) else number_text(cell)


def number_text(number: float) -> str:
    """Write a number the way a person would: whole numbers without a point.

    >>> number_text(4.0), number_text(0.25), number_text(float("inf"))
    ('4', '0.25', 'inf')
    """
    value = float(number)
    return str(int(number)) if value.is_integer() else repr(value)


def number_from_text(text: str, *, decimal: str = ".") -> float:
    """Read a number as people write it, with ``decimal`` before its fraction; NaN for any other text.

    Python reads more than people write, such as '1_000' or digits of other scripts. With a decimal comma a
    point could be one of thousands, so that it is not read at all.

    >>> number_from_text("12,5", decimal=","), number_from_text("1.250", decimal=","), number_from_text("1_0")
    (12.5, nan, nan)
    """
    if "_" in text or not text.isascii() or (decimal == "," and "." in text):
        return float("nan")
    try:
        return float(text.replace(",", ".") if decimal == "," else text)
    except ValueError:
        return float("nan")
