"""Rows of a register, field by field: what does not fit is told with row and field, never with its content.

A cell may stand in the wrong column and hold a name or a citizen service number, so no issue repeats a cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.cells import convert, empty_cell, from_number
from opmaat.caseload.layout import Field, Layout
from opmaat.core.month import Month
from opmaat.core.tables import Column, Table, number_text

FIX = "Correct it in the register and deliver again, or set the household aside with --set-aside."
_FIX_LOST = "Store the column as text, or give the field 'kind: digits' and its length in the layout."
_LOST_PROBLEM = "The cell is a number, so that zeros before it can be lost, and it would be another text."


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one row, by its place among the rows; ``field`` is the name in the layout."""

    row: int
    field: str
    code: str
    problem: str
    fix: str = FIX


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a register.

    ``values`` has per field text as objects (None missing), numbers as float64 (NaN) or days as
    ``datetime64[D]`` (NaT); ``faults`` are in the order of the rows.
    """

    table: Table
    layout: Layout
    values: Mapping[str, NDArray[Any]]
    faults: tuple[Fault, ...]

    @property
    def count(self) -> int:
        """Number of rows."""
        return self.table.rows

    @property
    def faulty(self) -> NDArray[np.bool_]:
        """Which rows have a fault, shape (rows,)."""
        marks = np.zeros(self.count, dtype=np.bool_)
        marks[[fault.row for fault in self.faults]] = True
        return marks

    def with_faults(self, more: list[Fault]) -> Rows:
        """Return the rows with more faults, in the order of the rows."""
        faults = tuple(sorted([*self.faults, *more], key=lambda fault: fault.row))
        return Rows(self.table, self.layout, self.values, faults)

    def kept(self, rows: NDArray[np.bool_]) -> Rows:
        """Return some of the rows, each still knowing its place and its faults."""
        table = Table(self.table.name, {}, self.table.positions[rows], self.table.row_word)
        values = {name: value[rows] for name, value in self.values.items()}
        place = np.cumsum(rows) - 1
        faults = tuple(
            Fault(int(place[fault.row]), fault.field, fault.code, fault.problem, fault.fix)
            for fault in self.faults
            if rows[fault.row]
        )
        return Rows(table, self.layout, values, faults)


def parse(table: Table, layout: Layout, *, month: Month, decimal: str) -> Rows:
    """Turn the cells of a table, whose columns bear the names of fields, into values.

    Parameters
    ----------
    month
        The month in which codes must be valid.
    decimal
        The sign before decimals in numbers that are text.

    Examples
    --------
    >>> layout = Layout(layout="a", title=None, person="p", fields={"p": Field(column="nr", kind="text")})
    >>> table = Table("a.csv", {"p": Column(np.array(["7", None], dtype=object))}, np.array([2, 3]), "line")
    >>> parse(table, layout, month=Month(2017, 9), decimal=".").values["p"].tolist()
    ['7', None]
    """
    values, faults = {}, []
    for name, column in table.columns.items():
        field = layout.fields[name]
        tells_who = field.identifies or name in (layout.person, layout.household)
        texts, lost = _texts(column, field, tells_who=tells_who)
        if field.kind == "number" and not column.is_text:
            texts = [None if text is None else text.replace(".", decimal) for text in texts]
        known, wrong = _read(set(texts), field, month, decimal)
        kind: Any = {"number": np.float64, "date": "datetime64[D]"}.get(field.kind, object)
        values[name] = np.array([known[text] for text in texts], dtype=kind)
        faults += [Fault(row, name, "lost-zeros", _LOST_PROBLEM, _FIX_LOST) for row in sorted(lost)]
        if wrong:
            found = [(row, wrong[text]) for row, text in enumerate(texts) if text in wrong]
            faults += [Fault(row, name, *problem) for row, problem in found if row not in lost]
    return Rows(table, layout, values, ()).with_faults(faults)


def _read(
    texts: set[str | None], field: Field, month: Month, decimal: str
) -> tuple[dict[str | None, Any], dict[str | None, tuple[str, str]]]:
    """Return what each distinct cell of a field stands for, and what is wrong with those that do not fit."""
    empty = empty_cell(field)
    known: dict[str | None, Any] = {None: empty}
    wrong: dict[str | None, tuple[str, str]] = {}
    if field.required:
        wrong[None] = ("missing-cell", "The field is empty.")
    for text in texts:
        if text is None:
            continue
        try:
            known[text] = convert(text, field, month=month, decimal=decimal)
        except ValueError as error:
            known[text] = empty
            wrong[text] = ("wrong-cell" if field.kind != "code" else "unknown-code", str(error))
    return known, wrong


def _texts(column: Column, field: Field, *, tells_who: bool) -> tuple[list[str | None], set[int]]:
    """Return cells as text, and which rows had a number of which the text cannot be known."""
    if column.is_text:
        texts = [None if cell is None else cell.strip() or None for cell in column.cells.tolist()]
        numbers = column.were_numbers
    else:
        texts = [None if np.isnan(cell) else number_text(cell) for cell in column.cells.tolist()]
        numbers = np.ones(len(texts), dtype=np.bool_)
    if numbers is None:
        return texts, set()
    at = [row for row in np.flatnonzero(numbers) if texts[row] is not None]
    known = {text: from_number(text, field, tells_who=tells_who) for text in {str(texts[row]) for row in at}}
    for row in at:
        texts[row] = known[str(texts[row])]
    return texts, {int(row) for row in at if texts[row] is None}
