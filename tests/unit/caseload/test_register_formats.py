"""One register in every format is one caseload; what a format loses is put back, or refused."""

import gzip
import warnings
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from opmaat.caseload.build import build
from opmaat.caseload.read import read_register
from opmaat.core.errors import DataFileError
from opmaat.protocol.load import load_protocol

DAY, KEY = date(2026, 1, 1), bytes(range(32))
LAYOUT = """
layout: own
title: {nl: verzonnen, en: made up}
person: person
household: household
fields:
  person: {column: bsn, kind: digits, length: 9, required: true, identifies: true}
  household: {column: nr, kind: digits, length: 4, required: true, identifies: true}
  kind: {column: soort, kind: code, codes: {'01': alone, '02': together}}
  started: {column: begin, kind: date, required: true}
  norm: {column: bedrag, kind: number}
"""
HEADS = ["bsn", "nr", "soort", "begin", "bedrag"]
ROWS = [
    ["000000012", "0001", "02", "20190301", "992,5"],
    ["012345678", "0001", "02", "20200401", ""],
    ["123456789", "0020", "01", "20210501", "0"],
    ["000000099", "0300", "01", "20220601", "-3"],
]


@pytest.fixture
def study(tmp_path):
    source = Path(__file__).parents[2] / "spec/caseload/study/protocol.yaml"
    text = source.read_text(encoding="utf-8").replace("people.layout.yaml", "own.yaml")
    (tmp_path / "protocol.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(LAYOUT, encoding="utf-8")
    return tmp_path


def digest(study, file):
    protocol = load_protocol(study)
    delivery = read_register(protocol, file, folder=study, day=DAY)
    return build(protocol, delivery, key=KEY, day=DAY).digest()


def text(rows=ROWS, end="\n", separator=";"):
    return end.join(separator.join(row) for row in [HEADS, *rows]) + end


def typed(row):
    """Return a row as a spreadsheet or a statistics package keeps it, without zeros before numbers."""
    amount = float(row[4].replace(",", ".")) if row[4] else None
    return [int(row[0]), int(row[1]), int(row[2]), date.fromisoformat(row[3]), amount]


def write_csv(file):
    file.with_suffix(".csv").write_text(text(), encoding="utf-8")
    return file.with_suffix(".csv")


def write_csv_of_windows(file):
    """A mark of byte order, carriage returns, spaces around cells, empty lines at the end."""
    spaced = [[f" {cell} " for cell in row] for row in ROWS]
    content = "\ufeff" + text(spaced, end="\r\n") + ";;;;\r\n\r\n"
    file.with_suffix(".csv").write_bytes(content.encode())
    return file.with_suffix(".csv")


def write_gzip(file):
    file.with_suffix(".csv.gz").write_bytes(gzip.compress(text().encode()))
    return file.with_suffix(".csv.gz")


def write_sheet(file, *, numbers=True):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    file = file.with_suffix(".xlsx")
    with xlsxwriter.Workbook(str(file), {"default_date_format": "dd-mm-yyyy"}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([HEADS, *(map(typed, ROWS) if numbers else ROWS)]):
            for place, cell in enumerate(row):
                sheet.write(at, place, "" if cell is None else cell)
    return file


def write_sheet_of_text(file):
    return write_sheet(file, numbers=False)


def write_parquet(file):
    file = file.with_suffix(".parquet")
    values = ", ".join(
        f"({bsn}, {nr}::smallint, {kind}, date '{begin}', {'null' if norm is None else norm})"
        for bsn, nr, kind, begin, norm in map(typed, ROWS)
    )
    duckdb.sql(f"select * from (values {values}) people ({', '.join(HEADS)})").write_parquet(str(file))
    return file


def write_parquet_of_text(file):
    values = ", ".join(f"({', '.join(repr(cell) for cell in row)})" for row in ROWS)
    file = file.with_suffix(".parquet")
    duckdb.sql(f"select * from (values {values}) people ({', '.join(HEADS)})").write_parquet(str(file))
    return file


def write_spss(file, *, numbers=True):
    pandas, pyreadstat = pytest.importorskip("pandas"), pytest.importorskip("pyreadstat")
    frame = pandas.DataFrame([typed(row) if numbers else row for row in ROWS], columns=HEADS)
    file = file.with_suffix(".sav")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyreadstat.write_sav(frame, str(file))
    return file


def write_spss_of_text(file):
    return write_spss(file, numbers=False)


WRITERS = [
    write_csv_of_windows,
    write_gzip,
    write_sheet,
    write_sheet_of_text,
    write_parquet,
    write_parquet_of_text,
    write_spss,
    write_spss_of_text,
]


@pytest.mark.parametrize("write", WRITERS)
def test_every_format_is_the_same_caseload(study, write):
    assert digest(study, write(study / "other")) == digest(study, write_csv(study / "register"))


@pytest.mark.parametrize("write", [write_sheet, write_parquet, write_spss])
@pytest.mark.parametrize("kind", ["text, length: 4", "digits"])
def test_a_number_of_which_the_zeros_cannot_be_known_is_refused(study, write, kind):
    own = study / "own.yaml"
    own.write_text(LAYOUT.replace("{column: nr, kind: digits, length: 4", f"{{column: nr, kind: {kind}"))
    with pytest.raises(DataFileError) as caught:
        digest(study, write(study / "other"))
    assert {issue.code for issue in caught.value.issues} == {"lost-zeros"}
    assert [issue.where.partition(", ")[2] for issue in caught.value.issues] == [
        f"row {row}, column 'nr'" for row in range(2 if write is write_sheet else 1, 6)[:4]
    ]
    assert "kind: digits" in caught.value.issues[0].fix
    assert digest(study, write_csv(study / "register"))


def test_a_few_numbers_among_texts_are_found(study):
    """A spreadsheet makes a number of what looks like one, and leaves the rest as text."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    (study / "own.yaml").write_text(LAYOUT.replace("nr, kind: digits, length: 4", "nr, kind: text"))
    file = study / "mixed.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([HEADS, *ROWS]):
            sheet.write_row(at, 0, [row[0], *row[1:]])
        sheet.write_number(3, 1, 20)
    with pytest.raises(DataFileError) as caught:
        digest(study, file)
    assert [(issue.code, issue.where) for issue in caught.value.issues] == [
        ("lost-zeros", "mixed.xlsx, row 4, column 'nr'")
    ]


def test_a_day_as_the_number_of_a_spreadsheet_is_no_day(study):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    file = study / "serial.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([HEADS, *ROWS]):
            sheet.write_row(at, 0, row)
        sheet.write_number(1, 3, (date(1930, 9, 30) - date(1899, 12, 30)) / timedelta(days=1))
    with pytest.raises(DataFileError, match="wrong-cell") as caught:
        digest(study, file)
    assert len(caught.value.issues) == 1


def test_signs_that_look_the_same_are_the_same_person(study):
    own = study / "own.yaml"
    own.write_text(LAYOUT.replace("nr, kind: digits, length: 4", "nr, kind: text, length: 4"))
    composed, apart = (
        [[row[0], f"{sign}{row[1][1:]}", *row[2:]] for row in ROWS] for sign in ("é", "e\u0301")
    )
    for name, rows in (("one.csv", composed), ("two.csv", apart)):
        (study / name).write_text(text(rows), encoding="utf-8")
    assert digest(study, study / "one.csv") == digest(study, study / "two.csv")
    (study / "two.csv").write_text(
        text([[f"{row[0]}", "a\u200bb", *row[2:]] for row in ROWS]), encoding="utf-8"
    )
    with pytest.raises(DataFileError, match="cannot be printed"):
        digest(study, study / "two.csv")


def test_a_register_that_changes_while_it_is_read_is_refused(study, monkeypatch):
    from opmaat.caseload import read

    file, read_lines = write_csv(study / "register"), read.read_lines

    def read_while_another_writes(*asked):
        found = read_lines(*asked)
        file.write_text(text(ROWS[:2]), encoding="utf-8")
        return found

    monkeypatch.setattr(read, "read_lines", read_while_another_writes)
    with pytest.raises(DataFileError, match="changed-while-read"):
        digest(study, file)
