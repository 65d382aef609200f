"""Deliveries of benefits and wages as months of persons: aligned, corrected, in any order and any format."""

import gzip
import random
from dataclasses import fields, replace
from datetime import date

import duckdb
import numpy as np
import pandas
import pyreadstat
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from opmaat.core.errors import DataFileError
from opmaat.core.month import Month
from opmaat.panel.deliveries import FOLDER, WAGES
from opmaat.panel.spread import parts_of, spread

NUMBERS = ("brutoloon", "verloonde uren", "burgerservicenummer", "aanvang periode", "einde periode")


def same(one, other):
    arrays = [
        field.name for field in fields(one) if field.name not in ("persons", "provenance", "first_month")
    ]
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)


def test_pay_per_four_weeks_goes_to_months_by_its_days(read, tmp_path, paper):
    """Of the 28 days from 15 January 17 are in January: 100.01 euro is 60.72 and 39.29."""
    wage, january, february = paper.wage, "2018-01", "2018-02"
    of_january = [wage("ann", "20180101", "20180107", "-5,00", hours="7")]
    of_february = [
        wage("ann", "20180115", "20180211", "100,01", hours="28", contract="O"),
        wage("ann", "20180201", "20180228", "0", hours="", job="2", contract="", kind="2"),
        wage("ann", "20180201", "20180228", "800", hours="", job="3", kind="3"),
        wage("cem", "20180201", "20180228"),
    ]
    came = [
        paper.deliver(tmp_path, "b1", "benefits", january, [paper.benefit("ann", january)]),
        paper.deliver(tmp_path, "w1", "wages", january, of_january),
        paper.deliver(tmp_path, "w2", "wages", february, of_february),
    ]
    found = read(came, "ann")
    months = found.months
    assert months.wage_cents.tolist() == [[6072 - 500, 3929]]
    assert months.hours.tolist() == [[17 + 7, 11]]
    assert months.permanent.tolist() == [[True, True]]
    assert months.self_employed.tolist() == [[False, True]]
    assert months.benefit_known.tolist() == [True, False]
    assert found.unknown_persons == 1
    assert set(months.provenance["wage_cents"]) == {"w1", "w2"}


@given(
    st.lists(
        st.tuples(st.integers(-(10**9), 10**9), st.integers(17_000, 18_500), st.integers(1, 31)),
        min_size=1,
        max_size=40,
    )
)
def test_what_is_spread_adds_up_to_the_cent(periods):
    amounts = np.array([amount for amount, _, _ in periods])
    first = np.array([day for _, day, _ in periods], dtype="datetime64[D]")
    parts = parts_of(first, first + np.array([length - 1 for _, _, length in periods]))
    shares = spread(amounts, parts)
    total = np.zeros(len(amounts), dtype=np.int64)
    np.add.at(total, parts.period, shares)
    assert total.tolist() == amounts.tolist()
    exact = amounts[parts.period] * parts.days / np.bincount(parts.period, weights=parts.days)[parts.period]
    assert (np.abs(shares - exact) < 1).all()


def test_benefit_lasts_to_its_last_day_and_tells_why_it_ended(read, tmp_path, paper):
    benefit, january, march = paper.benefit, "2018-01", "2018-03"
    of_january = [
        benefit("ann", january, ends="20180131", reason="11", norm="1009", paid="650"),
        benefit("bob", january),
        benefit("bob", january, code="11"),
        benefit("cem", january, start="20180201"),
    ]
    of_march = [benefit("bob", march, ends="20180210", reason="32")]
    came = [
        paper.deliver(tmp_path, "b1", "benefits", january, of_january),
        paper.deliver(tmp_path, "b3", "benefits", march, of_march),
    ]
    months = read(came, "ann", "bob", "cem").months
    assert months.first_month == Month(2018, 1)
    assert months.benefit_known.tolist() == [True, False, True]
    assert not months.wages_known.any()
    assert months.on_benefit.tolist() == [[True, False, False], [True, False, False], [False] * 3]
    assert months.exit_code.tolist() == [[11, 0, 0], [0, 32, 0], [0] * 3]
    assert (months.norm_cents[0, 0], months.benefit_cents[0, 0]) == (100_900, 65_000)


