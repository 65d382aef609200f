"""Read Parquet files through the embedded engine, only the columns that are asked for."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.core.tables import Column, Table
from opmaat.formats.layout import Layout, require_columns, unreadable
from opmaat.formats.missing import number_column, text_column

_LARGEST_EXACT = 2**53


def read(path: Path, columns: Collection[str], layout: Layout) -> Table:
    """Read the named columns in the order of the file; raises DataFileError when that cannot be done."""
    import duckdb

    with duckdb.connect() as engine:
        try:
            relation = engine.read_parquet(str(path))
            require_columns(path.name, columns, relation.columns)
            quoted = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
            arrays: dict[str, Any] = relation.project(quoted).fetchnumpy()
        except duckdb.Error:
            raise unreadable(path, "it is not a whole Parquet file") from None
    rows = len(next(iter(arrays.values())))
    found = {column: _column(arrays[column], layout) for column in columns}
    return Table(path.name, found, np.arange(1, rows + 1, dtype=np.int64), "row")


def _column(array: NDArray[Any], layout: Layout) -> Column:
    """Return numbers as float64, and as text what is no number or would lose digits as one."""
    hidden, values = np.ma.getmaskarray(array), np.ma.getdata(array)
    if values.dtype.kind in "biuf" and not _loses_digits(values):
        return number_column(np.where(hidden, np.nan, values).astype(np.float64), layout.missing)
    texts = [None if gone else str(value) for value, gone in zip(values, hidden, strict=True)]
    return text_column(np.array(texts, dtype=object), layout.missing)


def _loses_digits(values: NDArray[Any]) -> bool:
    """Tell whether whole numbers are too large for float64, as some identifiers are."""
    return values.dtype.kind in "iu" and bool(len(values)) and int(np.abs(values).max()) > _LARGEST_EXACT
