"""A draw repeated until it is balanced: an unreachable bound is found at the promise, not on the day."""

import pytest

PLAN = "{{method: rerandomised, covariates: [age, duration], bound: {bound}, timing: before_invitation}}"
NAMED = {"source": "dice", "due": "2017-11-01", "date": "2017-09-02"}


def test_an_unreachable_bound_is_refused_before_anything_is_promised(make_study, make_register):
    study = make_study(PLAN.format(bound=0.01))
    study.succeed("caseload", register=make_register(60))
    assert study.refused("draw --commit", **NAMED) == (13, ["bound-too-tight"])
    assert not (study.home / "draw").exists()
    assert not (study.home / "private" / "draw.key").exists()


def test_chances_that_are_estimated_are_told_with_their_error(make_study, make_register):
    study = make_study(PLAN.format(bound=0.9))
    study.hold(make_register(60))
    told = study.succeed(f"disclose-arm {next(iter(study.arms()))}", by="me", date="2017-09-12")
    assert sum(told["probability"].values()) == pytest.approx(1)
    for arm, chance in told["probability"].items():
        assert told["std_error"][arm] == pytest.approx((chance * (1 - chance) / 4000) ** 0.5)
    assert told["probability"]["zebra_control"] == pytest.approx(0.4, abs=0.15)
