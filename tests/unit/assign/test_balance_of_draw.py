"""Balance of a draw, judged by drawing again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from opmaat.assign.balance import balance
from opmaat.assign.draw import draw, drawing, redraw
from opmaat.caseload.model import Caseload, Totals
from opmaat.core.codes import Codes
from opmaat.core.errors import DataFileError, ProtocolError
from opmaat.core.receipt import Receipt
from opmaat.protocol.assignment import Blocked, Clustered, Complete, Minimised, Rerandomised, Simple
from opmaat.protocol.load import load_protocol

STUDY = Path("tests/spec/errors/study")
AGE = np.random.default_rng(1).normal(40, 10, 60)
PLANS = [
    Simple(method="simple"),
    Complete(method="complete"),
    Blocked(method="blocked", strata=("kind",)),
    Blocked(method="blocked", strata=("kind", "team"), block_sizes=(4, 6)),
    Clustered(method="clustered", by="team"),
    Minimised(method="minimised", factors=("kind", "team")),
    Rerandomised(method="rerandomised", covariates=("age", "kind"), bound=0.3),
]


def made_up(plan, kept_out=()):
    names = tuple(f"{number:040x}" for number in range(60))
    reasons = tuple("young" if at in kept_out else None for at in range(60))
    caseload = Caseload(
        study="a",
        round="",
        reference_date="2026-01-01",
        households=names,
        persons=tuple((name,) for name in names),
        kept_out=reasons,
        characteristics={
            "kind": Codes(np.arange(60) % 3, ("a", "b", "c")),
            "team": Codes(np.arange(60) // 6, tuple(f"t{team}" for team in range(10))),
            "age": AGE,
        },
        screened=(),
        totals=Totals(60, 0, 0, 60, 60, 60, 60),
        reference=(),
        receipt=Receipt(stage="caseload", inputs={}, output="", protocol="", version="0"),
    )
    return replace(load_protocol(STUDY), assignment=plan), caseload


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.method)
def test_omnibus_test_holds_its_size_for_every_procedure(plan):
    protocol, caseload = made_up(plan)
    again = redraw(protocol, caseload, seed=b"draws", count=100)
    other = redraw(protocol, caseload, seed=b"test", count=99)
    found = [
        balance(caseload, labels, names=("kind", "age"), redraws=other, arms=2).omnibus.p for labels in again
    ]
    assert np.mean(np.array(found) <= 0.1) <= 0.1 + 4 * np.sqrt(0.09 / 100)


def test_omnibus_test_sees_a_draw_that_follows_age():
    protocol, caseload = made_up(Complete(method="complete"))
    labels = (np.median(AGE) < AGE).astype(np.int8)
    other = redraw(protocol, caseload, seed=b"test", count=99)
    found = balance(caseload, labels, names=("kind", "age"), redraws=other, arms=2)
    assert found.omnibus.p == 0.01
    assert max(found.rows, key=lambda row: row.largest_difference).characteristic == "age"


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.method)
def test_only_the_eligible_are_drawn_each_once(plan):
    protocol, caseload = made_up(plan, kept_out={3, 17, 40})
    allocation = draw(protocol, caseload, bytes(32))
    assert allocation.households == tuple(caseload.households[at] for at in caseload.eligible)
    assert sum(allocation.totals().values()) == 57
    assert allocation.chances.values.sum(axis=1) == pytest.approx(1)
    assert {row.arm for row in allocation} == {"control", "guidance"}
    assert "guidance" not in repr(allocation)


def test_a_cluster_in_two_strata_is_refused():
    protocol, caseload = made_up(Clustered(method="clustered", by="team", strata=("kind",)))
    with pytest.raises(DataFileError, match="cluster-in-two-strata"):
        drawing(protocol, caseload)


def test_nobody_and_nothing_to_draw_are_refused():
    protocol, caseload = made_up(Complete(method="complete"), kept_out=set(range(60)))
    with pytest.raises(DataFileError, match="nobody-eligible"):
        draw(protocol, caseload, bytes(32))
    recorded = load_protocol(Path("studies/nsw-1975"))
    with pytest.raises(ProtocolError, match="nothing-to-draw"):
        draw(recorded, made_up(Complete(method="complete"))[1], bytes(32))


def test_printing_tells_nobodys_arm():
    protocol, caseload = made_up(Complete(method="complete"))
    allocation = draw(protocol, caseload, bytes(32))
    told = f"{allocation!r} {next(iter(allocation))!r} {allocation}"
    assert "guidance'," not in told.replace("{'control': 0.5, 'guidance': 0.5}", "")
    assert "arm=" not in told


DRAWN = [
    "101001000110100001110110",
    "110011110101001001110000",
    "101010010101110101000010",
    "101010010001011011111100",
    "111111000000111111000000",
    "101010101000110011110001",
    "111010100011111001011100",
]


@pytest.mark.parametrize(("plan", "drawn"), list(zip(PLANS, DRAWN, strict=True)))
def test_a_seed_gives_the_same_draw_in_every_version(plan, drawn):
    """Who changes these must raise PROCEDURE_VERSION: a draw of the past would no longer verify."""
    protocol, caseload = made_up(plan)
    labels = draw(protocol, caseload, bytes(32)).labels
    assert "".join(map(str, labels[:24])) == drawn
