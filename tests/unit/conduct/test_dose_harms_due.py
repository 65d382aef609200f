"""Dose, harms and due: figures added up by hand, and keys that stay the same."""

from datetime import date
from pathlib import Path

import pytest

from opmaat.conduct import kinds
from opmaat.conduct.dose import doses
from opmaat.conduct.due import due
from opmaat.conduct.fold import fold
from opmaat.conduct.harms import Harm, StopRule, harms, stops
from opmaat.core.month import Month
from opmaat.protocol.load import load_protocol

DAY = date(2018, 1, 9)


@pytest.fixture(scope="module")
def trial(root):
    return load_protocol(Path(root) / "tests/spec/conduct/trial")


def test_minutes_of_talks_help_and_missed_talks_cost_and_money_paid_to_others_is_added(take_part, happen):
    events = [
        *take_part("h1", "guidance"),
        happen(date(2017, 9, 1), kinds.InformationMeeting(60), "p1"),
        happen(DAY, kinds.ContactHeld(50, "office"), "p1"),
        happen(DAY, kinds.ContactMissed(20, "office"), "p1"),
        happen(DAY, kinds.DebtHelp(31, 10_000), "p1"),
        happen(DAY, kinds.ContactHeld(15, "phone"), "p1", actor="caseworker:aa01"),
        happen(date(2018, 2, 1), kinds.ContactHeld(15, "phone"), "p1"),
    ]
    january, february, other = doses(fold(events).checked(), cents_per_hour=6_001)
    assert (january.arm, january.worker, january.month) == ("guidance", "caseworker:3f09", Month(2018, 1))
    assert (january.contacts, january.missed, january.minutes) == (1, 1, 101)
    assert january.cost_cents == 10_000 + 10_102  # 101 minutes of 60.01 euro an hour are 101.0168 euro
    assert (february.month, february.minutes) == (Month(2018, 2), 15)
    assert (other.worker, other.contacts) == ("caseworker:aa01", 1)


def test_an_arm_is_looked_at_again_when_far_more_of_it_complains(take_part, happen):
    names = {f"{arm}{number}": arm for arm in ("control", "guidance") for number in range(10)}
    events = [event for name, arm in names.items() for event in take_part(name, arm)]
    for name in ("guidance0", "guidance1", "guidance1", "guidance2", "control0"):
        events.append(happen(DAY, kinds.Complained("treatment", serious=True), "p1", household=name))
    events.append(happen(date(2017, 9, 30), kinds.Complained("other"), "p1", household="guidance3"))
    counts = harms(fold(events), on=DAY)
    assert {count.harm for count in counts} == set(Harm)
    found = {(count.arm, count.harm): count for count in counts}
    guidance = found["guidance", Harm.SERIOUS_COMPLAINT]
    assert (guidance.events, guidance.households, guidance.started, guidance.share) == (4, 3, 10, 0.3)
    met = StopRule(harm=Harm.COMPLAINT, above_control_bp=2_000, households=3)
    too_few = StopRule(harm=Harm.COMPLAINT, above_control_bp=2_000, households=4)
    too_near = StopRule(harm=Harm.COMPLAINT, above_control_bp=2_001, households=3)
    stop = stops(counts, [met, too_few, too_near], control="control")
    assert [(one.rule, one.arm.arm, one.control.households) for one in stop] == [(met, "guidance", 1)]
    assert harms(fold(events), on=date(2017, 9, 30)) == ()


def test_the_same_thing_has_the_same_key_each_day_until_it_is_done(take_part, happen, trial):
    events = take_part("h1", "guidance")
    first = due(fold(events), trial, on=date(2018, 1, 8))
    again = due(fold(events[::-1]), trial, on=date(2018, 1, 20))
    assert [one.key for one in first] == [one.key for one in again] != []
    held = happen(date(2018, 1, 9), kinds.ContactHeld(30, "office"), "p1")
    assert due(fold([*events, held]), trial, on=date(2018, 1, 20)) == ()
    assert due(fold([*events, held]), trial, on=date(2018, 2, 1))[0].key != first[0].key


@pytest.mark.parametrize("arm", ["control", "exemption", "guidance", "disregard", "choice"])
def test_before_it_was_told_nothing_due_depends_on_the_arm(arm, take_part, trial):
    events = take_part("h1", arm)
    told = [event for event in events if not isinstance(event.payload, kinds.Disclosed | kinds.Started)]
    assert [one.what for one in due(fold(told), trial, on=DAY)] == ["arm_letter"]


def test_contacts_end_with_the_last_wave_and_a_decision_known_ahead_is_not_asked_again(
    take_part, happen, trial
):
    assert due(fold(take_part("h1", "guidance")), trial, on=date(2019, 10, 1)) == ()
    events = take_part("h1", "disregard", start=date(2018, 1, 1))
    granted = happen(date(2018, 1, 1), kinds.DisregardGranted(date(2019, 12, 31)))
    assert [one.what for one in due(fold(events), trial, on=date(2018, 1, 1))] == ["disregard_starts"]
    assert due(fold([*events, granted]), trial, on=date(2018, 1, 1)) == ()
