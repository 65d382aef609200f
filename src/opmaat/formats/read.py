"""Read any file that Opmaat knows into a table, by its name."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from opmaat.core.errors import DataFileError, Issue
from opmaat.core.tables import Table
from opmaat.formats import csv, parquet, sav, xlsx
from opmaat.formats.layout import Layout, unreadable

_READERS = {
    ".csv": csv.read,
    ".csv.gz": csv.read,
    ".csv.bz2": csv.read,
    ".parquet": parquet.read,
    ".sav": sav.read,
    ".xlsx": xlsx.read,
}


def read_table(path: Path, columns: Collection[str], layout: Layout) -> Table:
    r"""Read the named columns of a CSV (also .gz, .bz2), Parquet, SPSS or spreadsheet file.

    Raises
    ------
    DataFileError
        When the file cannot be read or lacks a column; every missing column is named.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "people.csv"
    >>> _ = file.write_text("id,age\n1,41\n2,\n")
    >>> read_table(file, ["age"], Layout()).columns["age"].cells.tolist()
    ['41', None]
    """
    try:
        there = path.is_file()
    except OSError:  # such as a name that is longer than the machine allows
        there = False
    if not there:
        raise unreadable(path, "there is no such file")
    for ending, reader in _READERS.items():
        if path.name.lower().endswith(ending):
            return reader(path, columns, layout)
    problem = "Opmaat does not know this kind of file."
    fix = f"Give a file that ends in one of: {', '.join(_READERS)}."
    raise DataFileError([Issue("unknown-format", path.name, problem, fix)])