def test_a_correction_changes_exactly_the_months_it_touches(read, tmp_path, paper):
    came = []
    for month in ("2018-01", "2018-02", "2018-03"):
        first = month.replace("-", "")
        both = [paper.benefit(person, month) for person in ("ann", "bob")]
        pay = [paper.wage("ann", f"{first}01", f"{first}28", "500")]
        came.append(paper.deliver(tmp_path, f"b{month}", "benefits", month, both, on="2018-05-01"))
        came.append(paper.deliver(tmp_path, f"w{month}", "wages", month, pay, on="2018-05-01"))
    before = read(came, "ann", "bob").months
    other = [paper.wage("bob", "20180129", "20180225", "280")]
    came.append(paper.deliver(tmp_path, "better", "wages", "2018-02", other, on="2018-06-30"))
    after = read(came, "ann", "bob").months
    assert after.wage_cents.tolist() == [[50_000, 0, 50_000], [3_000, 25_000, 0]]
    assert np.array_equal(after.on_benefit, before.on_benefit)
    assert same(read(came, "ann", "bob", known_at=date(2018, 6, 29)).months, before)


def test_order_of_rows_and_deliveries_changes_nothing(read, tmp_path, paper):
    rng, people = random.Random(7), ("ann", "bob", "cem")
    rows = [
        paper.wage(person, f"2018010{day}", "20180131", f"{rng.randint(1, 99_999)},{day}", job=str(day))
        for person in people
        for day in range(1, 6)
    ]
    on = [paper.benefit(person, "2018-01") for person in people]
    came = [
        paper.deliver(tmp_path, "b", "benefits", "2018-01", on),
        paper.deliver(tmp_path, "w", "wages", "2018-01", rows),
    ]
    first = read(came, *people).months
    paper.deliver(tmp_path, "b", "benefits", "2018-01", rng.sample(on, len(on)))
    paper.deliver(tmp_path, "w", "wages", "2018-01", rng.sample(rows, len(rows)))
    assert same(read(came[::-1], *people).months, first)


def months_of_two(paper, home, *, pad=""):
    """Deliver three months of two people with two jobs a week; ``pad`` stands around cells of the second."""
    came = []
    for month in ("2018-01", "2018-02", "2018-03"):
        first, around = month.replace("-", ""), pad if month == "2018-02" else ""
        on = [paper.benefit(person, month) for person in ("bob", "ann", "cem")]
        pay = [
            paper.wage(
                f"{around}{paper.NUMBERS[person]}",
                f"{first}{week:02d}",
                f"{first}{week + 6:02d}",
                f"{around}{week},5{around}",
                employer=f"L{job}{around}",
                job=f"{job}{around}",
            )
            for person in ("ann", "dee", "bob")
            for week in (1, 8, 15)
            for job in (1, 2)
        ]
        came.append(paper.deliver(home, f"b{month}", "benefits", month, on))
        came.append(paper.deliver(home, f"w{month}", "wages", month, pay))
    return came


def test_files_read_together_and_each_by_itself_say_the_same(read, tmp_path, paper):
    """Alike files are read together; one with spaces around its cells, or packed, is read by itself."""
    expected = read(months_of_two(paper, tmp_path), "ann", "bob")
    assert expected.months.wage_cents.tolist() == [[5_100] * 3] * 2
    assert expected.unknown_persons == 2
    padded = read(months_of_two(paper, tmp_path, pad=" "), "ann", "bob")
    assert same(padded.months, expected.months)
    assert padded.unknown_persons == 2
    came = months_of_two(paper, tmp_path)
    file = tmp_path / FOLDER / came[3].file
    file.with_name("packed.csv.gz").write_bytes(gzip.compress(file.read_bytes()))
    came[3] = replace(came[3], file="packed.csv.gz")
    assert same(read(came, "ann", "bob").months, expected.months)


