"""From cells to values: numbers, names and codes, with an issue for every cell that does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.core.errors import Issue
from opmaat.core.tables import Table, number_text
from opmaat.panel.model import Codes
from opmaat.protocol.data import Scalar

_SHOWN = 20
_SMALL_RANGE = 100_000


@dataclass(frozen=True, slots=True)
class Rule:
    """What a number must be, and what to say when it is not."""

    holds: Callable[[NDArray[np.float64]], NDArray[np.bool_]]
    code: str
    problem: str
    fix: str


FINITE = Rule(np.isfinite, "infinite", "is not a finite number", "Correct it, or declare it in 'missing'.")
ZERO_OR_ONE = Rule(
    lambda x: (x == 0) | (x == 1), "not-binary", "is neither 0 nor 1", "Correct it, or choose another 'kind'."
)
WHOLE = Rule(
    lambda x: (x >= 0) & (x == np.floor(x)),
    "not-a-count",
    "is not a count",
    "Correct it, or choose another 'kind'.",
)
POSITIVE = Rule(
    lambda x: x > 0, "not-positive", "is not above zero", "Correct it, or leave out the logarithm."
)
WEIGHT = Rule(lambda x: x > 0, "not-a-weight", "is not a weight above zero", "Correct it.")
CHANCE = Rule(
    lambda x: (x > 0) & (x <= 1), "not-a-probability", "is not a probability above 0, up to 1", "Correct it."
)


def numbers(
    table: Table, column: str, issues: list[Issue], *, rules: Iterable[Rule] = (), decimal: str = "."
) -> NDArray[np.float64]:
    """Return a column as float64 (rows,), NaN for missing; cells that do not fit are added to ``issues``.

    >>> from opmaat.core.tables import Column
    >>> cells = np.array(["41", "forty", None], dtype=object)
    >>> issues = []
    >>> numbers(Table("p.csv", {"age": Column(cells)}, np.array([2, 3, 4]), "line"), "age", issues)
    array([41., nan, nan])
    >>> issues[0].where, issues[0].code
    ("p.csv, line 3, column 'age'", 'not-a-number')
    """
    found = table.columns[column]
    missing = _missing(found.cells)
    values = _parsed(found.cells, decimal) if found.is_text else found.cells.astype(np.float64)
    unread = np.isnan(values) & ~missing
    wrong = [("not-a-number", "is not a number", "Correct it, or declare it in 'missing'.", unread)]
    for rule in (FINITE, *rules):
        failing = ~rule.holds(values) & ~np.isnan(values)
        wrong.append((rule.code, rule.problem, rule.fix, failing))
        if rule is FINITE:
            values = np.where(failing, np.nan, values)
    for code, problem, fix, rows in wrong:
        issues.extend(_cell_issues(table, column, np.flatnonzero(rows), code=code, problem=problem, fix=fix))
    return values


def _parsed(cells: NDArray[Any], decimal: str) -> NDArray[np.float64]:
    """Return text as numbers; NaN for what is missing or no number."""
    return np.array([_number(cell, decimal) for cell in cells], dtype=np.float64)


def _number(cell: str | None, decimal: str) -> float:
    """Return one cell as a number. Python reads more as a number than people write, such as '1_000'."""
    if cell is None or "_" in cell:
        return float("nan")
    try:
        return float(cell.replace(",", ".") if decimal == "," else cell)
    except ValueError:
        return float("nan")


def _missing(cells: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which cells are missing."""
    hidden: NDArray[np.bool_] = (
        np.array([cell is None for cell in cells], dtype=bool) if cells.dtype == object else np.isnan(cells)
    )
    return hidden


def _cell_issues(
    table: Table, column: str, rows: NDArray[np.intp], *, code: str, problem: str, fix: str
) -> Iterator[Issue]:
    """Yield an issue per cell, and one that counts the rest when there are very many."""
    cells = table.columns[column].cells
    for row in rows[:_SHOWN]:
        shown = cells[row] if cells.dtype == object else number_text(cells[row])
        yield Issue(code, table.place(int(row), column), f"'{shown}' {problem}.", fix)
    if len(rows) > _SHOWN:
        rest = f"{len(rows) - _SHOWN} more cells have the same problem."
        yield Issue(code, f"{table.name}, column '{column}'", rest, fix)


