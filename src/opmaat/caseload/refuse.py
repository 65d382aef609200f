"""Rows that were refused: told with row and field, and kept apart from the good, without their content."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from opmaat.caseload.read import Delivery
from opmaat.caseload.rows import FIX, Fault, Rows
from opmaat.core.errors import Issue
from opmaat.core.files import write_together
from opmaat.core.secrets import private_folder
from opmaat.core.tables import Table

_HEADS = ("row", "field", "problem", "fix", "code")
_TOLD_OF_A_KIND = 20
_WITH_ANOTHER = "row-of-refused-household"


@dataclass(frozen=True, slots=True)
class Refused:
    """Something wrong with one row: its number in the file, the head of the column, or none for a line."""

    row: int
    column: str
    code: str
    problem: str
    fix: str


def refused_of(
    delivery: Delivery, unit_field: str, rows: Rows, *, lacking: Sequence[Fault], kept: Rows
) -> tuple[Refused, ...]:
    """Return the refused rows of a delivery in the order of the file.

    Parameters
    ----------
    unit_field
        The field whose value makes a unit of the draw.
    rows
        All rows with their faults.
    lacking
        Faults of rows that are ``kept`` and whose household lacks what the draw needs.
    kept
        The rows of households without a fault.
    """
    found = [*_lines(delivery, unit_field), *_rows(rows, rows.faults), *_rows(kept, lacking)]
    told = {item.row for item in found}
    gone = set(rows.table.positions.tolist()) - set(kept.table.positions.tolist()) - told
    found += [
        Refused(row, "", _WITH_ANOTHER, "Another row of the household is refused.", FIX) for row in gone
    ]
    return tuple(sorted(found, key=lambda item: item.row))


def _lines(delivery: Delivery, unit_field: str) -> Iterator[Refused]:
    """Yield the lines of a file that are no row."""
    told = " Whom it is about cannot be told, so that others of the household may still be on the list."
    for line in delivery.unread:
        rest = "" if line.named[unit_field] else told
        yield Refused(line.line, "", line.code, line.problem + rest, FIX)


def _rows(rows: Rows, faults: Sequence[Fault]) -> Iterator[Refused]:
    """Yield the faults of rows with their place in the file."""
    for fault in faults:
        column = rows.layout.fields[fault.field].column
        yield Refused(int(rows.table.positions[fault.row]), column, fault.code, fault.problem, fault.fix)


def refused_file(folder: Path, round_name: str) -> Path:
    """Return where the refused rows of a round are kept.

    >>> refused_file(Path("private"), "second").name
    'refused-rows-second.csv'
    """
    return folder / (f"refused-rows-{round_name}.csv" if round_name else "refused-rows.csv")


def keep_refused(refused: Sequence[Refused], file: Path, *, separator: str) -> None:
    """Keep refused rows in a file that only its owner can read; with none, no earlier one stays."""
    if not refused:
        file.unlink(missing_ok=True)
        return
    private_folder(file.parent)
    text = StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(_HEADS)
    writer.writerows((item.row, item.column, item.problem, item.fix, item.code) for item in refused)
    write_together({file: text.getvalue().encode("utf-8-sig")}, owner_only=[file])


def issues_of(refused: Sequence[Refused], table: Table, file: Path | None = None) -> Iterator[Issue]:
    """Yield what is wrong, at most twenty of one kind and column, and where all of it stands.

    Rows that are refused only for another row of their household are told in the file.
    """
    told = [item for item in refused if item.code != _WITH_ANOTHER]
    seen: Counter[tuple[str, str]] = Counter()
    name, word = table.name, table.row_word
    for item in told:
        seen[item.code, item.column] += 1
        if seen[item.code, item.column] <= _TOLD_OF_A_KIND:
            place = f"{name}, {word} {item.row}" + (f", column '{item.column}'" if item.column else "")
            yield Issue(item.code, place, item.problem, item.fix)
    for (code, column), times in seen.items():
        if times > _TOLD_OF_A_KIND:
            place = f"{name}, column '{column}'" if column else name
            yield Issue(code, place, f"{times - _TOLD_OF_A_KIND} more rows have the same problem.", FIX)
    if file is not None and told:
        problem = f"{len({item.row for item in refused})} rows are refused; all stand in this file."
        yield Issue("refused-rows", str(file), problem, FIX)
