"""The same table from every format, with labels and codes for missing; and what is told of a wrong file."""

import bz2
import gzip
import zipfile

import duckdb
import numpy as np
import pyreadstat
import pytest

from opmaat.core.errors import DataFileError
from opmaat.formats.layout import Layout
from opmaat.formats.read import read_lines, read_table

TEXT = "id,age,city\n0012,41,Waterstad\n0013,-9,\n0014,,Zanddijk\n"
MISSING = Layout(missing={"-9": "refused"})


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_csv_keeps_text_as_text_and_says_why_cells_are_missing(tmp_path):
    table = read_table(write(tmp_path / "people.csv", TEXT), ["id", "age", "city"], MISSING)
    assert table.columns["id"].cells.tolist() == ["0012", "0013", "0014"]
    assert table.columns["age"].cells.tolist() == ["41", None, None]
    assert table.columns["age"].missing == {"refused": 1, "empty": 1}
    assert table.place(1, "age") == "people.csv, line 3, column 'age'"


@pytest.mark.parametrize(("ending", "pack"), [(".csv.gz", gzip.compress), (".csv.bz2", bz2.compress)])
def test_packed_csv_is_the_same_table(tmp_path, ending, pack):
    plain = read_table(write(tmp_path / "people.csv", TEXT), ["age"], MISSING)
    packed = read_table(write(tmp_path / f"people{ending}", pack(TEXT.encode())), ["age"], MISSING)
    assert packed.columns["age"].cells.tolist() == plain.columns["age"].cells.tolist()
    with pytest.raises(DataFileError, match="cannot be read"):
        read_table(write(tmp_path / f"cut{ending}", pack(TEXT.encode())[:-8]), ["age"], MISSING)


def test_dutch_csv(tmp_path):
    file = write(tmp_path / "people.csv", "naam;uren\nMarjé;12,5\n".encode("windows-1252"))
    layout = Layout(encoding="windows-1252", separator=";")
    table = read_table(file, ["naam", "uren"], layout)
    assert table.columns["naam"].cells.tolist() == ["Marjé"]
    assert table.columns["uren"].cells.tolist() == ["12,5"]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    file = write(tmp_path / "people.csv", "\ufeffid\n1\n")
    assert read_table(file, ["id"], Layout()).columns["id"].cells.tolist() == ["1"]


def test_a_line_in_quotes_counts_for_the_place(tmp_path):
    file = write(tmp_path / "people.csv", 'id,note\n1,"two\nlines"\n2,x\n')
    assert read_table(file, ["id"], Layout()).positions.tolist() == [3, 4]


def test_parquet_keeps_large_identifiers_whole(tmp_path):
    file = tmp_path / "people.parquet"
    duckdb.sql(
        "select 9007199254740993 as id, 41 as age, 'Waterstad' as city, true as works "
        "union all select 2, -9, null, null"
    ).write_parquet(str(file))
    table = read_table(file, ["id", "age", "city", "works"], MISSING)
    assert table.columns["id"].cells.tolist() == ["9007199254740993", "2"]
    assert table.columns["age"].missing == {"refused": 1}
    assert table.columns["city"].cells.tolist() == ["Waterstad", None]
    np.testing.assert_array_equal(table.columns["works"].cells, [1.0, np.nan])
    assert table.place(1, "age") == "people.parquet, row 2, column 'age'"


def test_spss_brings_labels_and_its_own_codes_for_missing(tmp_path):
    import warnings

    file = tmp_path / "people.sav"
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"age": [41.0, 98.0, 99.0, np.nan], "city": ["Waterstad", "", "?", "Zanddijk"]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyreadstat.write_sav(
            frame,
            str(file),
            column_labels={"age": "Leeftijd"},
            variable_value_labels={"age": {98.0: "weet niet", 99.0: "geweigerd"}},
            missing_ranges={"age": [{"lo": 98, "hi": 99}], "city": ["?"]},
        )
    table = read_table(file, ["age", "city"], Layout())
    age = table.columns["age"]
    assert age.label == "Leeftijd"
    assert age.value_labels["99"] == "geweigerd"
    assert age.missing == {"weet niet": 1, "geweigerd": 1, "empty": 1}
    np.testing.assert_array_equal(age.cells, [41.0, np.nan, np.nan, np.nan])
    assert table.columns["city"].cells.tolist() == ["Waterstad", None, None, "Zanddijk"]


