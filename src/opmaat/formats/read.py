"""Read any file that Opmaat knows into a table, by its name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from opmaat.core.errors import DataFileError, Issue
from opmaat.core.tables import Table
from opmaat.formats import csv, parquet, sav, xlsx
from opmaat.formats.layout import Layout, unreadable
from opmaat.formats.packed import require_unpackable
from opmaat.formats.reading import Reading

_TEXT = (".csv", ".csv.gz", ".csv.bz2")
_TABLES: dict[str, Callable[[Path, Collection[str], Layout], Table]] = {
    ".parquet": parquet.read,
    ".sav": sav.read,
    ".xlsx": xlsx.read,
}


def read_table(path: Path, columns: Collection[str], layout: Layout) -> Table:
    r"""Read the named columns of a CSV (also .gz, .bz2), Parquet, SPSS or spreadsheet file.

    Raises
    ------
    DataFileError
        When the file cannot be read or lacks a column, or has broken lines; all of one kind are named.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "people.csv"
    >>> _ = file.write_text("id,age\n1,41\n2,\n")
    >>> read_table(file, ["age"], Layout()).columns["age"].cells.tolist()
    ['41', None]
    """
    return read_lines(path, columns, layout).whole()


def read_lines(path: Path, columns: Collection[str], layout: Layout) -> Reading:
    r"""Read as :func:`read_table` does, and return the broken lines of a text file beside its rows.

    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "people.csv"
    >>> _ = file.write_text("id,age\n1\n2,40\n")
    >>> [(broken.line, broken.cells) for broken in read_lines(file, ["age"], Layout()).broken]
    [(2, ('1',))]
    """
    try:
        there = path.is_file()
    except OSError:  # such as a name that is longer than the machine allows
        there = False
    if not there:
        raise unreadable(path, "there is no such file")
    require_unpackable(path)
    name = path.name.lower()
    if name.endswith(_TEXT):
        return csv.read(path, columns, layout)
    for ending, reader in _TABLES.items():
        if name.endswith(ending):
            return Reading(reader(path, columns, layout))
    problem = "Opmaat does not know this kind of file."
    fix = f"Give a file that ends in one of: {', '.join([*_TEXT, *_TABLES])}."
    raise DataFileError([Issue("unknown-format", path.name, problem, fix)])
