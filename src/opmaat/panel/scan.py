"""How the embedded engine reads files of a register: the statement, and which files it can read together."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from opmaat.caseload.layout import Layout
from opmaat.core.month import Month
from opmaat.formats.packed import require_unpackable
from opmaat.panel.expressions import (
    cell_of,
    codes_in_force,
    literal,
    quoted,
    raw_of,
    tests_of,
    text_of,
    value_of,
)
from opmaat.protocol.population import Register

UNKNOWN = -1
TEXT_ENDINGS = (".csv", ".csv.gz")
_MOST_BYTES = 64 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file, how it is written and laid out, and the month that it is of."""

    file: Path
    form: Register
    layout: Layout
    month: Month

    @property
    def is_text(self) -> bool:
        """Whether the file is one of lines, below a line of heads."""
        return self.file.name.lower().endswith(TEXT_ENDINGS)

    def place(self, row: int, field: str) -> str:
        """Say where a cell stands; ``row`` counts rows from 1, and a text file has its heads above them."""
        where = f"line {row + 1}" if self.is_text else f"row {row}"
        return f"{self.file.name}, {where}, column '{self.layout.fields[field].column}'"


@dataclass(frozen=True, slots=True)
class Given:
    """A table that the engine can select from, and the engine's type of each of its columns."""

    table: str
    kinds: Mapping[str, str]


def text_files(sources: Sequence[Source]) -> Given | None:
    """Return text files with the same heads as a table; None when the engine does not read such files."""
    first = sources[0]
    if not (first.is_text and first.file.is_file() and first.form.encoding == "utf-8"):
        return None
    require_unpackable(first.file)
    heads = dict.fromkeys(_heads(first.file, first.form.separator), "VARCHAR")
    columns = ", ".join(f"{literal(head)}: 'VARCHAR'" for head in heads)
    files = ", ".join(literal(escape(str(source.file))) for source in sources)
    options = f"sep={literal(first.form.separator)}, header=true, quote='\"', auto_detect=false"
    return Given(f"read_csv([{files}], {options}, columns={{{columns}}})", heads)


def batches(sources: Iterable[Source]) -> Iterator[list[int]]:
    """Yield the places of sources that one statement can read, in order and of not too many bytes together.

    Text files of one form are read together when their heads and layouts are the same, and the same codes are
    in force in their months.
    """
    together: list[int] = []
    size = 0
    before: tuple[object, ...] | None = None
    for place, source in enumerate(sources):
        alike = _likeness(source)
        more = source.file.stat().st_size if source.file.is_file() else 0
        if together and (alike is None or alike != before or size + more > _MOST_BYTES):
            yield together
            together, size = [], 0
        together.append(place)
        size, before = size + more, alike
    if together:
        yield together


def _likeness(source: Source) -> tuple[object, ...] | None:
    """Return what files have in common that are read together, None for a file that is read by itself."""
    if not (source.file.name.lower().endswith(".csv") and source.file.is_file()):
        return None
    try:
        heads = _heads(source.file, source.form.separator)
    except (OSError, ValueError):
        return None
    codes = [codes_in_force(field, source.month) for field in source.layout.fields.values()]
    return source.form, source.layout, heads, codes


def selection(given: Given, source: Source, fields: Sequence[str], *, with_place: bool) -> str:
    """Return the query of a table: who is known of each row, its fields, and which tests it fails, as bits.

    The number of a person who was not met before stands in ``new_number``. Rows of who is not in the study
    are left out before their cells are read. ``file`` is the place of the file among those of the table.

    With places the engine goes through the rows one after the other, and takes spaces around a cell away.
    Without them ``place`` is 0, and a cell with spaces around it fails, so that the file is looked at again.
    """
    layout, decimal, who = source.layout, source.form.decimal, source.layout.person
    tests = [condition for name in fields for _, condition in tests_of(layout.fields[name], name)]
    place = "row_number() OVER ()" if with_place else "0"
    file = "file_index" if source.is_text and not with_place else "0"
    kinds = {name: given.kinds[layout.fields[name].column] for name in fields}
    texts = {
        name: text_of(layout.fields[name], raw_of(name), kinds[name], decimal)
        if with_place or kinds[name] != "VARCHAR"
        else raw_of(name)
        for name in fields
    }
    raw = ", ".join(f"{quoted(layout.fields[name].column)} AS {raw_of(name)}" for name in fields)
    cells = ", ".join(f"{texts[name]} AS {cell_of(name)}" for name in fields if name != who)
    values = ", ".join(
        f"{value_of(layout.fields[name], cell_of(name), month=source.month, decimal=decimal)} "
        f"AS {quoted(name)}"
        for name in fields
        if name != who
    )
    number = value_of(layout.fields[who], cell_of(who), month=source.month, decimal=decimal)
    kept = ", ".join(quoted(name) for name in fields if name != who)
    return f"""
        SELECT file, place, person, {kept},
            CASE WHEN known_number IS NULL THEN {quoted(who)} END AS new_number,
            {_bits(tests, [quoted(name) for name in fields])} AS wrong
        FROM (
            SELECT *, {values}, coalesce(known_number, {number}) AS {quoted(who)} FROM (
                SELECT file, place, person, known.number AS known_number, {cell_of(who)}, {cells} FROM (
                    SELECT *, {texts[who]} AS {cell_of(who)} FROM (
                        SELECT CAST({file} AS INTEGER) AS file, CAST({place} AS BIGINT) AS place, {raw}
                        FROM {given.table}
                    )
                ) LEFT JOIN known ON known.number = {cell_of(who)}
                WHERE person IS DISTINCT FROM {UNKNOWN}
            )
        )
    """


def numbers_of(given: Given, source: Source) -> str:
    """Return the query of the numbers of all persons of a table, each once."""
    field = source.layout.fields[source.layout.person]
    column, decimal = quoted(field.column), source.form.decimal
    cell = text_of(field, column, given.kinds[field.column], decimal)
    number = value_of(field, "cell", month=source.month, decimal=decimal)
    return (
        f"SELECT DISTINCT number FROM (SELECT {number} AS number FROM "
        f"(SELECT {cell} AS cell FROM {given.table})) WHERE number NOT NULL"
    )


def _bits(tests: Sequence[str], values: Sequence[str]) -> str:
    """Return the tests that fail as bits; only a row without some value can fail one."""
    failed = " | ".join(f"CASE WHEN {test} THEN {1 << place} ELSE 0 END" for place, test in enumerate(tests))
    some_empty = " OR ".join(f"{value} IS NULL" for value in values)
    return f"CAST(CASE WHEN {some_empty} THEN {failed} ELSE 0 END AS BIGINT)"


def _heads(file: Path, separator: str) -> list[str]:
    """Return the heads of a text file; raises ValueError for a first line that is none."""
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    with opened(file, "rt", encoding="utf-8-sig", newline="") as stream:
        try:
            return [head.strip() for head in next(csv.reader(stream, delimiter=separator), [])]
        except csv.Error as error:  # such as a line without end
            raise ValueError(str(error)) from None
