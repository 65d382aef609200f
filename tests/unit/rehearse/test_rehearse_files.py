"""A rehearsal on files: what is read back is what was lived, whatever came late, wrong or twice."""

import json
from collections import Counter
from datetime import timedelta

import numpy as np
import pytest

from opmaat.conduct.flow import flows
from opmaat.conduct.kinds import BenefitPaid, ContactHeld, ContactMissed, EarningsReported
from opmaat.core.errors import UsageError
from opmaat.core.month import Month
from opmaat.panel.deliveries import load_deliveries, standing
from opmaat.panel.read_trial import read_trial
from opmaat.protocol.freeze import read_frozen
from opmaat.rehearse.effects import NO_EFFECTS
from opmaat.rehearse.lives.months import person_months
from opmaat.rehearse.play.play import MARK, made_whole, play
from opmaat.rehearse.play.wages import four_weekly

EXACT = ("on_benefit", "exit_code", "benefit_cents", "norm_cents", "self_employed")
PAID = ("wage_cents", "hours", "permanent")


@pytest.fixture(scope="module", params=["before", "after"])
def played(request, tmp_path_factory, pytestconfig):
    home = pytestconfig.rootpath / "tests/unit/rehearse" / request.param
    told = []
    out = tmp_path_factory.mktemp(request.param) / "rehearsal"
    found = play(home, out, effects=NO_EFFECTS, households=260, seed=3, progress=told.append)
    assert [line.split(":")[0] for line in told] == ["people", "draw", "lives", "deliveries"]
    return found


@pytest.fixture(scope="module")
def trial(played):
    return read_trial(read_frozen(played.folder), played.folder)


def places(played, trial):
    place = {name: at for at, name in enumerate(played.names.persons)}
    return np.array([place[name] for name in trial.drawn.persons])


def test_registers_read_back_are_the_lives(played, trial):
    lives, rows = played.lives, places(played, trial)
    months = person_months(lives)
    assert trial.months.first_month == months.first_month
    for name in EXACT:
        np.testing.assert_array_equal(getattr(trial.months, name), getattr(months, name)[rows], err_msg=name)
    by_month = ~four_weekly(lives)[rows]
    for name in PAID:
        found, lived = getattr(trial.months, name)[by_month], getattr(months, name)[rows][by_month]
        np.testing.assert_allclose(found, lived, atol=1e-6, err_msg=name)


def test_wages_per_four_weeks_keep_their_sum(played, trial):
    """But for the days of a period that has not ended when the registers end."""
    rows = places(played, trial)
    paid = four_weekly(played.lives)[rows]
    found, lived = trial.months.wage_cents[paid].sum(axis=1), played.lives.wage_cents[rows][paid].sum(axis=1)
    last = played.lives.wage_cents[rows][paid, -1]
    assert (np.abs(lived - last / 2 - found) <= last / 2 + 0.01 * lived + 1).all()


def test_who_was_drawn_joined_and_answered(played, trial):
    lives, rows = played.lives, places(played, trial)
    household = lives.people.household[rows]
    np.testing.assert_array_equal(trial.enrolment.arm.codes, lives.arm[household])
    np.testing.assert_array_equal(trial.enrolment.joined, lives.part.joined[household])
    first = lives.first_month.index
    np.testing.assert_array_equal(trial.enrolment.start_month, lives.start[household] + first)
    for place, wave in enumerate(lives.setting.protocol.waves):
        answered = {
            name for name, row in zip(trial.drawn.persons, rows, strict=True) if lives.answered[row, place]
        }
        given = next(item for item in trial.scores if item.wave == wave.name)
        assert set(given.persons) == answered


def test_nothing_contradicts_and_everything_has_its_day(played, trial):
    assert trial.journal.issues == ()
    arms = played.lives.setting.arms
    drawn = dict(zip(played.names.households, played.lives.arm.tolist(), strict=True))
    by_name = {name: arms[arm] for name, arm in drawn.items() if arm >= 0}
    found = flows(trial.journal, by_name, on=played.ends_on)
    joined = played.lives.part.joined
    assert sum(flow.started for flow in found) == joined.sum()
    for flow in found:
        left = sum(flow.exited.values()) + flow.withdrew + flow.removed + flow.moved_away
        assert flow.started == left + flow.remaining


def test_earnings_reported_settle_to_the_benefit_that_was_paid(played, trial):
    """What the journal knows of earnings, and what was then paid, is what the registers have."""
    lives, place = played.lives, {name: at for at, name in enumerate(played.names.persons)}
    net = np.rint(lives.setting.numbers.work.net_of_gross * lives.wage_cents)
    paid = person_months(lives).benefit_cents
    reported = payments = 0
    for history in trial.journal:
        for event, payload in history.of(EarningsReported):
            column = Month.of(event.valid_from) - lives.first_month
            assert payload.net_cents == net[place[event.person], column]
            reported += 1
        for event, payload in history.of(BenefitPaid):
            household = played.names.households.index(history.household)
            assert payload.paid_cents == paid[household, Month.of(event.valid_from) - lives.first_month]
            payments += 1
    assert reported >= payments > 10


