"""A list of rolling intake grows at its end: who was drawn stays, who was kept out may enter later."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from opmaat.caseload.build import build
from opmaat.caseload.model import extended, first
from opmaat.caseload.read import read_register
from opmaat.caseload.store import reference_list, write_caseload
from opmaat.protocol.load import load_protocol

STUDY = Path(__file__).parents[2] / "spec/caseload/study"
KEY = bytes(range(32))
JANUARY, AUGUST = date(2026, 1, 1), date(2026, 8, 1)
HEAD = "bsn;nr;kind;born;started"


@pytest.fixture
def read_list(tmp_path):
    """Return a function that makes the list of a register on a day, of a study that takes people in."""
    text = (STUDY / "protocol.yaml").read_text()
    text = text.replace("strata: [kind],", "strata: [kind], block_sizes: [2, 4], intake: rolling,")
    text = text.replace(
        "reason: {nl: pas begonnen, en: just started}}", "reason: {nl: a, en: a}}\n  reference: [started]"
    )
    (tmp_path / "protocol.yaml").write_text(text)
    (tmp_path / "people.layout.yaml").write_bytes((STUDY / "people.layout.yaml").read_bytes())
    protocol = load_protocol(tmp_path)

    def make(day, *rows):
        file = tmp_path / "register.csv"
        file.write_text("\n".join([HEAD, *rows]))
        return build(protocol, read_register(protocol, file, folder=tmp_path, day=day), key=KEY, day=day)

    return make


ALONE = "000000011;H1;a;1980-01-01;01-01-2020"
STARTED = "000000021;H2;a;1980-01-01;01-12-2025"
COUPLE = ["000000031;H3;t;1980-01-01;01-12-2025", "000000032;H3;t;1980-01-01;01-01-2020"]


def test_who_had_just_started_enters_at_the_end_when_that_is_over(read_list):
    before = read_list(JANUARY, ALONE, STARTED, *COUPLE)
    assert before.kept_out == (None, "started", "started")
    assert len(before.reference_population) == 2

    moved = STARTED.replace("H2", "H9").replace(";a;", ";t;")
    after = extended(before, read_list(AUGUST, moved, *COUPLE, ALONE))
    assert after.kept_out == (None, "started", "started", None, None)
    assert first(after, 3).digest() == before.digest()
    assert after.households[4] == before.households[2]
    assert after.persons[3] == before.persons[1]
    kinds = after.characteristics["kind"]
    assert [kinds.names[code] for code in kinds.codes] == ["a", "a", "t", "t", "t"]
    assert after.reference_population == ()
    assert {item.id: (item.households, item.persons) for item in after.screened} == {"started": (0, 0)}
    assert (after.totals.households, after.totals.persons, after.totals.eligible) == (4, 4, 3)


def test_who_is_drawn_keeps_the_arm_whatever_the_household_is_now(read_list):
    before = read_list(JANUARY, ALONE)
    split = "000000011;H7;t;1980-01-01;01-01-2020"
    joined = "000000012;H7;t;1980-01-01;01-01-2020"
    after = extended(before, read_list(AUGUST, split, joined))
    assert after.households == before.households
    back = extended(after, read_list(AUGUST, ALONE.replace("01-01-2020", "20-07-2026"), COUPLE[1]))
    assert back.kept_out == (None, None)


def test_who_is_still_kept_out_stays_as_noted_then(read_list):
    before = read_list(JANUARY, ALONE, STARTED)
    after = extended(before, read_list(AUGUST, ALONE, STARTED.replace("01-12-2025", "01-07-2026")))
    assert after.households == before.households
    assert after.reference_population == before.reference_population
    twice = extended(after, read_list(AUGUST, STARTED))
    assert twice.kept_out == (None, "started", None)


def test_a_characteristic_that_nobody_had_at_first_is_not_lost(read_list):
    before = read_list(JANUARY, ALONE)
    empty = replace(before, characteristics={"kind": np.array([np.nan])})
    kinds = extended(empty, read_list(AUGUST, ALONE, *COUPLE)).characteristics["kind"]
    assert [kinds.names[code] if code >= 0 else None for code in kinds.codes] == [None, "t"]


def test_the_reference_population_is_a_list_of_its_own(read_list, tmp_path):
    caseload = read_list(JANUARY, ALONE, STARTED, *COUPLE)
    found = reference_list(caseload)
    assert [(len(one["persons"]), one["reason"]) for one in found["households"]] == [
        (1, "started"),
        (2, "started"),
    ]
    assert found["caseload"] == caseload.digest()
    named = {one["household"] for one in found["households"]}
    assert named.isdisjoint(np.array(caseload.households)[caseload.eligible])
    write_caseload(caseload, tmp_path / "p")
    modes = {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "p").glob("*.json")}
    assert modes == {"caseload.json": 0o600, "reference-population.json": 0o600}
