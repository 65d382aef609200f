"""The screening of the experiments of 2017, rule by rule and in order, on a made-up register of BUS."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from opmaat.caseload.build import build
from opmaat.caseload.read import read_register
from opmaat.caseload.screen import applies, reaches_pension_age
from opmaat.core.month import Month
from opmaat.core.texts import Text
from opmaat.params.load import parameter
from opmaat.protocol.load import load_protocol
from opmaat.protocol.population import (
    CodeIs,
    EndsWithin,
    PensionAgeWithin,
    Register,
    StartedWithin,
    YoungerThan,
)

DAY, KEY, SAY = date(2017, 9, 1), bytes(range(32)), Text("a", "a")
LAYOUT = """
layout: bus-and-own
title: {nl: bus met eigen velden, en: bus with own fields}
extends: bus
person: citizen_service_number
household: registration_number
fields:
  track_end: {column: einde traject, kind: date}
  fraud: {column: fraudeonderzoek, kind: code, codes: {j: ja, n: nee}}
"""
RULES = (
    PensionAgeWithin(id="pension", rule="pension_age_within", months=24, reason=SAY),
    YoungerThan(id="young", rule="younger_than", years=27, who="all", reason=SAY),
    StartedWithin(id="started", rule="started_within", field="benefit_start", months=6, reason=SAY),
    EndsWithin(id="track", rule="ends_within", field="track_end", months=3, reason=SAY),
    CodeIs(id="exempt", rule="code_is", field="exemption", codes=("4", "5", "6"), who="all", reason=SAY),
    CodeIs(id="fraud", rule="code_is", field="fraud", codes=("j",), reason=SAY),
)
HEADS = [
    "registratienummer uitkering",
    "statistiekcode",
    "leefvorm",
    "burgerservicenummer",
    "geboortedatum",
    "aanvangsdatum uitkering persoon",
    "ontheffing arbeidsverplichting",
    "einde traject",
    "fraudeonderzoek",
]
EARLIER, ADULT = "20100101", "19750615"
# household, born, benefit since, exemption, end of track, investigation of fraud; what keeps it out
PEOPLE = [
    ("old", "19530501", EARLIER, "2", "", "n", "pension"),
    ("old", ADULT, EARLIER, "2", "", "n", "pension"),
    ("old too", "19400101", EARLIER, "2", "", "n", "pension"),
    ("both young", "19900902", EARLIER, "2", "", "n", "young"),
    ("both young", "19950101", EARLIER, "2", "", "n", "young"),
    ("one young", "19950101", EARLIER, "2", "", "n", None),
    ("one young", "19900901", EARLIER, "2", "", "n", None),
    ("new", ADULT, "20170302", "2", "", "n", "started"),
    ("not so new", ADULT, "20170301", "2", "", "n", None),
    ("nearly there", ADULT, EARLIER, "2", "20171130", "n", "track"),
    ("not nearly", ADULT, EARLIER, "2", "20171201", "n", None),
    ("both exempt", ADULT, EARLIER, "4", "", "n", "exempt"),
    ("both exempt", ADULT, EARLIER, "6", "", "n", "exempt"),
    ("one exempt", ADULT, EARLIER, "5", "", "n", None),
    ("one exempt", ADULT, EARLIER, "2", "", "n", None),
    ("fraud", ADULT, EARLIER, "2", "", "j", "fraud"),
    ("fraud and young", "19950101", EARLIER, "4", "20171001", "j", "young"),
    ("other benefit", "19400101", "x", "?", "", "", None),
]


@pytest.fixture
def screen(tmp_path):
    """Return a function that makes the caseload of PEOPLE by rules."""
    (tmp_path / "own.yaml").write_text(LAYOUT, encoding="utf-8")
    lines = [";".join(HEADS)]
    for at, (household, born, since, exemption, track, fraud, _) in enumerate(PEOPLE):
        code, kind = "02" if household == "other benefit" else "01", "3"
        number = f"{100_000_000 + at}"
        lines.append(";".join([household, code, kind, number, born, since, exemption, track, fraud]))
    file = tmp_path / "bus.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    protocol = load_protocol(Path(__file__).parents[2] / "spec/caseload/study")
    register = Register(layout="own.yaml", only={"statistics_code": ("01",)})

    def make(rules):
        people = replace(protocol.population, characteristics={}, register=register, exclude=rules)
        asked = replace(protocol, population=replace(people, reference_date=DAY))
        asked = replace(asked, assignment=replace(asked.assignment, strata=()))
        return build(asked, read_register(asked, file, folder=tmp_path, day=DAY), key=KEY, day=DAY)

    return make


def counted(caseload):
    return {item.id: (item.households, item.persons) for item in caseload.screened}


def test_each_rule_keeps_out_whom_it_names_with_a_count_of_households_and_persons(screen):
    caseload = screen(RULES)
    expected = {
        rule.id: (
            len({row[0] for row in PEOPLE if row[6] == rule.id}),
            sum(row[6] == rule.id for row in PEOPLE),
        )
        for rule in RULES
    }
    assert counted(caseload) == expected
    assert list(counted(caseload)) == [rule.id for rule in RULES]
    totals = caseload.totals
    assert (totals.rows, totals.rows_of_other_records, totals.rows_in_frame) == (18, 1, 17)
    kept_out = sum(item.households for item in caseload.screened)
    assert totals.eligible == totals.households - kept_out == 4


def test_the_first_rule_counts(screen):
    turned = counted(screen(RULES[::-1]))
    assert (turned["fraud"], turned["young"]) == ((2, 2), (1, 2))


def test_who_is_born_on_29_february_is_a_year_older_on_1_march():
    born = np.array(["1988-02-29"], dtype="datetime64[D]")
    rule = YoungerThan(id="young", rule="younger_than", years=29, reason=SAY)
    days = [date(2017, 2, 28), date(2017, 3, 1)]
    assert [applies(rule, born, day).item() for day in days] == [True, False]
    leap = YoungerThan(id="young", rule="younger_than", years=32, reason=SAY)
    days = [date(2020, 2, 28), date(2020, 2, 29)]
    assert [applies(leap, born, day).item() for day in days] == [True, False]
    pensioner = np.array(["1960-02-29"], dtype="datetime64[D]")  # 67 in 2027
    assert not reaches_pension_age(pensioner, date(2026, 2, 28), 12).item()
    assert reaches_pension_age(pensioner, date(2026, 3, 1), 12).item()


@pytest.mark.parametrize(
    ("year", "age", "last"),
    [
        (2016, (65, 6), "1951-06-30"),
        (2017, (65, 9), "1952-03-31"),
        (2018, (66, 0), "1952-12-31"),
        (2019, (66, 4), "1953-08-31"),
        (2020, (66, 4), "1954-08-31"),
        (2021, (66, 4), "1955-08-31"),
        (2022, (66, 7), "1956-05-31"),
        (2023, (66, 10), "1957-02-28"),
        (2024, (67, 0), "1957-12-31"),
        (2025, (67, 0), "1958-12-31"),
        (2026, (67, 0), "1959-12-31"),
        (2027, (67, 0), "1960-12-31"),
    ],
)
def test_the_last_who_has_the_pension_age_of_a_year_by_its_end(year, age, last):
    """``last`` is 31 December less the age, by hand; the age itself is that of the legal amounts."""
    years, months = divmod(parameter("pension_age").at(Month(year, 12)).amount, 12)
    births = np.datetime64(last) + np.arange(-400, 400)
    reached = reaches_pension_age(births, date(year - 1, 12, 31), 12)
    assert (years, months) == age
    assert births[reached].max() == np.datetime64(last)
    assert reached[: np.flatnonzero(reached)[-1]].all()


def test_pension_age_during_the_trial_counts_its_last_day():
    """Of a trial of 24 months from 1 September 2017: 66 years and 4 months on 1 September 2019."""
    births = np.array(["1953-05-01", "1953-05-02"], dtype="datetime64[D]")
    assert reaches_pension_age(births, DAY, 24).tolist() == [True, False]
    assert reaches_pension_age(births, DAY, 23).tolist() == [False, False]