def test_a_column_that_stands_twice_cannot_be_told_apart(tmp_path):
    with pytest.raises(DataFileError) as caught:
        read_table(write(tmp_path / "people.csv", "id,id\n1,2\n"), ["id"], Layout())
    assert caught.value.issues[0].code == "duplicate-column"


def test_a_quote_that_is_not_closed(tmp_path):
    with pytest.raises(DataFileError) as caught:
        read_table(write(tmp_path / "people.csv", 'id\n"1\n2\n'), ["id"], Layout())
    assert caught.value.issues[0].code == "broken-line"


@pytest.mark.parametrize("content", ["", "id\n"])
def test_a_file_without_rows_has_no_rows(tmp_path, content):
    file = write(tmp_path / "people.csv", content)
    if content:
        assert read_table(file, ["id"], Layout()).rows == 0
    else:
        with pytest.raises(DataFileError, match="it is empty"):
            read_table(file, ["id"], Layout())


def test_a_code_for_missing_is_the_same_number_in_every_format(tmp_path):
    """-9.0 in a text file is the code -9, as it is in a Parquet file; another text never is."""
    write(tmp_path / "people.csv", "age,city\n-9.0,-9\n-9,x\n41,-9x\n")
    duckdb.sql(
        "select * from (values (-9.0, '-9.0'), (-9, 'x'), (41, '-9x')) people (age, city)"
    ).write_parquet(str(tmp_path / "people.parquet"))
    for name in ("people.csv", "people.parquet"):
        table = read_table(tmp_path / name, ["age", "city"], MISSING)
        assert table.columns["age"].missing == {"refused": 2}
        assert table.columns["city"].cells.tolist() == [None, "x", "-9x"]


@pytest.mark.parametrize("name", ["k[1].parquet", "k*.parquet", "k?.parquet", "k**x.parquet"])
def test_a_name_of_a_parquet_file_is_no_pattern(tmp_path, name):
    duckdb.sql("select 0 as age").write_parquet(str(tmp_path / "k1.parquet"))
    duckdb.sql("select 1 as age").write_parquet(str(tmp_path / "plain.parquet"))
    folder = tmp_path / "a=1" / name.replace("parquet", "d")
    folder.mkdir(parents=True)
    (tmp_path / "plain.parquet").rename(folder / name)
    assert read_table(folder / name, ["age"], Layout()).columns["age"].cells.tolist() == [1.0]
    with pytest.raises(DataFileError, match="no column 'a'"):
        read_table(folder / name, ["a"], Layout())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people.csv", b""),
        ("people.csv.gz", gzip.compress(b"id\n1\n" * 99, mtime=0)[:20] + b"damaged" * 9),
        ("people.sav", b"$FL2@(#) SPSS DATA FILE" + bytes(200)),
        ("x" * 300 + ".csv", None),
    ],
)
def test_a_file_that_is_damaged_or_not_there_is_an_issue(tmp_path, name, content):
    if content is not None:
        write(tmp_path / name, content)
    with pytest.raises(DataFileError) as caught:
        read_table(tmp_path / name, ["id"], Layout())
    assert caught.value.issues[0].code == "unreadable"


def test_a_header_with_another_separator_is_told_once(tmp_path):
    with pytest.raises(DataFileError) as caught:
        read_table(write(tmp_path / "people.csv", "id;age\n1;41\n"), ["id", "age"], Layout())
    assert [issue.code for issue in caught.value.issues] == ["wrong-separator"]
    file = write(tmp_path / "people.csv", " id , age\n1,41\n")
    assert read_table(file, ["age"], Layout()).columns["age"].cells.tolist() == ["41"]


