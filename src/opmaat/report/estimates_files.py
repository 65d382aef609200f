"""The estimates as files: complete as JSON, flat as CSV and Parquet."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from opmaat.core.errors import Issue, OpmaatError, UsageError
from opmaat.core.files import write_together
from opmaat.core.receipt import Receipt
from opmaat.evaluate.model import Estimate, Estimates, Interval
from opmaat.report.stored import StoredKind, json_bytes, read_stored

FILE_NAME = "estimates.json"
KIND = StoredKind(FILE_NAME, "estimates", "opmaat estimate")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | float | bool | None

# Every column of the flat files with its type in DuckDB's words; a cell without a value is empty.
_COLUMNS = {
    "protocol": "VARCHAR",
    "analysis": "VARCHAR",
    "estimand": "VARCHAR",
    "primary": "BOOLEAN",
    "outcome": "VARCHAR",
    "month": "INTEGER",
    "arm": "VARCHAR",
    "compared_with": "VARCHAR",
    "method": "VARCHAR",
    "point": "DOUBLE",
    "std_error": "DOUBLE",
    "errors": "VARCHAR",
    "confidence": "DOUBLE",
    "interval_low": "DOUBLE",
    "interval_high": "DOUBLE",
    "degrees_of_freedom": "DOUBLE",
    "p_value": "DOUBLE",
    "family": "VARCHAR",
    "adjustment": "VARCHAR",
    "p_value_adjusted": "DOUBLE",
    "simultaneous_confidence": "DOUBLE",
    "simultaneous_low": "DOUBLE",
    "simultaneous_high": "DOUBLE",
    "n": "BIGINT",
    "n_arm": "BIGINT",
    "n_compared_with": "BIGINT",
    "mean_arm": "DOUBLE",
    "mean_compared_with": "DOUBLE",
    "coefficients": "INTEGER",
    "clusters": "BIGINT",
    "take_up_difference": "DOUBLE",
    "take_up_std_error": "DOUBLE",
    "first_stage_f": "DOUBLE",
    "first_stage_degrees_of_freedom": "DOUBLE",
    "anderson_rubin_low": "DOUBLE",
    "anderson_rubin_high": "DOUBLE",
    "dropped": "VARCHAR",
    "notes": "VARCHAR",
    "estimates_digest": "VARCHAR",
}


def remove_stale_estimates(receipt: Receipt, directory: Path) -> tuple[Path, ...]:
    """Remove the estimates of an earlier run that were made of other deliveries; return what was removed.

    Estimates beside a course of other deliveries would make a report that contradicts itself. Damaged ones
    are removed too: no report can be made of them.

    Parameters
    ----------
    receipt
        That of the course that stands in the directory now.
    """
    if _are_of(receipt, directory):
        return ()
    files = (directory / f"estimates.{ending}" for ending in ("json", "csv", "parquet"))
    there = tuple(file for file in files if file.is_file())
    for file in there:
        file.unlink()
    return there


def _are_of(receipt: Receipt, directory: Path) -> bool:
    """Tell whether the estimates in a directory were made of the inputs of a receipt."""
    try:
        return read_estimates(directory).receipt.inputs == receipt.inputs
    except OpmaatError:
        return False


def write_estimates(estimates: Estimates, directory: Path) -> tuple[Path, ...]:
    """Write estimates.csv, .parquet and .json, all three or none, and return their paths.

    The JSON is complete: :func:`read_estimates` rebuilds the estimates from it. The CSV (RFC 4180, UTF-8,
    decimal points) and the Parquet file have one row per estimate. In the CSV a text that starts with
    ``= + - @``, a tab or a line break gets an apostrophe in front, so that no spreadsheet runs it as a
    formula (OWASP, CSV injection); numbers, the JSON and the Parquet file are left as they are. The same
    estimates give the same bytes. Raises UsageError when the files cannot be written.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> import opmaat
    >>> study = Path("studies/nsw-1975")
    >>> protocol = opmaat.read_frozen(study).protocol
    >>> estimates = opmaat.estimate(protocol, opmaat.read_panel(protocol, study))
    >>> [file.name for file in write_estimates(estimates, Path(mkdtemp()))]
    ['estimates.csv', 'estimates.parquet', 'estimates.json']
    """
    files = {directory / name: content for name, content in contents(estimates).items()}
    write_together(files)
    return tuple(files)


def contents(estimates: Estimates) -> dict[str, bytes]:
    """Return the bytes of estimates.csv, .parquet and .json, by the name of the file.

    The JSON stands last: it is what others are read from, and the last to take its place.
    """
    rows = [_row(estimates, estimate) for estimate in estimates.estimates]
    return {
        "estimates.csv": _csv_bytes(rows),
        "estimates.parquet": _parquet_bytes(rows),
        FILE_NAME: json_bytes(estimates.as_dict()),
    }


def changed_files(estimates: Estimates, directory: Path) -> list[Issue]:
    """Return an issue for each file of the estimates that is missing, or holds something else."""
    problem, fix = "The file is missing, or was changed after it was written.", "Run 'opmaat estimate' again."
    return [
        Issue("changed-estimates", str(directory / name), problem, fix)
        for name, content in contents(estimates).items()
        if not (directory / name).is_file() or (directory / name).read_bytes() != content
    ]


def read_estimates(path: Path) -> Estimates:
    """Read the estimates from estimates.json, or from the directory that holds it, and check their receipt.

    Raises
    ------
    DataFileError
        When the file cannot be read.
    ReceiptMismatchError
        When the file is damaged, or its content is not what its receipt says.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> import opmaat
    >>> study, results = Path("studies/nsw-1975"), Path(mkdtemp())
    >>> protocol = opmaat.read_frozen(study).protocol
    >>> estimates = opmaat.estimate(protocol, opmaat.read_panel(protocol, study))
    >>> files = write_estimates(estimates, results)
    >>> read_estimates(results) == estimates
    True
    """
    return read_stored(KIND, path, Estimates)


def _row(estimates: Estimates, estimate: Estimate) -> dict[str, Cell]:
    """Return one estimate as a flat row, in the order of the columns."""
    cells = {"protocol": estimates.protocol_id, "estimates_digest": estimates.receipt.output}
    known = cells | _question(estimate) | _answer(estimate) | _model(estimate) | _first_stage(estimate)
    return {column: known.get(column) for column in _COLUMNS}


def _question(estimate: Estimate) -> dict[str, Cell]:
    """Return what was asked, and how it was analysed."""
    return {
        "analysis": estimate.analysis,
        "estimand": estimate.estimand,
        "primary": estimate.primary,
        "outcome": estimate.outcome,
        "month": estimate.month,
        "arm": estimate.contrast[0],
        "compared_with": estimate.contrast[1],
        "method": estimate.method,
        "family": estimate.family,
        "adjustment": estimate.adjustment,
    }


def _answer(estimate: Estimate) -> dict[str, Cell]:
    """Return the numbers that answer it."""
    simultaneous = _bounds(estimate.simultaneous, "simultaneous")
    if estimate.simultaneous is not None:
        simultaneous["simultaneous_confidence"] = estimate.simultaneous.confidence
    return {
        "point": estimate.point,
        "std_error": estimate.std_error,
        "confidence": estimate.interval.confidence,
        "degrees_of_freedom": estimate.df,
        "p_value": estimate.p,
        "p_value_adjusted": estimate.p_adjusted,
        **_bounds(estimate.interval, "interval"),
        **simultaneous,
    }


def _model(estimate: Estimate) -> dict[str, Cell]:
    """Return what the fitted model was."""
    arm, compared_with = estimate.contrast
    return {
        "errors": estimate.fit.errors,
        "n": estimate.fit.n,
        "n_arm": estimate.n_by_arm.get(arm),
        "n_compared_with": estimate.n_by_arm.get(compared_with),
        "mean_arm": estimate.means.get(arm),
        "mean_compared_with": estimate.means.get(compared_with),
        "coefficients": estimate.fit.rank,
        "clusters": estimate.fit.clusters,
        "dropped": "; ".join(f"{item.name}: {item.reason}" for item in estimate.fit.dropped) or None,
        "notes": "; ".join(f"{note.code}: {note.participants}" for note in estimate.notes) or None,
    }


def _first_stage(estimate: Estimate) -> dict[str, Cell]:
    """Return how strongly the draw moved take-up, where that matters."""
    first = estimate.first_stage
    if first is None:
        return {}
    return {
        "take_up_difference": first.take_up_difference,
        "take_up_std_error": first.std_error,
        "first_stage_f": first.f_statistic,
        "first_stage_degrees_of_freedom": first.df,
        **_bounds(first.anderson_rubin, "anderson_rubin"),
    }


def _bounds(interval: Interval | None, name: str) -> dict[str, Cell]:
    """Return an interval's bounds; an unbounded side is empty."""
    if interval is None:
        return {}
    return {f"{name}_low": interval.low, f"{name}_high": interval.high}


def _csv_bytes(rows: list[dict[str, Cell]]) -> bytes:
    """Return the rows as CSV in which no text can act as a formula."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(_COLUMNS), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({column: _csv_cell(cell) for column, cell in row.items()} for row in rows)
    return stream.getvalue().encode()


def _csv_cell(cell: Cell) -> Cell:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def _parquet_bytes(rows: list[dict[str, Cell]]) -> bytes:
    """Return the rows as a Parquet file; one thread, so that the bytes do not depend on the machine."""
    import duckdb

    columns = ", ".join(f'unnest(CAST(? AS {kind}[])) AS "{name}"' for name, kind in _COLUMNS.items())
    cells = [[row[name] for row in rows] for name in _COLUMNS]
    try:
        with TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as connection:
            file = Path(folder) / "estimates.parquet"
            connection.execute(f"CREATE TABLE estimates AS SELECT {columns}", cells)
            connection.table("estimates").write_parquet(str(file))
            return file.read_bytes()
    except (OSError, duckdb.IOException):
        problem = "The Parquet file cannot be made: the machine's folder for temporary files refuses it."
        fix = "Make room there, or name another folder in TMPDIR; nothing was changed."
        raise UsageError([Issue("cannot-write", "estimates.parquet", problem, fix)]) from None
