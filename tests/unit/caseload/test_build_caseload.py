"""From rows to a caseload: faults, households, screening in order, control totals, pseudonyms."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from opmaat.caseload.build import build
from opmaat.caseload.layout import Field, Layout
from opmaat.caseload.model import extended, first
from opmaat.caseload.read import Delivery, needed_fields
from opmaat.caseload.rows import parse
from opmaat.core.errors import DataFileError, NotPermittedError, ProtocolError
from opmaat.core.month import Month
from opmaat.core.tables import Column, Table
from opmaat.core.texts import Text
from opmaat.protocol.assignment import Blocked
from opmaat.protocol.load import load_protocol
from opmaat.protocol.population import Coded, CodeIs, Persons, Population, Register, YearsSince, YoungerThan

DAY = date(2017, 9, 1)
KEY = bytes(range(32))
SAY = Text("a", "a")
LAYOUT = Layout(
    layout="made-up",
    title=SAY,
    person="person",
    household="home",
    fields={
        "person": Field(column="nr", kind="digits", length=9, required=True, identifies=True),
        "home": Field(column="home", kind="text", required=True, identifies=True),
        "kind": Field(column="kind", kind="code", codes={"1": "alone", "2": "together"}),
        "born": Field(column="born", kind="date", required=True),
        "fraud": Field(column="fraud", kind="code", codes={"y": "yes", "n": "no"}),
    },
)


def made_up_protocol(**population):
    settings = {
        "characteristics": {
            "kind": Coded(kind="coded", field="kind", label=SAY),
            "age": YearsSince(kind="years_since", field="born", of="latest", bands=(30, 45), label=SAY),
            "persons": Persons(kind="persons", label=SAY),
        },
        "exclude": (
            CodeIs(id="fraud", rule="code_is", field="fraud", codes=("y",), reason=SAY),
            YoungerThan(id="young", rule="younger_than", field="born", years=27, who="all", reason=SAY),
        ),
        "reference": ("young",),
        **population,
    }
    people = Population(description=SAY, reference_date=DAY, **settings)
    plan = Blocked(method="blocked", strata=("kind",), timing="before_invitation")
    return replace(load_protocol(Path("studies/nsw-1975")), population=people, assignment=plan)


def delivery(rows):
    columns = {
        name: Column(np.array([row[place] or None for row in rows], dtype=object))
        for place, name in enumerate(LAYOUT.fields)
    }
    table = Table("register.csv", columns, np.arange(2, len(rows) + 2), "line")
    return Delivery(parse(table, LAYOUT, month=Month(2017, 9), decimal=","), len(rows), {})


GOOD = [
    ["000000001", "h1", "2", "19800101", "n"],
    ["000000002", "h1", "2", "19910901", "n"],
    ["000000003", "h2", "1", "19950101", "y"],
    ["000000004", "h3", "1", "19950101", "n"],
    ["000000005", "h4", "2", "19950101", "n"],
    ["000000006", "h4", "2", "19900901", "n"],
]


def test_screening_counts_each_household_under_its_first_reason():
    caseload = build(made_up_protocol(), delivery(GOOD), key=KEY, day=DAY)
    counts = {item.id: (item.households, item.persons) for item in caseload.screened}
    assert counts == {"fraud": (1, 1), "young": (1, 1)}
    assert (caseload.totals.households, caseload.totals.eligible, caseload.totals.persons) == (4, 2, 6)
    assert len(caseload.reference_population) == 1
    assert set(caseload.reference_population).isdisjoint(caseload.households[at] for at in caseload.eligible)


def test_characteristics_are_those_of_the_household_on_the_reference_date():
    caseload = build(made_up_protocol(), delivery(GOOD), key=KEY, day=DAY)
    ages = caseload.characteristics["age"]
    by_persons = dict(
        zip(map(len, caseload.persons), zip(ages.codes, caseload.kept_out, strict=True), strict=True)
    )
    assert ages.names == ("0-29", "30-44", "45+")
    assert by_persons[2][0] == 0
    assert sorted(caseload.characteristics["persons"]) == [1, 1, 2, 2]


def test_row_order_changes_nothing():
    straight = build(made_up_protocol(), delivery(GOOD), key=KEY, day=DAY)
    turned = build(made_up_protocol(), delivery(GOOD[::-1]), key=KEY, day=DAY)
    assert straight.digest() == turned.digest()


def test_another_key_gives_other_pseudonyms():
    one, other = (build(made_up_protocol(), delivery(GOOD), key=key, day=DAY) for key in (KEY, bytes(32)))
    assert set(one.households).isdisjoint(other.households)
    with pytest.raises(NotPermittedError, match="short-key"):
        build(made_up_protocol(), delivery(GOOD), key=b"short", day=DAY)


def test_faults_come_all_at_once_and_show_nobody():
    bad = [
        *GOOD,
        ["12345678x", "h5", "1", "19800101", "n"],
        ["000000008", "h6", "Jansen", "1980", "n"],
        ["000000001", "h7", "1", "19800101", "n"],
    ]
    with pytest.raises(DataFileError) as caught:
        build(made_up_protocol(), delivery(bad), key=KEY, day=DAY)
    told = [(issue.code, issue.where.split("line ")[1]) for issue in caught.value.issues]
    assert told == [
        ("person-in-two-households", "2, column 'nr'"),
        ("wrong-cell", "8, column 'nr'"),
        ("unknown-code", "9, column 'kind'"),
        ("wrong-cell", "9, column 'born'"),
        ("person-in-two-households", "10, column 'nr'"),
    ]
    assert not any(shown in str(caught.value) for shown in ("12345678x", "Jansen", "000000001", "1980"))


def test_set_aside_leaves_out_whole_households_and_counts_them():
    bad = [*GOOD[:5], ["000000006", "h4", "2", "not a day", "n"], ["000000007", "h5", "", "19800101", "n"]]
    caseload = build(made_up_protocol(), delivery(bad), key=KEY, day=DAY, set_aside=True)
    assert (caseload.totals.rows, caseload.totals.rows_set_aside, caseload.totals.rows_in_frame) == (7, 2, 5)
    counts = {item.id: item.households for item in caseload.screened}
    assert counts == {"fraud": 1, "young": 1, "incomplete": 1}


def test_one_bad_row_among_200_000_is_told_alone():
    rows = [[f"{at:09d}", f"h{at // 2}", "2", "19800101", "n"] for at in range(200_000)]
    rows[123_456] = ["000123456", "h61728", "2", "19801301", "n"]
    register = delivery(rows)
    with pytest.raises(DataFileError) as caught:
        build(made_up_protocol(), register, key=KEY, day=DAY)
    assert [issue.where for issue in caught.value.issues] == ["register.csv, line 123458, column 'born'"]
    caseload = build(made_up_protocol(), register, key=KEY, day=DAY, set_aside=True)
    assert (caseload.totals.households, caseload.totals.rows_set_aside) == (99_999, 2)


def test_unit_person_draws_persons():
    caseload = build(made_up_protocol(unit="person"), delivery(GOOD), key=KEY, day=DAY)
    assert caseload.totals.households == 6
    assert all(len(persons) == 1 for persons in caseload.persons)


def test_those_drawn_before_keep_their_arm_whatever_their_household_is_called_now():
    before = build(made_up_protocol(), delivery(GOOD), key=KEY, day=DAY)
    again = [["000000002", "new", "1", "19910901", "n"], ["000000009", "h9", "1", "19800101", "n"]]
    later = build(made_up_protocol(), delivery(again), key=KEY, day=DAY, earlier=[before])
    assert sorted(later.kept_out, key=str) == [None, "drawn_before"]


def test_rolling_list_grows_at_its_end_and_keeps_what_was_noted():
    before = build(made_up_protocol(), delivery(GOOD[:3]), key=KEY, day=DAY)
    changed = [[*row[:2], "1", *row[3:]] for row in GOOD]
    later = extended(before, build(made_up_protocol(), delivery(changed), key=KEY, day=DAY))
    assert later.households[: len(before.households)] == before.households
    assert first(later, len(before.households)).digest() == before.digest()
    assert len(later.households) == 4


def test_days_that_cannot_be_are_faults():
    bad = [[*row] for row in GOOD]
    bad[0][3], bad[2][3], bad[3][3] = "20170902", "18970831", "18970902"
    with pytest.raises(DataFileError) as caught:
        build(made_up_protocol(), delivery(bad), key=KEY, day=DAY)
    told = [(issue.code, issue.where) for issue in caught.value.issues]
    assert told == [("impossible-date", f"register.csv, line {line}, column 'born'") for line in (2, 4)]


def test_a_list_of_nobody_is_refused():
    with pytest.raises(DataFileError, match="nobody-eligible"):
        build(made_up_protocol(), delivery(GOOD[2:4]), key=KEY, day=DAY)


@pytest.mark.parametrize(
    ("population", "code"),
    [
        (
            {"exclude": (CodeIs(id="x", rule="code_is", field="fraud", codes=("j",), reason=SAY),)},
            "unknown-code",
        ),
        (
            {"exclude": (CodeIs(id="x", rule="code_is", field="wage", codes=("9",), reason=SAY),)},
            "wrong-field",
        ),
        ({"register": Register(layout="a", only={"kind": ("01",)})}, "unknown-code"),
        (
            {"characteristics": {"k": Coded(kind="coded", field="kind", label=SAY, values={"3": "c"})}},
            "unknown-code",
        ),
    ],
    ids=["rule", "rule of a number", "only", "values"],
)
def test_codes_are_those_of_the_layout(population, code):
    fields = {**LAYOUT.fields, "wage": Field(column="wage", kind="number")}
    with pytest.raises(ProtocolError) as caught:
        needed_fields(Population(description=SAY, **population), replace(LAYOUT, fields=fields))
    assert [issue.code for issue in caught.value.issues] == [code]
