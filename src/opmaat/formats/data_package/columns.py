"""Rows as a Parquet file, made by DuckDB while they pass, and what they add up to."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opmaat.core.errors import DataFileError, Issue
from opmaat.formats.data_package.model import Field, Kind, Resource

_ENGINE_TYPES: Mapping[Kind, str] = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
}
_NUMERIC = frozenset({"integer", "number"})
# Small groups and small pieces, because a table may have hundreds of columns and every one has a buffer.
_ROWS_A_GROUP = 4096
_BYTES_A_PIECE = 4_000_000
_LINE, _COLUMN = re.compile(r"Line: (\d+)"), re.compile(r'column "([^"]*)"')
_ERRNO = re.compile(r'"errno":"(\d+)"')
_ENGINE: Mapping[str, str | int] = {"threads": 1, "memory_limit": "100MB"}


def write_columns(reading: int, file: Path, resource: Resource) -> dict[str, Any]:
    """Write the rows that come out of a pipe, as CSV with a header, as Parquet; return its control totals.

    ``reading`` is the end of the pipe to read from, which is closed here: who writes then finds it broken.

    Raises
    ------
    DataFileError
        When a cell does not fit its column.
    OSError
        When the file cannot be written.
    """
    try:
        return _written(f"/dev/fd/{reading}", file, resource)
    finally:
        os.close(reading)


def _written(rows: str, file: Path, resource: Resource) -> dict[str, Any]:
    """Write rows of CSV as Parquet, and return their control totals."""
    import duckdb

    columns = ", ".join(f"{_text(one.name)}: '{_ENGINE_TYPES[one.kind]}'" for one in resource.fields)
    missing = ", ".join(_text(code) for code in resource.missing)
    source = (
        f"read_csv({_text(rows)}, columns = {{{columns}}}, auto_detect = false, header = true, "
        f"delim = ',', quote = '\"', escape = '\"', nullstr = [{missing}], buffer_size = {_BYTES_A_PIECE})"
    )
    try:
        with duckdb.connect(config={**_ENGINE, "temp_directory": str(file.parent)}) as engine:
            engine.execute(
                f"COPY (SELECT * FROM {source}) TO {_text(str(file))} "
                f"(FORMAT parquet, ROW_GROUP_SIZE {_ROWS_A_GROUP})"
            )
            return _totals(engine, file, resource)
    except duckdb.IOException as error:
        raise _machine_error(str(error)) from None
    except (duckdb.ConversionException, duckdb.InvalidInputException) as error:
        raise _wrong_cell(f"{resource.name}.csv", str(error)) from None


def _totals(engine: Any, file: Path, resource: Resource) -> dict[str, Any]:  # noqa: ANN401
    """Return the number of rows, and of each column the known cells and, of numbers, the sum."""
    summed = [one.name for one in resource.fields if one.kind in _NUMERIC]
    known = [f"count({_quoted(one.name)})" for one in resource.fields]
    sums = [f"{_sum_of(one)}({_quoted(one.name)})" for one in resource.fields if one.kind in _NUMERIC]
    query = f"SELECT {', '.join(['count(*)', *known, *sums])} FROM read_parquet({_text(str(file))})"
    rows, *counted = engine.execute(query).fetchone()
    return {
        "rows": rows,
        "known": dict(zip([one.name for one in resource.fields], counted[: len(known)], strict=True)),
        "sums": dict(zip(summed, counted[len(known) :], strict=True)),
    }


def _sum_of(column: Field) -> str:
    """Return the engine's sum of a column: exact of whole numbers, compensated (Kahan) of others."""
    return "sum" if column.kind == "integer" else "fsum"


def _text(text: str) -> str:
    """Return a text as the engine reads it."""
    return "'" + text.replace("'", "''") + "'"


def _quoted(column: str) -> str:
    """Return a column's name as the engine reads it."""
    return '"' + column.replace('"', '""') + '"'


def _wrong_cell(name: str, said: str) -> DataFileError:
    """Say where a cell does not fit its column, and never what stands in it."""
    line, column = _LINE.search(said), _COLUMN.search(said)
    where = name + (f", line {line[1]}" if line else "") + (f", column '{column[1]}'" if column else "")
    problem, fix = "A cell does not fit its column.", "Say of which type the column is."
    return DataFileError([Issue("wrong-cell", where, problem, fix)])


def _machine_error(said: str) -> OSError:
    """Return what the machine said to the engine, without the place of the file."""
    number = _ERRNO.search(said)
    return OSError(int(number[1]), os.strerror(int(number[1]))) if number else OSError()