def require_present(table: Table, column: str, issues: list[Issue]) -> None:
    """Add an issue for every missing cell of a column that must be complete."""
    rows = np.flatnonzero(_missing(table.columns[column].cells))
    for row in rows[:_SHOWN]:
        fix = "Fill it in; this column must be complete."
        issues.append(Issue("missing-cell", table.place(int(row), column), "The cell is empty.", fix))
    if len(rows) > _SHOWN:
        rest = f"{len(rows) - _SHOWN} more cells are empty."
        issues.append(Issue("missing-cell", f"{table.name}, column '{column}'", rest, "Fill them in."))


def codes(table: Table, column: str) -> Codes:
    """Return a column as codes into its distinct values, in ascending order (numbers by size).

    >>> from opmaat.core.tables import Column
    >>> cells = np.array(["10", "9", None], dtype=object)
    >>> codes(Table("p.csv", {"a": Column(cells)}, np.array([2, 3, 4]), "line"), "a")
    Codes(codes=array([ 1,  0, -1]), names=('9', '10'))
    """
    cells = table.columns[column].cells
    if cells.dtype != object:
        return _number_codes(cells)
    names = sorted({cell for cell in cells if cell is not None}, key=_natural_order)
    place = {name: code for code, name in enumerate(names)} | {None: -1}
    return Codes(np.array([place[cell] for cell in cells], dtype=np.int64), tuple(names))


def _natural_order(text: str) -> tuple[bool, float, str]:
    """Order numbers by size, then other texts by the alphabet."""
    value = _number(text, ".")
    return (bool(np.isnan(value)), 0.0 if np.isnan(value) else value, text)


def _number_codes(cells: NDArray[np.float64]) -> Codes:
    """Return numbers as codes, without sorting when they are whole and lie close together."""
    known = cells[~np.isnan(cells)]
    low = known.min() if len(known) else 0.0
    found = np.full(len(cells), -1, dtype=np.int64)
    if len(known) and (known == np.floor(known)).all() and known.max() - low < _SMALL_RANGE:
        offsets = (known - low).astype(np.int64)
        present = np.flatnonzero(np.bincount(offsets))
        rank = np.zeros(int(present[-1]) + 1, dtype=np.int64)
        rank[present] = np.arange(len(present))
        levels, found[~np.isnan(cells)] = present + low, rank[offsets]
    else:
        levels, found[~np.isnan(cells)] = np.unique(known, return_inverse=True)
    return Codes(found, tuple(number_text(level) for level in levels))


def combined(parts: list[Codes]) -> Codes:
    """Return the combinations of several codes that occur, named 'a, b'; missing where any part is.

    >>> combined([Codes(np.array([0, 1]), ("m", "f")), Codes(np.array([1, -1]), ("x", "y"))])
    Codes(codes=array([ 0, -1]), names=('m, y',))
    """
    joint = np.zeros(len(parts[0].codes), dtype=np.int64)
    for part in parts:
        joint = joint * len(part.names) + part.codes
    whole = np.all([part.codes >= 0 for part in parts], axis=0)
    levels, first, inverse = np.unique(joint[whole], return_index=True, return_inverse=True)
    found = np.full(len(joint), -1, dtype=np.int64)
    found[whole] = inverse
    rows = np.flatnonzero(whole)[first]
    names = tuple(", ".join(part.names[part.codes[row]] for part in parts) for row in rows[: len(levels)])
    return Codes(found, names)


def joined(parts: list[Codes]) -> Codes:
    """Return the codes of several files, one after another, into the names of all of them.

    Names keep their order where every part has the same, as arms do; else they are put in order.

    >>> joined([Codes(np.array([0]), ("b",)), Codes(np.array([0, -1]), ("a",))])
    Codes(codes=array([ 1,  0, -1]), names=('a', 'b'))
    """
    names = parts[0].names
    if len({part.names for part in parts}) > 1:
        names = tuple(sorted({name for part in parts for name in part.names}, key=_natural_order))
    moved = [np.array([*(names.index(name) for name in part.names), -1])[part.codes] for part in parts]
    return Codes(np.concatenate(moved), names)


def matching(found: Codes, wanted: Iterable[Scalar]) -> Iterator[tuple[Scalar, int]]:
    """Yield each wanted value with every code that equals it, as text or as a number.

    >>> list(matching(Codes(np.array([0, 1]), ("1", "1.0")), [1]))
    [(1, 0), (1, 1)]
    """
    numbers_of_codes = [_number(name, ".") for name in found.names]
    for value in wanted:
        number = _number(str(value), ".")
        for code, (name, other) in enumerate(zip(found.names, numbers_of_codes, strict=True)):
            if name == str(value) or other == number:
                yield value, code
