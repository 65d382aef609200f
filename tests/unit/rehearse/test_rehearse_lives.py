"""Lives: what an arm changes and what it does not, and what can never be."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from opmaat.core.errors import ProtocolError
from opmaat.protocol.load import load_protocol
from opmaat.protocol.planning import Assumed
from opmaat.rehearse.effects import ArmEffects, Effects, read_effects
from opmaat.rehearse.lives.answers import item_answers, scores
from opmaat.rehearse.lives.behaviour import live
from opmaat.rehearse.lives.benefit import settlements
from opmaat.rehearse.lives.lives import NEVER
from opmaat.rehearse.lives.months import person_months
from opmaat.rehearse.lives.setting import setting
from opmaat.rehearse.many.replicate import replicate, study_of
from opmaat.rehearse.people.chance import Chance
from opmaat.rehearse.people.people import draw_people

HERE = Path(__file__).parent
REGISTERED = ("on_benefit", "exit_code", "wage_cents", "hours", "permanent", "self_employed")


def all_in(study, arm, *, effects=None, households=1500, seed=4):
    made = study.setting if effects is None else setting(study.protocol, effects=effects)
    people = draw_people(households, made.reference_date, Chance(seed))
    place = np.full(households, made.arms.index(arm), dtype=np.int64)
    return live(people, made, place, Chance(seed))


def test_without_effects_registers_are_the_same_under_every_arm(before):
    control, exemption = all_in(before, "control"), all_in(before, "exemption")
    for name in REGISTERED:
        np.testing.assert_array_equal(getattr(control, name), getattr(exemption, name))
    assert not np.array_equal(control.part.joined, exemption.part.joined)


def test_an_effect_changes_only_who_took_it_up_and_only_from_the_start(before):
    effects = Effects(version=1, arms={"guidance": ArmEffects(finding=4.0)})
    nothing, helped = all_in(before, "guidance"), all_in(before, "guidance", effects=effects)
    changed = np.any(nothing.wage_cents != helped.wage_cents, axis=1)
    assert changed.any()
    assert not changed[~helped.part.took_up[helped.people.household]].any()
    first = int(helped.start[0])
    np.testing.assert_array_equal(nothing.wage_cents[:, :first], helped.wage_cents[:, :first])
    assert helped.on_benefit.sum() < nothing.on_benefit.sum()


@pytest.mark.parametrize(
    ("behaviour", "more"),
    [
        ({"losing": 0.2}, lambda lives: (lives.hours > 100).sum()),
        ({"part_time": 4.0}, lambda lives: ((lives.wage_cents > 0) & lives.on_benefit).sum()),
        ({"hours": 1.6}, lambda lives: lives.hours[lives.on_benefit].sum()),
        ({"permanent": 5.0}, lambda lives: lives.permanent.sum()),
        ({"withdrawing": 8.0}, lambda lives: (lives.withdrew >= 0).sum()),
        ({"joining": 3.0}, lambda lives: lives.part.joined.sum()),
        ({"answering": 3.0}, lambda lives: lives.answered.sum()),
    ],
)
def test_every_behaviour_has_its_effect(before, behaviour, more):
    effects = Effects(version=1, arms={"guidance": ArmEffects(**behaviour)})
    assert more(all_in(before, "guidance", effects=effects)) > more(all_in(before, "guidance"))


def test_earnings_bunch_at_the_cap_of_the_arm(before):
    """The cap of 199 euros at 50% is used up by 398 euros net; net is 0.9 of gross."""
    effects = Effects(version=1, arms={"disregard": ArmEffects(at_cap=0.9)})
    at_cap = round(39_800 / 0.9)
    usual = all_in(before, "disregard", households=6000)
    bunched = all_in(before, "disregard", effects=effects, households=6000)
    assert (bunched.wage_cents == at_cap).sum() > 50
    assert (usual.wage_cents == at_cap).sum() < 5


def test_health_pulls_people_into_different_arms(before):
    """Without this a rehearsal would show nothing of what goes wrong when only joiners are compared."""
    health = {
        arm: lives.people.health[: lives.people.households][lives.part.joined].mean()
        for arm in ("control", "exemption", "disregard")
        for lives in [all_in(before, arm, households=4000)]
    }
    assert health["exemption"] < health["control"] - 0.1
    assert health["disregard"] > health["control"] + 0.1


def test_answers_that_are_typed_in_are_small_whole_numbers_and_follow_health(before):
    lives, chance = all_in(before, "control", households=6000), Chance(4)
    everybody = np.ones(lives.people.count, dtype=np.bool_)
    persons = tuple(map(str, range(lives.people.count)))
    found = {
        name: scores(lives, name, 0, chance, persons=persons, who=everybody).values
        for name in ("debts", "job_interviews", "participation_hours")
    }
    means = {name: float(np.nanmean(values)) for name, values in found.items()}
    assert means == pytest.approx({"debts": 2.0, "job_interviews": 0.6, "participation_hours": 5.0}, rel=0.15)
    assert [np.nanmedian(found[name]) for name in ("debts", "job_interviews")] == [1.0, 0.0]
    debts = np.nan_to_num(found["debts"])
    np.testing.assert_array_equal(debts, np.rint(debts))
    assert 10 < debts.max() < 40
    assert debts[lives.people.health < -1].mean() > 1.5 * debts[lives.people.health > 1].mean()


def test_a_shift_of_a_scale_moves_ratings_and_typed_numbers(before):
    shifts = {"debts": -0.5, "social_trust": 0.5}
    effects = Effects(version=1, arms={"guidance": ArmEffects(scores=shifts)})
    usual, shifted = all_in(before, "guidance"), all_in(before, "guidance", effects=effects)
    wave, chance, rows = len(usual.setting.protocol.waves) - 1, Chance(4), np.arange(usual.people.count)
    for name, shift in shifts.items():
        for item, answers in item_answers(usual, name, wave, chance, rows=rows).items():
            moved = item_answers(shifted, name, wave, chance, rows=rows)[item] - answers
            assert np.sign(np.nanmean(moved)) == np.sign(shift)
            assert (moved[~np.isnan(moved)] * shift >= 0).all()
            assert not np.nan_to_num(moved)[~usual.part.took_up[usual.people.household]].any()


def test_what_can_never_be(before):
    lives = all_in(before, "choice", households=3000)
    column = np.arange(lives.months)
    for since in (lives.died, lives.pension, lives.moved[lives.people.household]):
        after = (since != NEVER)[:, None] & (column >= since[:, None])
        assert not (lives.on_benefit & after).any()
    dead = (lives.died != NEVER)[:, None] & (column >= lives.died[:, None])
    assert not (lives.wage_cents[dead] > 0).any()
    ends = lives.on_benefit[:, :-1] & ~lives.on_benefit[:, 1:]
    np.testing.assert_array_equal(lives.exit_code[:, :-1] > 0, ends)
    income = np.zeros((lives.people.households, lives.months))
    np.add.at(income, lives.people.household, 0.9 * lives.wage_cents)
    on = person_months(lives).on_benefit[: lives.people.households]
    assert (income[on] < lives.norm_cents[on]).all()
    assert (lives.part.option[lives.part.joined] >= 0).all()
    assert set(np.unique(lives.part.option)) == {-1, 1, 2, 3}


def test_whoever_is_on_benefit_is_entitled_and_paid(before):
    lives = all_in(before, "disregard")
    found = settlements(lives)
    on = np.stack([lives.people.any_adult(lives.on_benefit[:, month]) for month in range(lives.months)])
    assert found.entitled[on].all()
    assert (found.paid_cents[on] > 0).all()
    assert not found.paid_cents[~on].any()


def test_rounds_start_at_their_own_day(after):
    made = after.setting
    assert made.rounds == ("first", "second")
    assert [str(made.first_month + int(start)) for start in made.start] == ["2017-11", "2018-03"]
    panel = replicate(after, 400, Chance(2))
    assert set(panel.stratum.names[0].split()[-1:]) <= {"first", "second"}
    assert panel.joined.all()


def test_planning_takes_the_place_of_our_own_shares(before):
    planning = replace(before.protocol.planning, takes_up={"guidance": Assumed(value=0.2)})
    made = setting(replace(before.protocol, planning=planning))
    assert made.takes_up[made.arms.index("guidance")] == pytest.approx(0.2)
    assert made.takes_up[made.arms.index("control")] == 0


def test_a_draw_of_elsewhere_cannot_be_rehearsed():
    protocol = load_protocol(HERE.parents[2] / "studies/nsw-1975")
    with pytest.raises(ProtocolError) as caught:
        study_of(protocol, folder=HERE)
    assert [issue.code for issue in caught.value.issues] == ["nothing-to-rehearse"] * 3


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("{version: 1, arms: {guidance: {finding: 1.2}}}", ["no-assumption"]),
        ("{version: 1, assumption: {nl: a, en: b}, arms: {control: {hours: 2}}}", ["effect-of-control"]),
        ("{version: 1, assumption: {nl: a, en: b}, arms: {guidence: {hours: 2}}}", ["unknown-arm"]),
        (
            "{version: 1, assumption: {nl: a, en: b}, arms: {guidance: {scores: {luck: 1}}}}",
            ["unknown-scale"],
        ),
        ("{version: 1, assumption: {nl: a, en: b}, arms: {guidance: {finding: 0}}}", ["wrong-value"]),
        ("{version: 1, assumption: {nl: a, en: b}, arms: {guidance: {findings: 1}}}", ["unknown-key"]),
        ("{version: 1, assumption: {nl: a}, arms: {guidance: {hours: 2}}}", ["missing-key"]),
        (
            "version: 1\narms:\n  guidance: {hours: many, scores: {luck: 9}}\n  control: {at_cap: 2}\n"
            "  guidence: {losing: 0}",
            [
                "no-assumption",
                "wrong-value",
                "wrong-value",
                "wrong-value",
                "effect-of-control",
                "wrong-value",
                "unknown-arm",
            ],
        ),
    ],
)
def test_a_file_of_effects_is_told_what_is_wrong(tmp_path, before, text, codes):
    file = tmp_path / "effects.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProtocolError) as caught:
        read_effects(file, before.protocol)
    assert [issue.code for issue in caught.value.issues] == codes
