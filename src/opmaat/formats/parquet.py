"""Read Parquet files through the embedded engine, only the columns that are asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from glob import escape
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from opmaat.core.errors import DataFileError, Issue
from opmaat.core.tables import Column, Table
from opmaat.formats.layout import Layout, require_columns, unreadable
from opmaat.formats.missing import is_number, number_column, text_column

Allowed = Literal["zero-or-one", "count", "any"]

_LARGEST_EXACT = 2**53
_ALLOWED: dict[Allowed, str] = {
    "zero-or-one": "{value} in (0, 1)",
    "count": "{value} >= 0 and {value} = floor({value})",
    "any": "true",
}


def read(path: Path, columns: Collection[str], layout: Layout) -> Table:
    """Read the named columns in the order of the file; raises DataFileError when that cannot be done."""
    arrays = _query(path, columns, ", ".join(_quoted(column) for column in columns))
    return _table(path, columns, arrays, layout)


@dataclass(frozen=True, slots=True)
class Grouped:
    """The rows of a file by their combination of keys.

    ``keys`` has one row per combination (c,); ``n``, ``mean`` and ``centred_squares`` (sum of squared
    differences from the mean) are of the measure, over the rows in which it is known. ``not_allowed`` is the
    number of rows of the file with a value that the measure cannot have.
    """

    keys: Table
    n: NDArray[np.int64]
    mean: NDArray[np.float64]
    centred_squares: NDArray[np.float64]
    not_allowed: int


def group(
    path: Path,
    keys: Collection[str],
    measure: str,
    layout: Layout,
    *,
    allowed: Allowed = "any",
) -> Grouped:
    """Sum a measure by keys inside the engine, so that the rows never come into memory.

    Raises DataFileError when the file cannot be read, or the measure is not a number or not finite.
    """
    by = ", ".join(_quoted(key) for key in keys)
    value = f"cast({_quoted(measure)} as double)"
    known = [f"{value} is not null", f"not isnan({value})"]
    known += [f"{value} <> {float(code)!r}" for code in layout.missing if is_number(code)]
    rule = _ALLOWED[allowed].format(value=value)
    wrong = "0 as wrong" if allowed == "any" else f"count(*) filter (where not ({rule})) as wrong"
    sums = f"count(*) as n, {wrong}, avg({value}) as mean, var_pop({value}) * count(*) as squares"
    rest = f"where {' and '.join(known)} group by {by} order by {by}"
    arrays = _query(path, [*keys, measure], f"{by}, {sums}", rest)
    mean, squares = np.asarray(arrays["mean"]), np.asarray(arrays["squares"])
    if not (np.isfinite(mean).all() and np.isfinite(squares).all()):
        problem, fix = "The column has an infinite value.", "Correct it, or declare it in 'missing'."
        raise DataFileError([Issue("infinite", f"{path.name}, column '{measure}'", problem, fix)])
    n, not_allowed = arrays["n"].astype(np.int64), int(arrays["wrong"].sum())
    return Grouped(_table(path, keys, arrays, layout), n, mean, squares, not_allowed)


def _query(path: Path, columns: Collection[str], selection: str, rest: str = "") -> dict[str, Any]:
    """Return what a query on the file selects, as arrays."""
    import duckdb

    with duckdb.connect() as engine:
        try:
            file = engine.read_parquet(escape(str(path)), hive_partitioning=False)
            require_columns(path.name, columns, file.columns)
            arrays: dict[str, Any] = engine.sql(f"select {selection} from file {rest}").fetchnumpy()
        except duckdb.ConversionException:
            problem, fix = "The column does not hold numbers.", "Name a column with numbers."
            raise DataFileError([Issue("not-a-number", path.name, problem, fix)]) from None
        except duckdb.Error:
            raise unreadable(path, "it is not a whole Parquet file") from None
    return arrays


def _quoted(column: str) -> str:
    """Return a column's name as the engine reads it."""
    return '"' + column.replace('"', '""') + '"'


def _table(path: Path, columns: Collection[str], arrays: dict[str, Any], layout: Layout) -> Table:
    """Return arrays of the engine as a table."""
    rows = len(next(iter(arrays.values())))
    found = {column: _column(arrays[column], layout) for column in columns}
    return Table(path.name, found, np.arange(1, rows + 1, dtype=np.int64), "row")


def _column(array: NDArray[Any], layout: Layout) -> Column:
    """Return numbers as float64, and as text what is no number or would lose digits as one."""
    hidden, values = np.ma.getmaskarray(array), np.ma.getdata(array)
    if values.dtype.kind in "biuf" and not _loses_digits(values):
        return number_column(np.where(hidden, np.nan, values).astype(np.float64), layout.missing)
    texts = [None if gone else str(value) for value, gone in zip(values, hidden, strict=True)]
    column = text_column(np.array(texts, dtype=object), layout.missing, decimal=layout.decimal)
    return replace(column, were_numbers=~hidden) if values.dtype.kind in "iu" else column


def _loses_digits(values: NDArray[Any]) -> bool:
    """Tell whether whole numbers are too large for float64, as some identifiers are."""
    return values.dtype.kind in "iu" and bool(len(values)) and int(np.abs(values).max()) > _LARGEST_EXACT
