"""Planted effects come back: coverage and size of primary questions, and what misleading analyses cost.

Each check allows three Monte Carlo errors. The seeds are fixed, so that it says the same every time.
"""

from dataclasses import replace

import pytest

from opmaat.protocol.load import load_protocol
from opmaat.rehearse.effects import ArmEffects, Effects, read_effects
from opmaat.rehearse.lives.setting import setting
from opmaat.rehearse.many.diagnose import diagnose
from opmaat.rehearse.many.replicate import households_for, study_of

STUDIES = (
    "groningen-2017",
    "wageningen-2017",
    "utrecht-2018",
    "nijmegen-2017",
    "deventer-2017",
    "tilburg-2017",
)


def allowed(nominal, replications):
    return 3 * (nominal * (1 - nominal) / replications) ** 0.5


def holds(found):
    """Check coverage, size and bias of the planned analyses."""
    for one in found:
        if one.sort == "planned":
            done = one.replications - one.failed
            assert abs(one.coverage.value - 0.95) <= allowed(0.95, done), one
            assert abs(one.size.value - 0.05) <= allowed(0.05, done), one
            assert abs(one.bias) <= 3 * one.bias_error, one


@pytest.fixture(scope="module")
def planted(pytestconfig):
    """An effect on finding work in a trial that is drawn before the invitation; many join."""
    home = pytestconfig.rootpath / "tests/unit/rehearse/before"
    study = study_of(load_protocol(home), folder=home)
    effects = Effects(version=1, arms={"guidance": ArmEffects(finding=3.0)})
    study = replace(study, setting=setting(study.protocol, effects=effects))
    return diagnose(study, 600, replications=100, seed=2, workers=1)


def test_planted_effects_come_back(planted):
    holds(planted)
    guidance = next(one for one in planted if one.sort == "planned" and one.contrast[0] == "guidance")
    assert guidance.truth.value > 0.005
    assert guidance.truth.std_error < 0.11 * guidance.std_error


def test_comparing_only_who_answered_misleads(planted):
    """Those who answer are healthier, more so in arms that healthy people join, and more of them work."""
    beside = [one for one in planted if one.sort == "who answered"]
    assert max(abs(one.bias) / one.bias_error for one in beside) > 3


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_planted_effects_come_back_in_every_study(name, pytestconfig, tmp_path):
    home = pytestconfig.rootpath / "studies" / name
    protocol = load_protocol(home)
    study = study_of(protocol, folder=home, effects=read_effects(home, protocol))
    holds(diagnose(study, households_for(study), replications=2000, seed=11, kept=tmp_path / "kept.jsonl"))
