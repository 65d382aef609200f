"""Files of registers in the embedded engine: a file is read once, and only rows of known persons are kept.

Citizen service numbers stand in the engine's memory alone, and leave it only to be hashed. No issue repeats a
cell, which may be one in the wrong column.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.cells import from_number
from opmaat.caseload.layout import Layout
from opmaat.core.errors import Issue, first_issues
from opmaat.core.month import Month
from opmaat.core.tables import Table, number_text
from opmaat.formats.layout import Layout as Form
from opmaat.formats.read import read_table
from opmaat.panel.expressions import cell_of, quoted, tests_of, text_of, value_of
from opmaat.protocol.population import Register

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

UNKNOWN = -1
_FIX = "Correct it in the register and deliver again."
_CSV = (".csv", ".csv.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file, how it is written and laid out, and the month that it is of."""

    file: Path
    form: Register
    layout: Layout
    month: Month

    def place(self, row: int, field: str) -> str:
        """Say where a cell stands; ``row`` counts rows from 1, and a text file has its heads above them."""
        is_text = self.file.name.lower().endswith(_CSV)
        where = f"line {row + 1}" if is_text else f"row {row}"
        return f"{self.file.name}, {where}, column '{self.layout.fields[field].column}'"


class Engine:
    """The embedded engine, with the persons it knows. Close it with ``with``."""

    def __init__(self, persons: Sequence[str], pseudonyms: Callable[[list[str]], list[str]]) -> None:
        import duckdb

        self._number = {person: number for number, person in enumerate(persons)}
        self._pseudonyms = pseudonyms
        self.connection: DuckDBPyConnection = duckdb.connect()
        self.connection.execute("SET enable_progress_bar = false")
        self.connection.execute("CREATE TABLE known (number VARCHAR PRIMARY KEY, person INTEGER)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def load(self, source: Source, fields: Sequence[str]) -> list[Issue]:
        """Make the table ``given`` of a file: ``place``, ``person`` and fields, of persons who are known.

        Amounts and numbers become hundredths (BIGINT), dates DATE, and other fields stay text. Rows whose
        person cannot be read stay, with an issue for the cell. Returns the issues of cells that do not fit;
        raises DataFileError when the file cannot be read.
        """
        tests = [(name, *test) for name in fields for test in tests_of(source.layout.fields[name], name)]
        self._read(source, fields, [condition for _, _, condition in tests])
        person = quoted(source.layout.person)
        self._learn(person)
        self.connection.execute(
            f"CREATE OR REPLACE TABLE given AS SELECT typed.* EXCLUDE ({person}), person "
            f"FROM typed LEFT JOIN known ON known.number = typed.{person} "
            f"WHERE person IS NULL OR person <> {UNKNOWN}"
        )
        wrong = self.connection.execute("SELECT coalesce(bit_or(wrong), 0) FROM given").fetchone()
        issues: list[Issue] = []
        for place, (name, code, _) in enumerate(tests):
            if wrong is not None and wrong[0] >> place & 1:
                rows = self.places(f"SELECT place FROM given WHERE wrong >> {place} & 1 = 1")
                problem = _EMPTY if code == "missing-cell" else _PROBLEMS[source.layout.fields[name].kind]
                issues += issues_of(source, name, rows, code, problem)
        return issues

    def keep_only(self, codes: Mapping[str, Sequence[str]]) -> None:
        """Keep the rows whose fields have one of some codes, and those in which the code cannot be read."""
        for name, wanted in codes.items():
            query = f"DELETE FROM given WHERE {quoted(name)} NOT IN (SELECT unnest(?))"
            self.connection.execute(query, [list(wanted)])

    def places(self, query: str) -> list[int]:
        """Return the rows that a query names, in order."""
        return sorted(int(place) for (place,) in self.connection.execute(query).fetchall())

    def arrays(self, query: str) -> dict[str, NDArray[Any]]:
        """Return what a query selects."""
        found: dict[str, NDArray[Any]] = self.connection.execute(query).fetchnumpy()
        return found

    def unknown_persons(self) -> int:
        """Return how many persons of the files are not among those known."""
        row = self.connection.execute(f"SELECT count(*) FROM known WHERE person = {UNKNOWN}").fetchone()
        return int(row[0]) if row else 0

    def _read(self, source: Source, fields: Sequence[str], tests: Sequence[str]) -> None:
        """Make the table ``typed`` of a file: places, fields, and which tests each row fails, as bits.

        What the engine does not read, or finds wrong, our own readers read: they tell all that is wrong.
        """
        import duckdb

        columns = [source.layout.fields[name].column for name in fields]
        try:
            relation = self._relation(source)
            if relation is not None and set(columns) <= set(relation.columns):
                self._keep(relation, source, fields, tests)
                return
        except (duckdb.Error, ValueError):
            pass
        form = Form(source.form.encoding, source.form.separator, {}, source.form.decimal)
        table = read_table(source.file, columns, form)
        ours = {source.layout.fields[name].column: _cells(table, source, name) for name in fields}
        self.connection.register("ours", ours)
        self._keep(self.connection.table("ours"), source, fields, tests)
        self.connection.unregister("ours")

    def _relation(self, source: Source) -> DuckDBPyRelation | None:
        """Return a file as the engine reads it, None where it does not."""
        name = source.file.name.lower()
        if not source.file.is_file():
            return None
        if name.endswith(".parquet"):
            return self.connection.read_parquet(str(source.file), hive_partitioning=False)
        if name.endswith(_CSV) and source.form.encoding == "utf-8":
            separator = source.form.separator
            heads = _heads(source.file, separator)
            return self.connection.read_csv(
                str(source.file),
                sep=separator,
                header=True,
                quotechar='"',
                auto_detect=False,
                columns=dict.fromkeys(heads, "VARCHAR"),
            )
        return None

    def _keep(
        self, relation: DuckDBPyRelation, source: Source, fields: Sequence[str], tests: Sequence[str]
    ) -> None:
        """Make the table of a relation: cells as text, then as values, then the tests of both."""
        kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
        layout, decimal = source.layout, source.form.decimal
        cells = [text_of(layout.fields[name], kinds, decimal) + f" AS {cell_of(name)}" for name in fields]
        values = [
            value_of(layout.fields[name], cell_of(name), month=source.month, decimal=decimal)
            + f" AS {quoted(name)}"
            for name in fields
        ]
        failed = (f"CASE WHEN {test} THEN {1 << place} ELSE 0 END" for place, test in enumerate(tests))
        wrong = f"CAST({' | '.join(failed)} AS BIGINT) AS wrong"
        self.connection.execute("DROP TABLE IF EXISTS typed")
        text = relation.project(", ".join(["row_number() OVER () AS place", *cells]))
        both = text.project(", ".join(["place", *map(cell_of, fields), *values]))
        both.project(", ".join(["place", *map(quoted, fields), wrong])).create("typed")

    def _learn(self, number: str) -> None:
        """Make the numbers of a file known, each as a person or as unknown."""
        new = [
            text
            for (text,) in self.connection.execute(
                f"SELECT DISTINCT {number} FROM typed WHERE {number} NOT NULL "
                f"AND {number} NOT IN (SELECT number FROM known)"
            ).fetchall()
        ]
        if not new:
            return
        persons = [self._number.get(name, UNKNOWN) for name in self._pseudonyms(new)]
        self.connection.register(
            "new", {"number": np.array(new, dtype=object), "person": np.array(persons, dtype=np.int32)}
        )
        self.connection.execute("INSERT INTO known SELECT number, person FROM new")
        self.connection.unregister("new")


_EMPTY = "The field is empty."
_PROBLEMS = {
    "text": "The field does not hold such a text.",
    "digits": "The field does not hold so many digits.",
    "number": "The field does not hold a number with at most two decimals.",
    "date": "The field does not hold a day.",
    "code": "The field does not hold one of its codes.",
}


def issues_of(
    source: Source, field: str, rows: Sequence[int], code: str, problem: str, fix: str = _FIX
) -> Iterable[Issue]:
    """Yield an issue for each of the first rows, and one for the rest."""
    yield from first_issues(
        rows,
        lambda row: Issue(code, source.place(row, field), problem, fix),
        where=source.file.name,
        rest="rows have the same problem",
    )


def _heads(file: Path, separator: str) -> list[str]:
    """Return the heads of a text file."""
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    with opened(file, "rt", encoding="utf-8-sig", newline="") as stream:
        return [head.strip() for head in next(csv.reader(stream, delimiter=separator), [])]


def _cells(table: Table, source: Source, name: str) -> NDArray[Any]:
    """Return the cells of a column as text; digits and codes that became numbers get their zeros back."""
    field = source.layout.fields[name]
    column = table.columns[field.column]
    if column.is_text:
        return column.cells
    texts = [None if np.isnan(cell) else number_text(cell) for cell in column.cells]
    if field.kind == "number":
        found = [text and text.replace(".", source.form.decimal) for text in texts]
    else:
        found = [text and from_number(text, field, tells_who=field.identifies) for text in texts]
    return np.array(found, dtype=object)
