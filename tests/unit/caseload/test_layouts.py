"""Layouts are data: those that Opmaat has are whole, and codes have their time."""

from pathlib import Path

import numpy as np
import pytest

from opmaat.caseload.layout import Code, Field, Layout, load_layout
from opmaat.caseload.rows import parse
from opmaat.core.errors import ProtocolError
from opmaat.core.month import Month
from opmaat.core.tables import Column, Table
from opmaat.core.texts import Text


def test_bus_has_the_fields_of_the_regulation():
    bus = load_layout("bus", folder=Path(), month=Month(2017, 9)).layout
    numbers = [field.number for field in bus.fields.values()]
    assert numbers == sorted(set(numbers))
    assert {*range(1, 35)} - {*numbers} == {3, 5, 6, 17, 31, 32, 33}
    assert all(field.codes for field in bus.fields.values() if field.kind == "code")
    assert bus.assumed


def test_a_layout_before_its_time_is_refused():
    with pytest.raises(ProtocolError, match="not known for 2014-12"):
        load_layout("bus", folder=Path(), month=Month(2014, 12))


def test_a_code_outside_its_months_is_refused():
    codes = {"1": Code(label="old", until="2018-12"), "2": Code(label="new", since="2019-01")}
    layout = Layout(
        layout="a",
        title=Text("a", "a"),
        person="p",
        fields={"p": Field(column="p", kind="code", codes=codes)},
    )
    table = Table("a.csv", {"p": Column(np.array(["1", "2"], dtype=object))}, np.array([2, 3]), "line")
    rows = {
        month: parse(table, layout, month=Month(month, 1), decimal=".").faulty.tolist()
        for month in (2018, 2019)
    }
    assert rows == {2018: [False, True], 2019: [True, False]}


def test_numbers_get_back_the_zeros_that_they_lost():
    fields = {
        "p": Field(column="p", kind="digits", length=9),
        "c": Field(column="c", kind="code", codes={"01": "a", "11": "b"}),
        "d": Field(column="d", kind="date"),
        "n": Field(column="n", kind="number"),
    }
    layout = Layout(layout="a", title=Text("a", "a"), person="p", fields=fields)
    columns = {
        "p": Column(np.array([12345678.0])),
        "c": Column(np.array([1.0])),
        "d": Column(np.array([20170901.0])),
        "n": Column(np.array(["1.234,5".replace(".", "")], dtype=object)),
    }
    rows = parse(Table("a.sav", columns, np.array([1]), "row"), layout, month=Month(2017, 9), decimal=",")
    assert not rows.faults
    assert [str(rows.values[name][0]) for name in fields] == ["012345678", "01", "2017-09-01", "1234.5"]


def test_typed_dates_are_read_whatever_the_layout_says_of_text():
    fields = {"p": Field(column="p", kind="date"), "d": Field(column="d", kind="date", format="dd-mm-yyyy")}
    layout = Layout(layout="a", title=Text("a", "a"), person="p", fields=fields)
    cells = np.array(["2017-09-01", "2017-09-01T00:00:00.000000", "2017-09-01T12:00:00"], dtype=object)
    table = Table("a.parquet", {"p": Column(cells), "d": Column(cells)}, np.arange(3), "row")
    rows = parse(table, layout, month=Month(2017, 9), decimal=",")
    assert rows.faulty.tolist() == [False, False, True]
    assert [str(rows.values[name][1]) for name in fields] == ["2017-09-01", "2017-09-01"]


@pytest.mark.parametrize("optional", ["p", "h"])
def test_who_someone_is_may_not_be_left_out(tmp_path, optional):
    fields = "".join(
        f"  {name}: {{column: a, kind: text, identifies: true, required: {str(name != optional).lower()}}}\n"
        for name in "ph"
    )
    text = f"layout: own\ntitle: {{nl: a, en: a}}\nperson: p\nhousehold: h\nfields:\n{fields}"
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProtocolError, match="not-required"):
        load_layout("own.yaml", folder=tmp_path, month=Month(2017, 9))


EXTENDED = """
layout: bus-and-origin
title: {nl: bus met herkomst, en: bus with origin}
extends: bus
person: citizen_service_number
household: registration_number
fields:
  origin: {column: herkomst, kind: code, codes: {'0': geen, '1': wel}}
"""


def test_a_layout_of_a_study_can_add_fields_to_one_that_opmaat_has(tmp_path):
    (tmp_path / "register.yaml").write_text(EXTENDED, encoding="utf-8")
    bus = load_layout("bus", folder=tmp_path, month=Month(2017, 9))
    own = load_layout("register.yaml", folder=tmp_path, month=Month(2017, 9))
    assert list(own.layout.fields) == [*bus.layout.fields, "origin"]
    assert own.digest != bus.digest


def test_a_layout_cannot_extend_one_that_opmaat_does_not_have(tmp_path):
    text = EXTENDED.replace("extends: bus", "extends: register.yaml")
    (tmp_path / "register.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProtocolError, match="There is no layout 'register"):
        load_layout("register.yaml", folder=tmp_path, month=Month(2017, 9))


@pytest.mark.parametrize(
    "name", ["*", "b*", "bus-2015", "", "?us", "[b]us", "bus/", "BUS", "../own.yaml", "sub/../../own.yaml"]
)
def test_a_name_of_a_layout_is_no_pattern_and_leads_nowhere_else(tmp_path, name):
    (tmp_path / "own.yaml").write_text(EXTENDED, encoding="utf-8")
    study = tmp_path / "study"
    (study / "sub").mkdir(parents=True)
    (study / "link.yaml").symlink_to(tmp_path / "own.yaml")
    for asked in (name, str(tmp_path / "own.yaml"), "link.yaml"):
        with pytest.raises(ProtocolError, match="no-layout"):
            load_layout(asked, folder=study, month=Month(2017, 9))


def test_everything_that_is_wrong_in_a_layout_is_told_at_once(tmp_path):
    text = """
layout: own
title: {nl: a, en: a}
valid: {since: '2015-13'}
person: p
household: h
fields:
  p: {column: p, kind: number, identifies: true, required: true}
  h: {column: h, kind: text, required: true}
  c: {column: c, kind: code, codes: {a: {label: a, since: '2018-02', until: '2018-01'}}}
"""
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProtocolError) as caught:
        load_layout("own.yaml", folder=tmp_path, month=Month(2017, 9))
    told = [issue.code for issue in caught.value.issues]
    assert told == ["not-a-month", "wrong-kind", "not-identifying", "months-not-in-order"]


def test_a_layout_of_a_study_has_its_time_too(tmp_path):
    (tmp_path / "own.yaml").write_text(EXTENDED + "valid: {since: '2018-01'}\n", encoding="utf-8")
    with pytest.raises(ProtocolError, match="is not one of 2017-12"):
        load_layout("own.yaml", folder=tmp_path, month=Month(2017, 12))
    assert load_layout("own.yaml", folder=tmp_path, month=Month(2018, 1)).layout.extends == "bus"
