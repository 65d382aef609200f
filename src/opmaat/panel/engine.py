"""Files of registers in the embedded engine: a file is read once, and only rows of known persons are kept.

Citizen service numbers stand in the engine's memory alone, and leave it only to be hashed. No issue repeats a
cell, which may be one in the wrong column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from glob import escape
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.cells import from_number
from opmaat.core.errors import Issue, first_issues
from opmaat.core.tables import Table, number_text
from opmaat.formats.layout import Layout as Form
from opmaat.formats.read import read_table
from opmaat.panel.expressions import literal, quoted, tests_of
from opmaat.panel.scan import UNKNOWN, Given, Source, numbers_of, selection, text_files

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FIX = "Correct it in the register and deliver again."


def load_engine() -> None:
    """Load the engine's module, where a copy of the process is to use it: not each of the two then loads it.

    Loading begins no thread; only a connection does.
    """
    import duckdb  # noqa: F401


class Engine:
    """The embedded engine, with the persons it knows. Close it with ``with``."""

    def __init__(self, persons: Sequence[str], pseudonyms: Callable[[list[str]], list[str]]) -> None:
        import duckdb

        self._number = {person: number for number, person in enumerate(persons)}
        self._pseudonyms = pseudonyms
        self.connection: DuckDBPyConnection = duckdb.connect()
        self.connection.execute("SET enable_progress_bar = false")
        self.connection.execute("CREATE TABLE known (number VARCHAR, person INTEGER)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def load(self, sources: Sequence[Source], fields: Sequence[str]) -> bool:
        """Make the table ``given`` of files that :func:`batches` puts together; tell whether every cell fits.

        Its columns are ``file``, the place among ``sources``, ``person``, and the fields, of persons who are
        known. Amounts and numbers become hundredths (BIGINT), dates DATE, and other fields stay text. False
        when the engine cannot read a file, or some cell does not fit; :meth:`examine` says which.
        """
        import duckdb

        try:
            table = self._table(sources)
            if table is None or not _columns(sources[0], fields) <= set(table.kinds):
                return False
            if not self.exists("FROM known"):
                self._meet(sources[0])
            self._make(selection(table, sources[0], fields, with_place=False))
        except (duckdb.Error, ValueError, OSError):
            return False
        return not self.exists("FROM given WHERE wrong <> 0")

    def examine(self, source: Source, fields: Sequence[str]) -> list[Issue]:
        """Make the table ``given`` of one file, with the ``place`` of every row; return what does not fit.

        Rows whose person cannot be read stay, with an issue for the cell. What the engine does not read, or
        finds wrong, our own readers read: they tell all that is wrong. Raises DataFileError when the file
        cannot be read.
        """
        self._make_with_places(source, fields)
        issues: list[Issue] = []
        tests = [(name, code) for name in fields for code, _ in tests_of(source.layout.fields[name], name)]
        wrong = self.connection.execute("SELECT coalesce(bit_or(wrong), 0) FROM given").fetchone()
        for place, (name, code) in enumerate(tests):
            if wrong is not None and wrong[0] >> place & 1:
                rows = self.places(f"SELECT place FROM given WHERE wrong >> {place} & 1 = 1")
                problem = _EMPTY if code == "missing-cell" else _PROBLEMS[source.layout.fields[name].kind]
                issues += issues_of(source, name, rows, code, problem)
        return issues

    def exists(self, query: str) -> bool:
        """Tell whether there is a row of what follows SELECT."""
        return bool(self.connection.execute(f"SELECT 1 {query} LIMIT 1").fetchall())

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

    def _make_with_places(self, source: Source, fields: Sequence[str]) -> None:
        """Make the table of one file, by the engine's reader or else by our own."""
        import duckdb

        columns = _columns(source, fields)
        try:
            table = self._table([source])
            if table is not None and columns <= set(table.kinds):
                self._make(selection(table, source, fields, with_place=True))
                return
        except (duckdb.Error, ValueError, OSError):
            pass
        form = Form(source.form.encoding, source.form.separator, {}, source.form.decimal)
        read = read_table(source.file, [source.layout.fields[name].column for name in fields], form)
        ours = {source.layout.fields[name].column: _cells(read, source, name) for name in fields}
        self.connection.register("ours", ours)
        self._make(selection(Given("ours", self._kinds("ours")), source, fields, with_place=True))
        self.connection.unregister("ours")

    def _table(self, sources: Sequence[Source]) -> Given | None:
        """Return files as the engine reads them, None where it does not."""
        file = sources[0].file
        if file.name.lower().endswith(".parquet") and file.is_file():
            table = f"read_parquet({literal(escape(str(file)))}, hive_partitioning=false)"
            return Given(table, self._kinds(table))
        return text_files(sources)

    def _kinds(self, table: str) -> dict[str, str]:
        """Return the engine's type of each column of a table."""
        return {
            row[0]: row[1] for row in self.connection.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()
        }

    def _meet(self, source: Source) -> None:
        """Make the persons of one file known: the files beside it have nearly the same."""
        table = self._table([source])
        if table is not None:
            self._learn(numbers_of(table, source))

    def _make(self, query: str) -> None:
        """Make the table ``given`` of a query, of persons who are known."""
        self.connection.execute(f"CREATE OR REPLACE TABLE given AS {query}")
        if not self._learn("SELECT DISTINCT new_number FROM given WHERE new_number NOT NULL"):
            return
        self.connection.execute(
            "CREATE OR REPLACE TABLE given AS "
            "SELECT given.* REPLACE (coalesce(given.person, known.person) AS person, NULL AS new_number) "
            "FROM given LEFT JOIN known ON known.number = given.new_number "
            f"WHERE known.person IS DISTINCT FROM {UNKNOWN}"
        )

    def _learn(self, query: str) -> bool:
        """Make new numbers known, each as a person or as unknown; tell whether there are any."""
        new = [number for (number,) in self.connection.execute(query).fetchall()]
        if not new:
            return False
        persons = [self._number.get(name, UNKNOWN) for name in self._pseudonyms(new)]
        self.connection.register(
            "new", {"number": np.array(new, dtype=object), "person": np.array(persons, dtype=np.int32)}
        )
        self.connection.execute("INSERT INTO known SELECT number, person FROM new")
        self.connection.unregister("new")
        return True


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


def _columns(source: Source, fields: Sequence[str]) -> set[str]:
    """Return the columns of the file in which some fields stand."""
    return {source.layout.fields[name].column for name in fields}


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