def test_what_is_wrong_in_one_of_alike_files_is_told_there(read, tmp_path, paper):
    came = months_of_two(paper, tmp_path)
    for name in ("w2018-01", "w2018-03"):
        file = tmp_path / FOLDER / f"{name}.csv"
        *lines, last = file.read_text(encoding="utf-8").splitlines()
        file.write_text("\n".join([*lines, last, last, ""]), encoding="utf-8")
    with pytest.raises(DataFileError) as raised:
        read(came, "ann", "bob")
    assert [(issue.code, issue.where) for issue in raised.value.issues] == [
        ("duplicate-row", f"{name}.csv, line 20, column 'inkomstenverhouding'")
        for name in ("w2018-01", "w2018-03")
    ]


@pytest.mark.parametrize("ending", [".csv.gz", ".parquet", ".xlsx", ".sav"])
def test_every_format_says_the_same(read, tmp_path, paper, ending):
    """Outside text files, days, amounts and the numbers of persons are numbers; SPSS has other heads."""
    rows = [
        paper.wage("ann", "20180101", "20180131", "1250,50", contract="O"),
        paper.wage("bob", "20180101", "20180131", "99", hours="12,25"),
    ]
    came = [
        paper.deliver(tmp_path, "b", "benefits", "2018-01", [paper.benefit("ann", "2018-01")]),
        paper.deliver(tmp_path, "w", "wages", "2018-01", rows),
    ]
    expected = read(came, "ann", "bob").months
    file = tmp_path / FOLDER / came[1].file
    other = file.with_name(file.name.replace(".csv", ending))
    WRITERS[ending](file, other)
    wages = replace(WAGES, layout=spss_layout(tmp_path)) if ending == ".sav" else WAGES
    found = read([came[0], replace(came[1], file=other.name)], "ann", "bob", wages=wages).months
    assert same(found, expected)


def columns_of(file):
    heads, *rows = [line.split(";") for line in file.read_text(encoding="utf-8").splitlines()]
    return {
        head: [float(row[place].replace(",", ".")) if head in NUMBERS else row[place] for row in rows]
        for place, head in enumerate(heads)
    }


def write_gz(file, other):
    other.write_bytes(gzip.compress(file.read_bytes()))


def write_parquet(file, other):
    arrays = {
        name: np.array(cells, dtype=None if name in NUMBERS else object)
        for name, cells in columns_of(file).items()
    }
    with duckdb.connect() as engine:
        engine.register("arrays", arrays)
        engine.table("arrays").write_parquet(str(other))


def write_xlsx(file, other):
    with xlsxwriter.Workbook(other) as book:
        sheet = book.add_worksheet()
        for place, (head, cells) in enumerate(columns_of(file).items()):
            sheet.write_column(0, place, [head, *cells])


def write_sav(file, other):
    columns = {f"v{place}": cells for place, cells in enumerate(columns_of(file).values())}
    pyreadstat.write_sav(pandas.DataFrame(columns), other)


WRITERS = {".csv.gz": write_gz, ".parquet": write_parquet, ".xlsx": write_xlsx, ".sav": write_sav}


def spss_layout(folder):
    """Write a layout of the study with the heads of an SPSS file, and return its name."""
    kinds = {
        "citizen_service_number": "kind: digits, length: 9, required: true, identifies: true",
        "employer": "kind: text, length: 12, identifies: true",
        "employment": "kind: text, length: 20, required: true, identifies: true",
        "first_day": "kind: date, required: true",
        "last_day": "kind: date, required: true",
        "gross_wage": "kind: number, required: true",
        "hours": "kind: number",
        "permanent": "kind: code, codes: {O: onbepaalde tijd, B: bepaalde tijd}",
        "income_kind": "kind: code, required: true, codes: {'1': dienstbetrekking}",
    }
    own = [f"  {name}: {{column: v{place}, {kind}}}" for place, (name, kind) in enumerate(kinds.items())]
    head = [
        "layout: spss",
        "extends: wages",
        "title: {nl: lonen, en: wages}",
        "person: citizen_service_number",
    ]
    (folder / "spss.yaml").write_text("\n".join([*head, "fields:", *own, ""]), encoding="utf-8")
    return "spss.yaml"