def test_the_draw_is_the_one_that_is_lived_and_is_opened_on_the_last_day(played, trial):
    """The arms of the lives are worked out beside the ceremony, whose files tell the same."""
    assert played.ends_on == max(item.delivered_on for item in load_deliveries(played.folder).deliveries)
    opened = [json.loads(file.read_text()) for file in (played.folder / "draw").glob("opened*.json")]
    assert {item["opened_on"] for item in opened} == {played.ends_on.isoformat()}
    lived = Counter(played.lives.setting.arms[arm] for arm in played.lives.arm.tolist() if arm >= 0)
    assert sum((Counter(item["totals"]) for item in opened), Counter()) == lived


def test_a_wrong_delivery_is_corrected_later(played, trial):
    """Until the correction came some of the people were missing in that month, and in no other."""
    listed = load_deliveries(played.folder).deliveries
    corrected = [item for item in listed if item.name.startswith("bus") and item.name.endswith("corrected")]
    assert corrected
    stand = {item.name for item in standing(listed)}
    assert all(item.name.removesuffix("-corrected") not in stand for item in corrected)
    before = corrected[0].delivered_on - timedelta(days=1)
    early = read_trial(read_frozen(played.folder), played.folder, known_at=before)
    width = early.months.on_benefit.shape[1]
    differ = (early.months.on_benefit != trial.months.on_benefit[:, :width]).any(axis=0)
    wrong = corrected[0].of_month - trial.months.first_month
    known = early.months.benefit_known
    assert np.flatnonzero(differ & known).tolist() == [wrong]


def test_the_same_seed_gives_the_same_files(played, tmp_path, pytestconfig):
    again = play(
        pytestconfig.rootpath
        / "tests/unit/rehearse"
        / played.lives.setting.protocol.id.removeprefix("made-up-"),
        tmp_path / "again",
        effects=NO_EFFECTS,
        households=260,
        seed=3,
    )
    for item in again.deliveries:
        file = f"deliveries/{item.file}"
        assert (again.folder / file).read_bytes() == (played.folder / file).read_bytes(), file


def test_only_a_rehearsal_is_written_over(tmp_path, before, pytestconfig):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "kept.txt").write_text("mine", encoding="utf-8")
    home = pytestconfig.rootpath / "tests/unit/rehearse/before"
    with pytest.raises(UsageError) as caught:
        play(home, folder, effects=NO_EFFECTS, households=50, seed=1)
    assert [issue.code for issue in caught.value.issues] == ["not-a-rehearsal"]
    assert (folder / "kept.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_rehearsal_that_breaks_off_leaves_the_earlier_one(tmp_path, error):
    out = tmp_path / "rehearsal"

    def make(text, error=None):
        with made_whole(out) as draft:
            draft.mkdir()
            (draft / MARK).write_text(text)
            if error is not None:
                raise error

    make("first")
    with pytest.raises((KeyboardInterrupt, UsageError)):
        make("second", error)
    assert [file.name for file in tmp_path.iterdir()] == ["rehearsal"]
    assert (out / MARK).read_text() == "first"


def test_a_rehearsal_up_to_a_month_knows_nothing_of_later(tmp_path, pytestconfig):
    home = pytestconfig.rootpath / "tests/unit/rehearse/before"
    early = play(home, tmp_path / "early", effects=NO_EFFECTS, households=60, seed=3, to_month=6)
    assert (early.folder / MARK).exists()
    months = [item.of_month for item in early.deliveries if item.month]
    assert str(max(months)) == "2018-04"
    assert not any(item.wave == "endline" for item in early.deliveries)
    assert not (early.folder / "draw/opened.json").exists()


def test_a_caseworker_has_as_many_talks_a_month_as_the_arm_plans(tmp_path, pytestconfig):
    home, study = pytestconfig.rootpath / "tests/unit/rehearse/before", tmp_path / "study"
    study.mkdir()
    for file in home.iterdir():
        text = file.read_text(encoding="utf-8").replace("contacts_per_month: 1", "contacts_per_month: 2.5")
        (study / file.name).write_text(text, encoding="utf-8")
    made = play(study, tmp_path / "made", effects=NO_EFFECTS, households=400, seed=3, to_month=3)
    trial = read_trial(read_frozen(made.folder), made.folder)
    talks = Counter(
        (event.household, Month.of(event.valid_from))
        for history in trial.journal
        for event in history.events
        if isinstance(event.payload, ContactHeld | ContactMissed)
    )
    assert set(talks.values()) == {1, 2, 3}
