"""A data package is written whole or not at all, and says what is in it."""

import datetime
import json
import shutil
import subprocess
import sys

import duckdb
import pytest

from opmaat.core.errors import DataFileError, ReceiptMismatchError, UsageError
from opmaat.core.texts import Text
from opmaat.formats.data_package.model import Field, Package, Resource, csv_pieces
from opmaat.formats.data_package.write import changed_in, write_data_package

WORD = Text("woord", "word")
ROWS = [
    ("a", 3, 0.1, True, datetime.date(2018, 3, 1)),
    ("b", 9_007_199_254_740_993, 0.2, False, None),
    ('say "c", twice\nor more', None, -9.0, None, datetime.date(2019, 12, 31)),
]


def package_of(cells, **changes):
    kinds = ("string", "integer", "number", "boolean", "date")
    fields = tuple(Field(name=f"a {kind}", kind=kind, title=WORD, provenance="made up") for kind in kinds)
    table = {
        "name": "people",
        "title": WORD,
        "fields": fields,
        "key": ("a string",),
        "rows": csv_pieces(cells),
        "missing": {"": WORD, "-9.0": Text("geweigerd", "refused")},
    }
    resource = Resource(**table | changes)
    return Package(
        name="made-up",
        title=WORD,
        description=WORD,
        resources=(resource,),
        made_of={"events": "sha256:1"},
        protocol="sha256:2",
    )


def test_cells_come_back_as_they_went_in_with_codes_for_missing_as_nothing(tmp_path):
    write_data_package(package_of(ROWS), tmp_path / "out")
    found = duckdb.sql(f"SELECT * FROM '{tmp_path / 'out' / 'people.parquet'}'").fetchall()
    assert found == [*ROWS[:2], (*ROWS[2][:2], None, *ROWS[2][3:])]


def test_totals_are_those_of_the_rows(tmp_path):
    write_data_package(package_of(ROWS), tmp_path / "out")
    (table,) = json.loads((tmp_path / "out/datapackage.json").read_bytes())["resources"]
    totals = table["controlTotals"]
    assert totals["rows"] == 3
    assert list(totals["known"].values()) == [3, 2, 2, 2, 2]
    assert totals["sums"] == {"a integer": 9_007_199_254_740_996, "a number": pytest.approx(0.3, abs=1e-15)}


def test_the_same_rows_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_data_package(package_of(ROWS), tmp_path / name)
    files = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert len(files) == 4
    assert all((tmp_path / "one" / f).read_bytes() == (tmp_path / "two" / f).read_bytes() for f in files)


def test_a_table_without_rows_is_a_table(tmp_path):
    write_data_package(package_of([]), tmp_path / "out")
    assert changed_in(tmp_path / "out") == ()
    (table,) = json.loads((tmp_path / "out/datapackage.json").read_bytes())["resources"]
    assert table["controlTotals"]["sums"] == {"a integer": None, "a number": None}


@pytest.mark.parametrize("name", ["people.csv", "people.parquet", "datapackage.json"])
def test_a_change_of_any_file_is_found(tmp_path, name):
    write_data_package(package_of(ROWS), tmp_path / "out")
    content = (tmp_path / "out" / name).read_bytes()
    (tmp_path / "out" / name).write_bytes(content.replace(b"a", b"b", 1))
    assert [issue.where for issue in changed_in(tmp_path / "out")] == [name]


def test_a_package_without_its_receipt_is_told(tmp_path):
    write_data_package(package_of(ROWS), tmp_path / "out")
    (tmp_path / "out/receipt.json").unlink()
    with pytest.raises(ReceiptMismatchError, match="receipt"):
        changed_in(tmp_path / "out")


def test_a_cell_that_does_not_fit_stops_everything(tmp_path):
    rows = [("a", "three", 0.1, True, None)]
    with pytest.raises(DataFileError, match="line 2, column 'a integer'"):
        write_data_package(package_of(rows), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_rows_that_break_off_leave_nothing(tmp_path):
    def broken():
        yield b"a,1,1.5,t,2018-01-01\n"
        raise ConnectionError("the database went away")

    with pytest.raises(UsageError):
        write_data_package(package_of([], rows=broken()), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_never_written_over_and_what_was_killed_is_cleared(tmp_path):
    (tmp_path / ".out.0123.draft").mkdir()
    (tmp_path / ".out.0123.draft/people.csv").touch()
    write_data_package(package_of(ROWS), tmp_path / "out")
    assert [file.name for file in tmp_path.iterdir()] == ["out"]
    with pytest.raises(UsageError, match="already"):
        write_data_package(package_of([]), tmp_path / "out")
    assert changed_in(tmp_path / "out") == ()


FULL = """
import resource, sys
from pathlib import Path
from opmaat.core.errors import UsageError
from opmaat.core.texts import Text
from opmaat.formats.data_package.model import Field, Package, Resource, csv_pieces
from opmaat.formats.data_package.write import write_data_package

word = Text("woord", "word")
number = Field(name="number", kind="integer", title=word)
def package(rows):
    table = Resource(name="t", title=word, fields=(number,), key=("number",), rows=rows)
    return Package(name="p", title=word, description=word, resources=(table,), made_of={}, protocol="x")
def rows():
    if sys.argv[2] == "table":
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    yield b"".join(csv_pieces((number * 7919 % 1_000_003,) for number in range(60_000)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 100_000))
try:
    write_data_package(package(rows()), Path(sys.argv[1]) / "out")
except UsageError as error:
    print(error)
"""


@pytest.mark.parametrize("what", ["table", "columns"])
def test_no_room_for_the_table_or_for_its_columns_is_told_and_leaves_nothing(tmp_path, what):
    run = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path, what], capture_output=True, text=True, check=True
    )
    assert "Make room" in run.stdout, run.stdout + run.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_folder_can_be_removed_without_the_descriptor_knowing_a_place(tmp_path):
    write_data_package(package_of(ROWS), tmp_path / "out")
    shutil.move(tmp_path / "out", tmp_path / "elsewhere")
    assert changed_in(tmp_path / "elsewhere") == ()
    assert str(tmp_path) not in (tmp_path / "elsewhere/datapackage.json").read_text(encoding="utf-8")
