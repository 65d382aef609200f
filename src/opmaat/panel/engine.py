"""Files of registers in the embedded engine: a file is read once, and only rows of known persons are kept.

Citizen service numbers stand in the engine's memory alone, and leave it only to be hashed. No issue repeats a
cell, which may be one in the wrong column.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.cells import from_number
from opmaat.caseload.layout import Code, Field, Layout
from opmaat.core.errors import Issue, first_issues
from opmaat.core.month import Month
from opmaat.core.tables import Table, number_text
from opmaat.formats.layout import Layout as Form
from opmaat.formats.read import read_table
from opmaat.protocol.population import Register

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

UNKNOWN = -1
_FIX = "Correct it in the register and deliver again."
_DAY_FORMATS = {"yyyymmdd": "%Y%m%d", "yyyy-mm-dd": "%Y-%m-%d", "dd-mm-yyyy": "%d-%m-%Y"}
_NUMBER = r"[+-]?[0-9]{1,13}(\.[0-9]{1,2})?"
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
        self._load_text(source, fields)
        self._learn(source.layout.person)
        typed = ", ".join(f"{_typed(source, name)} AS {_quoted(name)}" for name in fields)
        person = _quoted(source.layout.person)
        self.connection.execute(
            f"CREATE OR REPLACE TABLE given AS SELECT place, person, {typed} FROM cells LEFT JOIN known "
            f"ON known.number = cells.{person} WHERE person IS NULL OR person <> {UNKNOWN} ORDER BY place"
        )
        tests = [(name, code, test) for name in fields for code, test in _tests(source, name)]
        both = "FROM cells JOIN given USING (place)"
        counts = ", ".join(f"count(*) FILTER (WHERE {test})" for _, _, test in tests)
        found = self.connection.execute(f"SELECT {counts} {both}").fetchone() or ()
        issues: list[Issue] = []
        for (name, code, test), count in zip(tests, found, strict=True):
            if count:
                rows = self.places(f"SELECT place {both} WHERE {test}")
                problem = _EMPTY if code == "missing-cell" else _PROBLEMS[source.layout.fields[name].kind]
                issues += issues_of(source, name, rows, code, problem)
        return issues

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

    def _load_text(self, source: Source, fields: Sequence[str]) -> None:
        """Make the table ``cells`` of a file: its place, and the fields as text.

        What the engine does not read, or finds wrong, our own readers read: they tell all that is wrong.
        """
        import duckdb

        columns = [source.layout.fields[name].column for name in fields]
        try:
            relation = self._relation(source)
            if relation is not None and set(columns) <= set(relation.columns):
                self._keep_text(relation, source, fields)
                return
        except (duckdb.Error, ValueError):
            pass
        form = Form(source.form.encoding, source.form.separator, {}, source.form.decimal)
        table = read_table(source.file, columns, form)
        ours = {source.layout.fields[name].column: _cells(table, source, name) for name in fields}
        self.connection.register("ours", ours)
        self._keep_text(self.connection.table("ours"), source, fields)
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

    def _keep_text(self, relation: DuckDBPyRelation, source: Source, fields: Sequence[str]) -> None:
        """Make the table of a relation."""
        kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
        texts = ", ".join(f"{_text(source, name, kinds)} AS {_quoted(name)}" for name in fields)
        self.connection.execute("DROP TABLE IF EXISTS cells")
        relation.project(f"row_number() OVER () AS place, {texts}").create("cells")

    def _learn(self, field: str) -> None:
        """Make the numbers of a file known, each as a person or as unknown."""
        query = f"SELECT DISTINCT {_quoted(field)} FROM cells WHERE {_quoted(field)} NOT NULL "
        new = [
            number
            for (number,) in self.connection.execute(
                query + f"AND {_quoted(field)} NOT IN (SELECT number FROM known) AND {_is_number(field)}"
            ).fetchall()
        ]
        persons = [self._number.get(name, UNKNOWN) for name in self._pseudonyms(new)]
        if new:
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


def _quoted(name: str) -> str:
    """Return a name as the engine reads it."""
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    """Return a text as the engine reads it."""
    return "'" + text.replace("'", "''") + "'"


def _is_number(field: str) -> str:
    """Return the test of a citizen service number."""
    return f"regexp_full_match({_quoted(field)}, '[0-9]{{9}}')"


def _tests(source: Source, name: str) -> Iterable[tuple[str, str]]:
    """Yield the tests of a field that find cells that do not fit, and empty ones that may not be."""
    field, quoted = source.layout.fields[name], _quoted(name)
    code = "unknown-code" if field.kind == "code" else "wrong-cell"
    yield code, f"cells.{quoted} NOT NULL AND given.{quoted} IS NULL"
    if field.required:
        yield "missing-cell", f"cells.{quoted} IS NULL"


def _text(source: Source, name: str, kinds: dict[str, str]) -> str:
    """Return the expression of a cell as text; digits and codes that became numbers get their zeros back."""
    field = source.layout.fields[name]
    column, kind = _quoted(field.column), kinds[field.column]
    text = f"CAST({column} AS VARCHAR)"
    if kind == "VARCHAR":
        return f"nullif(trim({column}), '')"
    if field.kind == "number":
        return f"replace({text}, '.', '{source.form.decimal}')"
    if kind in ("DOUBLE", "FLOAT"):
        text = f"CAST(CAST({column} AS BIGINT) AS VARCHAR)"
    length = field.length if field.kind == "digits" else max(map(len, field.codes), default=None)
    if length is None or field.kind not in ("digits", "code"):
        return text
    return f"CASE WHEN length({text}) < {length} THEN lpad({text}, {length}, '0') ELSE {text} END"


def _typed(source: Source, name: str) -> str:
    """Return the expression of a field's value, null where the cell does not fit."""
    field, cell = source.layout.fields[name], f"cells.{_quoted(name)}"
    match field.kind:
        case "number":
            decimal = source.form.decimal
            point = cell if decimal == "." else f"replace(replace({cell}, '.', '?'), ',', '.')"
            whole = f"CAST(CAST({point} AS DECIMAL(18, 2)) * 100 AS BIGINT)"
            return f"CASE WHEN regexp_full_match({point}, '{_NUMBER}') THEN {whole} END"
        case "date":
            return f"CAST(try_strptime({cell}, '{_DAY_FORMATS[field.format]}') AS DATE)"
        case "digits":
            size = "+" if field.length is None else f"{{{field.length}}}"
            return f"CASE WHEN regexp_full_match({cell}, '[0-9]{size}') THEN {cell} END"
        case "code":
            known = ", ".join(_literal(code) for code in _codes_in_force(field, source.month))
            return f"CASE WHEN {cell} IN ({known}) THEN {cell} END"
    longest = 1_000 if field.length is None else field.length
    return f"CASE WHEN length({cell}) <= {longest} THEN {cell} END"


def _codes_in_force(field: Field, month: Month) -> list[str]:
    """Return the codes that may be used in a month."""
    return [
        code for code, meaning in field.codes.items() if isinstance(meaning, str) or _holds(meaning, month)
    ]


def _holds(code: Code, month: Month) -> bool:
    """Tell whether a code may be used in a month."""
    return (code.since is None or Month.parse(code.since) <= month) and (
        code.until is None or month <= Month.parse(code.until)
    )
