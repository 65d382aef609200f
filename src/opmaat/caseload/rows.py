"""Rows of a register, field by field: what does not fit is told with row and field, never with its content.

A cell may stand in the wrong column and hold a name or a citizen service number, so no issue repeats a cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.layout import Code, Field, Layout
from opmaat.core.errors import Issue
from opmaat.core.month import Month
from opmaat.core.tables import Column, Table, number_text

_MIDNIGHT = re.compile(r"[T ]00:00:00(\.0+)?$")
FIX = "Correct it in the register and deliver again, or set the household aside with --set-aside."


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one row, by its place among the rows."""

    row: int
    issue: Issue


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

    def fault(self, row: int, field: str, *, code: str, problem: str) -> Fault:
        """Return a fault at a row and field."""
        return Fault(row, Issue(code, self.table.place(row, self.layout.fields[field].column), problem, FIX))

    def kept(self, rows: NDArray[np.bool_]) -> Rows:
        """Return some of the rows, each still knowing its place and its faults."""
        table = Table(self.table.name, {}, self.table.positions[rows], self.table.row_word)
        values = {name: value[rows] for name, value in self.values.items()}
        place = np.cumsum(rows) - 1
        faults = tuple(Fault(int(place[fault.row]), fault.issue) for fault in self.faults if rows[fault.row])
        return Rows(table, self.layout, values, faults)


@dataclass(frozen=True, slots=True)
class _Read:
    """A field that was read: its values, and what is wrong per row (None where nothing is)."""

    values: NDArray[Any]
    problems: list[tuple[str, str] | None]


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
        read = _read(column, field, month, decimal)
        values[name] = read.values
        for row, problem in enumerate(read.problems):
            if problem is not None:
                issue = Issue(problem[0], table.place(row, field.column), problem[1], FIX)
                faults.append(Fault(row, issue))
    faults.sort(key=lambda fault: fault.row)
    return Rows(table, layout, values, tuple(faults))


def _read(column: Column, field: Field, month: Month, decimal: str) -> _Read:
    """Read a column; each distinct cell is looked at once."""
    texts = _texts(column, field)
    convert, empty = _converter(field, month, decimal)
    known: dict[str | None, tuple[Any, tuple[str, str] | None]] = {
        None: (empty, ("missing-cell", "The field is empty.") if field.required else None)
    }
    for text in set(texts) - {None}:
        try:
            known[text] = (convert(str(text)), None)
        except ValueError as error:
            known[text] = (empty, ("wrong-cell" if field.kind != "code" else "unknown-code", str(error)))
    kind: Any = {"number": np.float64, "date": "datetime64[D]"}.get(field.kind, object)
    values: NDArray[Any] = np.array([known[text][0] for text in texts], dtype=kind)
    return _Read(values, [known[text][1] for text in texts])


def _texts(column: Column, field: Field) -> list[str | None]:
    """Return cells as text; a number that stands for digits gets back the zeros that it lost."""
    if column.is_text:
        return [None if cell is None else cell.strip() for cell in column.cells]
    width = field.length or 0 if field.kind == "digits" else max(map(len, field.codes), default=0)
    width = width if field.kind in {"digits", "code"} else 8 if field.kind == "date" else 0
    return [None if np.isnan(cell) else number_text(cell).zfill(width) for cell in column.cells]


def _converter(field: Field, month: Month, decimal: str) -> tuple[Callable[[str], Any], Any]:
    """Return how to read a cell of this kind, and what stands for a missing one."""
    match field.kind:
        case "number":
            return (lambda text: _number(text, decimal)), np.nan
        case "date":
            return (lambda text: _day(text, field.format)), np.datetime64("NaT")
        case "code":
            return (lambda text: _code(text, field, month)), None
        case "digits":
            return (lambda text: _digits(text, field.length)), None
        case _:
            return (lambda text: _text(text, field.length)), None


def _number(text: str, decimal: str) -> float:
    """Read a number with an optional sign before it."""
    try:
        number = float(text.replace(decimal, ".") if decimal != "." else text)
    except ValueError:
        raise ValueError("The field does not hold a number.") from None
    if not np.isfinite(number):
        raise ValueError("The field does not hold a number.")
    return number


def _day(text: str, form: str) -> np.datetime64:
    """Read a day; a day that is only partly known is no day. A typed date may come with midnight."""
    text = _MIDNIGHT.sub("", text)
    iso = f"{text[:4]}-{text[4:6]}-{text[6:]}" if form == "yyyymmdd" and text.isdigit() else text
    if form == "dd-mm-yyyy" and len(text) == 10 and text[2] == "-":
        iso = f"{text[6:]}-{text[3:5]}-{text[:2]}"
    try:
        if len(iso) != 10:
            raise ValueError
        return np.datetime64(iso, "D")
    except ValueError:
        raise ValueError(f"The field does not hold a whole date written as {form}.") from None


def _code(text: str, field: Field, month: Month) -> str:
    """Read a code that is valid in the month."""
    if text not in field.codes:
        raise ValueError(f"The field does not hold one of its {len(field.codes)} codes.")
    code = field.codes[text]
    if isinstance(code, Code):
        early = code.since is not None and month < Month.parse(code.since)
        late = code.until is not None and month > Month.parse(code.until)
        if early or late:
            raise ValueError(f"The field holds a code that is not valid in {month}.")
    return text


def _digits(text: str, length: int | None) -> str:
    """Read digits."""
    if not (text.isascii() and text.isdigit()) or (length is not None and len(text) != length):
        raise ValueError(f"The field does not hold {length or 'only'} digits.")
    return text


def _text(text: str, length: int | None) -> str:
    """Read text."""
    if length is not None and len(text) > length:
        raise ValueError(f"The field holds more than {length} signs.")
    return text
