"""Tests of integrity hold their size whatever the procedure, when joining and answering do not depend on it.

Who joins and who answers follows age, so that those compared are nothing like all who were drawn; the arms
are drawn again and again. The share of p-values up to 5% may exceed 5% by four Monte Carlo standard errors.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from opmaat.assign.draw import draw, redraw
from opmaat.caseload.model import Caseload, Totals
from opmaat.core.codes import Codes
from opmaat.core.receipt import Receipt
from opmaat.evaluate.integrity import integrity
from opmaat.protocol.assignment import Blocked, Clustered, Complete, Minimised, Rerandomised, Simple
from opmaat.protocol.load import load_protocol
from opmaat.protocol.model import Wave

NUMBER = 60
CHANCE = np.random.default_rng(5)
AGE = CHANCE.normal(40, 10, NUMBER)
NAMES = tuple(f"{number:040x}" for number in range(NUMBER))
JOINED = [name for name, chance in zip(NAMES, (AGE - 20) / 40, strict=True) if CHANCE.random() < chance]
ANSWERED = [name for name in JOINED if CHANCE.random() < 0.7]
CASELOAD = Caseload(
    study="a",
    round="",
    reference_date="2026-01-01",
    households=NAMES,
    persons=tuple((name,) for name in NAMES),
    kept_out=(None,) * NUMBER,
    characteristics={
        "kind": Codes(np.arange(NUMBER) % 3, ("a", "b", "c")),
        "team": Codes(np.arange(NUMBER) // 5, tuple(f"t{team:02d}" for team in range(12))),
        "age": AGE,
    },
    screened=(),
    totals=Totals(NUMBER, 0, 0, NUMBER, NUMBER, NUMBER, NUMBER),
    reference=(),
    receipt=Receipt(stage="caseload", inputs={}, output="", protocol="", version="0"),
)
BALANCE = ("kind", "age")
PLANS = [
    Simple(method="simple", balance=BALANCE),
    Complete(method="complete", balance=BALANCE),
    Blocked(method="blocked", strata=("kind",), balance=BALANCE),
    Blocked(method="blocked", strata=("kind",), block_sizes=(2, 4), balance=BALANCE),
    Clustered(method="clustered", by="team", balance=BALANCE),
    Minimised(method="minimised", factors=("kind",), balance=BALANCE),
    Rerandomised(method="rerandomised", covariates=("age",), bound=0.4, balance=BALANCE),
]


def p_values(plan, times, redraws):
    """Return the p-values of every test in many trials, shape (trials, tests)."""
    study = load_protocol(Path("tests/spec/errors/study"))
    protocol = replace(study, assignment=plan, waves=(Wave(name="endline", month=24),))
    first = draw(protocol, CASELOAD, bytes(32))
    found = []
    for seed, labels in enumerate(redraw(protocol, CASELOAD, seed=b"trials", count=times)):
        one = integrity(
            protocol,
            CASELOAD,
            replace(first, labels=labels),
            joined=JOINED,
            answered={"endline": ANSWERED},
            seed=seed,
            count=redraws,
        )
        tests = [one.strata, one.balance.omnibus, one.joined_balance.omnibus]
        found.append([test.p for test in [*tests, *(ratio.test for ratio in one.ratios)]])
    return np.array(found)


def require_size(p, level=0.05):
    """Every test rejects at most as often as its level, within Monte Carlo error."""
    error = np.sqrt(level * (1 - level) / len(p))
    assert (np.mean(p <= level, axis=0) <= level + 4 * error).all(), np.mean(p <= level, axis=0)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.method)
def test_size_in_few_trials(plan):
    require_size(p_values(plan, times=40, redraws=39))


@pytest.mark.slow
@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.method)
def test_size_in_many_trials(plan):
    p = p_values(plan, times=1000, redraws=199)
    require_size(p)
    assert (np.mean(p[:, 1:3] <= 0.05, axis=0) >= 0.05 - 4 * np.sqrt(0.05 * 0.95 / 1000)).all()
