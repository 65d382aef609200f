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
        Number of cells per reason for which they are missing ("empty", "refused").
    """

    cells: NDArray[Any]
    label: str | None = None
    value_labels: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)

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


def number_text(number: float) -> str:
    """Write a number the way a person would: whole numbers without a point.

    >>> number_text(4.0), number_text(0.25)
    ('4', '0.25')
    """
    return str(int(number)) if number == int(number) else repr(float(number))
