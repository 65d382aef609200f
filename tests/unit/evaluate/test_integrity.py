"""Integrity of a trial: the draw as it was carried out, who joined, and who answered."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from opmaat.assign.draw import draw
from opmaat.caseload.model import Caseload, Totals
from opmaat.core.codes import Codes
from opmaat.core.errors import DataFileError, ProtocolError
from opmaat.core.receipt import Receipt
from opmaat.core.texts import Text
from opmaat.evaluate.integrity import integrity
from opmaat.protocol.assignment import Blocked, Minimised, Rerandomised, Simple
from opmaat.protocol.load import load_protocol
from opmaat.protocol.model import Wave
from opmaat.protocol.population import Persons

NUMBER = 120
KIND = np.arange(NUMBER) % 3
AGE = np.random.default_rng(1).normal(40, 10, NUMBER)
MEDIAN = float(np.median(AGE))
BLOCKED = Blocked(method="blocked", strata=("kind",), balance=("kind", "age"))


def made_up(plan=BLOCKED, **changes):
    """Return a protocol, a list of 120 households in three kinds, and its draw."""
    names = tuple(f"{number:040x}" for number in range(NUMBER))
    caseload = Caseload(
        study="a",
        round="",
        reference_date="2026-01-01",
        households=names,
        persons=tuple((name,) for name in names),
        kept_out=(None,) * NUMBER,
        characteristics={"kind": Codes(KIND, ("a", "b", "c")), "age": AGE},
        screened=(),
        totals=Totals(NUMBER, 0, 0, NUMBER, NUMBER, NUMBER, NUMBER),
        reference=(),
        receipt=Receipt(stage="caseload", inputs={}, output="", protocol="", version="0"),
    )
    waves = (Wave(name="baseline", month=0), Wave(name="endline", month=24))
    study = load_protocol(Path("tests/spec/errors/study"))
    described = Persons(kind="persons", label=Text("kenmerk", "characteristic"))
    population = replace(study.population, characteristics={"kind": described, "age": described})
    protocol = replace(study, assignment=replace(plan, **changes), waves=waves, population=population)
    return protocol, caseload, draw(protocol, caseload, bytes(32))


def found_in(made, who, answered=None, **options):
    protocol, caseload, allocation = made
    joined = [name for name, inside in zip(caseload.households, who, strict=True) if inside]
    return integrity(
        protocol, caseload, allocation, joined=joined, answered=answered or {}, seed=1, count=199, **options
    )


def test_who_joined_is_set_beside_who_did_not_in_every_arm():
    made = made_up()
    old = AGE > MEDIAN
    found = found_in(made, old)
    for arm in found.joined:
        assert arm.joined + arm.others == found.drawn[arm.arm]
        age = next(row for row in arm.rows if row.characteristic == "age")
        own = made[2].labels == made[2].arms.index(arm.arm)
        assert age.joined == pytest.approx(AGE[own & old].mean())
        assert age.difference == pytest.approx((AGE[own & old].mean() - AGE[own & ~old].mean()) / AGE.std())
    assert found.joined_balance.omnibus.p > 0.05


def test_other_people_joining_in_one_arm_are_seen():
    made = made_up()
    who = np.where(made[2].labels == 1, AGE > MEDIAN, AGE <= MEDIAN)
    found = found_in(made, who)
    assert found.joined_balance.omnibus.p == pytest.approx(1 / 200)
    assert found.balance.omnibus.p > 0.05


def test_an_arm_that_stays_away_or_falls_silent_is_seen():
    made = made_up()
    names, labels = made[1].households, made[2].labels
    everyone = np.ones(NUMBER, dtype=bool)
    silent = [name for name, label in zip(names, labels, strict=True) if label == 0]
    found = found_in(made, everyone, {"baseline": list(names), "endline": silent})
    by_wave = {(ratio.counted, ratio.wave): ratio for ratio in found.ratios}
    assert by_wave["joined", None].test.p == 1.0
    assert by_wave["answered", "baseline"].test.p == 1.0
    endline = by_wave["answered", "endline"]
    assert endline.test.p == pytest.approx(1 / 200)
    assert [(arm.counted, arm.expected) for arm in endline.arms] == [(60, 30.0), (0, 30.0)]


@pytest.mark.parametrize(
    "plan",
    [BLOCKED, Minimised(method="minimised", factors=("kind",)), Simple(method="simple")],
    ids=lambda plan: plan.method,
)
def test_a_draw_that_was_tampered_with_leaves_its_shares(plan):
    protocol, caseload, allocation = made_up(plan)
    assert found_in((protocol, caseload, allocation), AGE > 40).strata.p > 0.01
    labels = np.where(KIND == 0, 1, allocation.labels).astype(np.int8)
    other = replace(allocation, labels=labels, strata=tuple("abc"[kind] for kind in KIND))
    assert found_in((protocol, caseload, other), AGE > 40).strata.p == pytest.approx(1 / 200)


def test_the_plan_says_what_is_looked_at():
    who = AGE > 40
    everything = found_in(made_up(replace(BLOCKED, balance=None)), who)
    assert {row.characteristic for row in everything.balance.rows} == {"kind", "age"}
    none = found_in(made_up(balance=(), sample_ratio=()), who)
    assert (none.balance.rows, none.balance.omnibus, none.ratios) == ((), None, ())
    answered = found_in(made_up(sample_ratio=("answered",)), who, {"baseline": []})
    assert [(ratio.counted, ratio.test.p) for ratio in answered.ratios] == [("answered", 1.0)]


def test_nobody_joined():
    found = found_in(made_up(), np.zeros(NUMBER, dtype=bool))
    assert found.joined_balance is None
    assert all(row.difference is None and row.joined is None for arm in found.joined for row in arm.rows)


def test_the_same_again_gives_the_same_and_a_receipt():
    plan = Rerandomised(method="rerandomised", covariates=("age",), bound=0.4, balance=("age",))
    made = made_up(plan)
    found = found_in(made, AGE > 40, {"baseline": []})
    assert found.as_dict() == found_in(made, AGE > 40, {"baseline": []}).as_dict()
    assert found.receipt.output == found.digest()
    assert set(found.receipt.inputs) == {"caseload", "joined", "answered: baseline"}


def test_what_was_not_drawn_is_refused():
    protocol, caseload, allocation = made_up()
    who = {"joined": ["x"], "answered": {"midline": [], "baseline": [caseload.households[0]]}}
    shorter = replace(caseload, kept_out=("young", *caseload.kept_out[1:]))
    with pytest.raises(DataFileError) as caught:
        integrity(protocol, shorter, allocation, seed=1, **who)
    codes = [issue.code for issue in caught.value.issues]
    assert codes == ["other-list", "not-drawn", "unknown-wave", "answered-without-joining"]
    assert caseload.households[0] not in str(caught.value)
    recorded = load_protocol(Path("studies/nsw-1975"))
    with pytest.raises(ProtocolError, match="nothing-to-draw"):
        integrity(recorded, caseload, allocation, joined=[], answered={}, seed=1)
