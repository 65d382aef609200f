"""From cells to values: numbers, names and codes, with an issue for every cell that does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.core.codes import Codes, natural_order
from opmaat.core.errors import Issue, first_issues
from opmaat.core.tables import Table, number_from_text, number_text
from opmaat.formats.missing import EMPTY
from opmaat.protocol.data import OutcomeKind, Scalar

_SMALL_RANGE = 100_000
_LARGEST = 1e30  # products of squares of larger numbers can overflow in a fit


@dataclass(frozen=True, slots=True)
class Rule:
    """What a number must be, and what to say when it is not."""

    holds: Callable[[NDArray[np.float64]], NDArray[np.bool_]]
    code: str
    problem: str
    fix: str


FINITE = Rule(np.isfinite, "infinite", "is not a finite number", "Correct it, or declare it in 'missing'.")
NOT_HUGE = Rule(
    lambda x: np.abs(x) <= _LARGEST,
    "too-large",
    "is too large to compute with",
    "Correct it, or use a larger unit.",
)
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
MONTH = Rule(lambda x: x == np.floor(x), "not-a-month", "is not a whole month", "Number periods as 0, 1, 2.")
CHANCE = Rule(
    lambda x: (x > 0) & (x <= 1), "not-a-probability", "is not a probability above 0, up to 1", "Correct it."
)


RULES_OF_KIND: Mapping[OutcomeKind, tuple[Rule, ...]] = {
    "binary": (ZERO_OR_ONE,),
    "count": (WHOLE,),
    "continuous": (),
    "mostly_zero": (),
}
_FIX_OF_NO_NUMBER = {
    ".": "Correct it, or declare it in 'data: file: missing', such as {NA: unknown}.",
    ",": "Write it with a comma and no point, such as 1250,50, or declare it in 'data: file: missing'.",
}


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
    wrong = [("not-a-number", "is not a number", _FIX_OF_NO_NUMBER[decimal], unread)]
    for rule in (FINITE, NOT_HUGE, *rules):
        failing = ~rule.holds(values) & ~np.isnan(values)
        wrong.append((rule.code, rule.problem, rule.fix, failing))
        if rule in (FINITE, NOT_HUGE):
            values = np.where(failing, np.nan, values)
    for code, problem, fix, rows in wrong:
        issues.extend(_cell_issues(table, column, np.flatnonzero(rows), code=code, problem=problem, fix=fix))
    return values


def _parsed(cells: NDArray[Any], decimal: str) -> NDArray[np.float64]:
    """Return text as numbers; NaN for what is missing or no number."""
    return np.array(
        [np.nan if cell is None else number_from_text(cell, decimal=decimal) for cell in cells],
        dtype=np.float64,
    )


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
    yield from first_issues(
        rows.tolist(),
        lambda row: Issue(code, table.place(row, column), f"'{table.shown(row, column)}' {problem}.", fix),
        where=f"{table.name}, column '{column}'",
        rest="cells have the same problem",
    )


def require_present(table: Table, column: str, issues: list[Issue]) -> None:
    """Add an issue for every missing cell of a column that must be complete."""
    found = table.columns[column]
    declared = [f"'{reason}'" for reason in found.missing if reason != EMPTY]
    told = f", or has the code that 'missing' gives for {' or '.join(declared)}" if declared else ""
    issues.extend(
        first_issues(
            np.flatnonzero(_missing(found.cells)).tolist(),
            lambda row: Issue(
                "missing-cell",
                table.place(row, column),
                f"The cell is empty{told}.",
                "Fill it in; this column must be complete.",
            ),
            where=f"{table.name}, column '{column}'",
            rest="cells are empty",
        )
    )


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
    names = sorted({cell for cell in cells if cell is not None}, key=natural_order)
    place = {name: code for code, name in enumerate(names)} | {None: -1}
    return Codes(np.array([place[cell] for cell in cells], dtype=np.int64), tuple(names))


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


def matching(found: Codes, wanted: Iterable[Scalar]) -> Iterator[tuple[Scalar, int]]:
    """Yield each code that a wanted value equals, with that value: as text, else as a number.

    >>> list(matching(Codes(np.array([0, 1]), ("1", "1.0")), [1]))
    [(1, 0), (1, 1)]
    >>> list(matching(Codes(np.array([0, 1]), ("1", "01")), ["1", "01"]))
    [('1', 0), ('01', 1)]
    """
    by_text = {str(value): value for value in wanted}
    by_number = {number_from_text(text): value for text, value in by_text.items()}
    for code, name in enumerate(found.names):
        if name in by_text:
            yield by_text[name], code
        elif (number := number_from_text(name)) in by_number:
            yield by_number[number], code


def labelled(names: tuple[str, ...], labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return names with the label that the file gives each; with the name where two have one label.

    >>> labelled(("1", "2", "3"), {"1": "yes", "2": "no", "3": "no"})
    ('yes', 'no (2)', 'no (3)')
    """
    texts = [labels.get(name, name) for name in names]
    return tuple(
        text if texts.count(text) == 1 else f"{text} ({name})"
        for name, text in zip(names, texts, strict=True)
    )
