"""What holds of made-up lives whatever the seed, the arms and the effects."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opmaat.protocol.load import load_protocol
from opmaat.rehearse.effects import ArmEffects, Effects
from opmaat.rehearse.lives.behaviour import live
from opmaat.rehearse.lives.setting import setting, times_odds
from opmaat.rehearse.many.replicate import study_of
from opmaat.rehearse.people.chance import Chance
from opmaat.rehearse.people.people import draw_people

HOME = Path(__file__).parents[2] / "unit/rehearse/before"
EFFECTS = st.builds(
    ArmEffects,
    finding=st.floats(0.2, 5),
    losing=st.floats(0.2, 5),
    part_time=st.floats(0.2, 5),
    hours=st.floats(0.5, 2),
    at_cap=st.floats(0, 1),
    withdrawing=st.floats(0.2, 5),
)


@cache
def study():
    return study_of(load_protocol(HOME), folder=HOME)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**63), effects=EFFECTS, households=st.integers(5, 120))
def test_lives_hang_together(seed, effects, households):
    made = setting(study().protocol, effects=Effects(version=1, arms={"disregard": effects}))
    people = draw_people(households, made.reference_date, Chance(seed))
    lives = live(people, made, np.full(households, made.arms.index("disregard")), Chance(seed))
    assert lives.on_benefit[:, 0].all()
    ends = lives.on_benefit[:, :-1] & ~lives.on_benefit[:, 1:]
    np.testing.assert_array_equal(lives.exit_code[:, :-1] > 0, ends)
    assert ((lives.wage_cents > 0) == (lives.hours > 0)).all()
    assert not (lives.permanent & (lives.wage_cents == 0)).any()
    assert (lives.part.took_up <= lives.part.joined).all()
    assert not lives.answered[~lives.part.joined[people.household]].any()
    income = np.zeros((households, lives.months))
    np.add.at(income, people.household, made.numbers.work.net_of_gross * lives.wage_cents)
    on = np.zeros_like(income, dtype=bool)
    np.logical_or.at(on, people.household, lives.on_benefit)
    assert (income[on] < lives.norm_cents[on] + 1).all()


@given(share=st.floats(0, 1), ratio=st.floats(0.01, 100))
def test_odds_of_a_share_are_multiplied(share, ratio):
    found = times_odds(share, ratio)
    assert 0 <= found <= 1
    assert found * (1 - share) == pytest.approx(ratio * share * (1 - found), abs=1e-9)