def test_what_is_wrong_with_very_many_lines_is_counted(tmp_path):
    with pytest.raises(DataFileError) as caught:
        read_table(write(tmp_path / "people.csv", "id,age\n" + "1\n" * 25), ["id"], Layout())
    assert len(caught.value.issues) == 21
    assert caught.value.issues[-1].problem.startswith("5 more lines")


def test_every_broken_line_is_told_at_once_and_hides_no_row(tmp_path):
    """A quote that is not closed would take every line after it with it; two of them, those in between."""
    lines = ["id,age", '"1,41', "2", "3,43", '4,"44" years', "5,45,x", "6,46", ",,,", '"7,47']
    file = write(tmp_path / "people.csv", "\r\n".join(lines))
    reading = read_lines(file, ["id", "age"], Layout())
    assert reading.table.columns["id"].cells.tolist() == ["3", "6"]
    assert reading.table.positions.tolist() == [4, 7]
    told = [(broken.line, broken.code) for broken in reading.broken]
    assert told == [
        (2, "broken-line"),
        (3, "uneven-line"),
        (5, "broken-line"),
        (6, "uneven-line"),
        (9, "broken-line"),
    ]
    with pytest.raises(DataFileError) as caught:
        read_table(file, ["id"], Layout())
    assert [issue.where for issue in caught.value.issues] == [f"people.csv:{line}" for line, _ in told]


@pytest.mark.parametrize(
    ("content", "encoding", "code"),
    [
        (b"id\n1\n\0\n", "utf-8", "unreadable"),
        ("id\n1\n".encode("utf-16"), "utf-8", "wrong-encoding"),
        ("\ufeffid\n1\n".encode(), "windows-1252", "wrong-encoding"),
        (b"id\n1\n\x81\n", "windows-1252", "wrong-encoding"),
    ],
    ids=["no text", "utf-16", "utf-8 by its mark", "no character"],
)
def test_bytes_that_are_no_text_in_the_encoding(tmp_path, content, encoding, code):
    file = write(tmp_path / "people.csv", content)
    with pytest.raises(DataFileError) as caught:
        read_table(file, ["id"], Layout(encoding))
    assert [issue.code for issue in caught.value.issues] == [code]


def test_what_was_a_number_among_texts_is_known(tmp_path):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    file = tmp_path / "people.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet()
        for row, cell in enumerate(["id", "0012", 12, ""]):
            sheet.write_string(row, 0, cell) if isinstance(cell, str) else sheet.write_number(row, 0, cell)
            sheet.write_string(row, 1, "x")
    column = read_table(file, ["id"], Layout()).columns["id"]
    assert column.cells.tolist() == ["0012", "12", None]
    assert column.were_numbers.tolist() == [False, True, False]


def test_a_file_without_a_header_is_told_without_what_stands_in_it(tmp_path):
    file = tmp_path / "register.csv"
    file.write_text("999000012,1970-01-01\n999000024,1971-01-01\n")
    with pytest.raises(DataFileError) as told:
        read_table(file, ["number", "born"], Layout())
    assert [issue.code for issue in told.value.issues] == ["unknown-column"] * 2
    assert "999" not in str(told.value)
    file.write_text(f"number,{'x' * 1_000}\n1,2\n")
    with pytest.raises(DataFileError, match="Use one of: 'number'"):
        read_table(file, ["number", "born"], Layout())


@pytest.mark.parametrize("ending", ["csv.gz", "csv.bz2", "xlsx"])
def test_a_file_that_would_fill_the_machine_is_not_unpacked(tmp_path, ending):
    file, piece = tmp_path / f"register.{ending}", b"0" * (1 << 20)
    if ending == "xlsx":
        with (
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed,
            packed.open("xl/worksheets/sheet1.xml", "w") as sheet,
        ):
            for _ in range(100):
                sheet.write(piece)
    else:
        with {"csv.gz": gzip, "csv.bz2": bz2}[ending].open(file, "wb") as packed:
            for _ in range(100):
                packed.write(piece)
    with pytest.raises(DataFileError, match="far more than a table"):
        read_table(file, ["number"], Layout())
