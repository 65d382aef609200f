"""Ten million rows of wages to the months of 3,500 people; outcomes of 50,000 people over 60 months."""

import resource
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np

from opmaat.caseload.layout import load_layout
from opmaat.caseload.pseudonym import pseudonyms
from opmaat.core.month import Month
from opmaat.panel.deliveries import WAGES
from opmaat.panel.engine import Engine
from opmaat.panel.months import PersonMonths
from opmaat.panel.outcomes import outcome_values
from opmaat.panel.register_rules import Came
from opmaat.panel.registers import person_months, read_wages
from opmaat.panel.scan import Source
from opmaat.protocol.definitions import CbsExit

ROWS, PEOPLE, MONTHS = 10_000_000, 3_500, 25
KEY = bytes(32)
FIRST = Month(2018, 1)
WRITE = """
COPY (
    SELECT
        lpad(cast(900000000 + i % {people} AS VARCHAR), 9, '0') AS burgerservicenummer,
        'L' || (i % 997) AS loonheffingennummer,
        cast(i // {people} AS VARCHAR) AS inkomstenverhouding,
        '{first}' AS "aanvang periode",
        '{last}' AS "einde periode",
        cast(100 + i % 900 AS VARCHAR) || ',5' || (i % 10) AS brutoloon,
        cast(i % 150 AS VARCHAR) AS "verloonde uren",
        'B' AS arbeidscontract,
        '1' AS "soort inkomsten"
    FROM range({rows}) AS r(i)
) TO '{file}' ({form})
"""


def measure():
    """Return the rows of this file."""
    duckdb.execute("SET enable_progress_bar = false")
    return [half_a_hundred_thousand(), ten_million()]


def ten_million():
    """Twenty-five deliveries of 400,000 rows, all of the same 3,500 people: many short jobs each."""
    form = "FORMAT csv, DELIMITER ';', HEADER"
    layout = load_layout("wages", folder=Path(), month=FIRST).layout
    with TemporaryDirectory() as folder:
        came = []
        for number in range(MONTHS):
            month, file = FIRST + number, Path(folder) / f"wages-{number}.csv"
            first, last = f"{month.first_day:%Y%m%d}", f"{month.last_day:%Y%m%d}"
            rows = ROWS // MONTHS
            duckdb.execute(
                WRITE.format(people=PEOPLE, rows=rows, first=first, last=last, file=file, form=form)
            )
            source = Source(file=file, form=WAGES, layout=layout, month=month)
            came.append(Came(source=source, delivered_on=date(2026, 1, 1), name=file.name, digest=""))
        start, busy = time.perf_counter(), time.process_time()
        months = read(came)
        ours, busy = time.perf_counter() - start, time.process_time() - busy
    what = "10,000,000 rows of wages in 25 files to 3,500 people: 20 s / ours"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    detail = (
        f"ours {ours:.1f} s by the clock, {busy:.1f} s of processor; at most {peak:.0f} MB in this process"
    )
    if months.wage_cents.sum() <= 0:
        raise ValueError("nothing was read")
    return row(what, 20 / ours, 1, better="higher", detail=detail)


def read(came):
    numbers = [f"{900_000_000 + number:09d}" for number in range(PEOPLE)]
    persons = tuple(pseudonyms(KEY, "person", numbers))
    with Engine(persons, lambda some: pseudonyms(KEY, "person", some)) as engine:
        engine.connection.execute(
            "CREATE TABLE benefits (month INTEGER, person INTEGER, starts DATE, ends DATE, reason TINYINT, "
            "norm BIGINT, paid BIGINT)"
        )
        issues = read_wages(engine, came)
        if issues:
            raise ValueError(issues[0])
        return person_months(engine, persons, np.arange(PEOPLE), benefits=[], wages=came)


def half_a_hundred_thousand():
    persons, months = 50_000, 60
    rng = np.random.default_rng(1)
    on = np.cumsum(rng.random((persons, months)) < 0.02, axis=1) == 0
    wages = rng.integers(0, 200_000, (persons, months)) * (rng.random((persons, months)) < 0.2)
    known, no = np.ones(months, bool), np.zeros((persons, months), bool)
    made_up = PersonMonths(
        persons=tuple(map(str, range(persons))),
        household=np.arange(persons),
        first_month=FIRST,
        benefit_known=known,
        wages_known=known,
        on_benefit=on,
        exit_code=np.zeros((persons, months), np.int8),
        benefit_cents=on * 90_000,
        norm_cents=on * 100_000,
        wage_cents=wages,
        hours=wages / 1_500,
        permanent=no,
        self_employed=no,
        provenance={},
    )
    start_month = np.full(persons, FIRST.index + 1)
    definition = CbsExit(rule="cbs_exit", when="by_month", sustained_months=6)
    ours = min(timed(lambda: outcome_values(definition, made_up, start_month, 58)) for _ in range(3))
    what = "sustained exit to work of 50,000 people by month 58: 1 s / ours"
    return row(what, 1 / ours, 1, better="higher", detail=f"ours {ours:.2f} s")


def timed(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def row(what, ratio, aim, *, better, detail):
    return {"what": what, "ratio": round(ratio, 2), "aim": aim, "better": better, "detail": detail}
