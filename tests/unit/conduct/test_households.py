"""From events to months: the right days, cents and rules in the right places."""

from datetime import date

import numpy as np
import pytest

from opmaat.benefits.duties import Duty, Person, Reviews, may_enforce
from opmaat.benefits.household import household_months
from opmaat.conduct import kinds
from opmaat.conduct.fold import fold
from opmaat.conduct.households import lifted_duties, monthly_columns, reviews_of
from opmaat.core.errors import DataFileError
from opmaat.core.month import Month

JANUARY = Month(2018, 1)


def columns(events, adults=("p1", "p2"), **given):
    return monthly_columns(fold(events).checked(), {"h1": adults}, first_month=JANUARY, months=6, **given)


def test_earnings_of_several_sources_add_up_per_adult_and_month(happen):
    events = [
        happen(date(2018, 1, 1), kinds.EarningsReported(30_000), "p1"),
        happen(date(2018, 1, 20), kinds.EarningsReported(5_000), "p1"),
        happen(date(2018, 3, 1), kinds.EarningsReported(7), "p2"),
        happen(date(2017, 12, 1), kinds.EarningsReported(99), "p1"),
    ]
    earnings = columns(events)["earnings_cents"][:, :, 0]
    assert earnings.tolist() == [[35_000, 0, 0, 0, 0, 0], [0, 0, 7, 0, 0, 0]]


def test_the_right_follows_exit_and_re_entry_to_the_day(happen):
    events = [
        happen(date(2018, 2, 11), kinds.Exited("11")),
        happen(date(2018, 4, 3), kinds.ReEntered()),
        happen(date(2018, 5, 15), kinds.Exited("11")),
        happen(date(2018, 5, 15), kinds.ReEntered()),
        happen(date(2018, 6, 1), kinds.Exited("11")),
    ]
    found = columns(events)
    assert found["first_day"][:, 0].tolist() == [1, 1, 0, 3, 1, 0]
    assert found["last_day"][:, 0].tolist() == [31, 10, 0, 30, 31, 0]


def test_a_gap_within_a_month_is_told_and_so_are_earnings_of_a_stranger(happen):
    events = [
        happen(date(2018, 2, 11), kinds.Exited("11")),
        happen(date(2018, 2, 20), kinds.ReEntered()),
        happen(date(2018, 3, 1), kinds.EarningsReported(1), "p9"),
    ]
    with pytest.raises(DataFileError) as caught:
        columns(events)
    assert {issue.code for issue in caught.value.issues} == {"gap-within-a-month", "adult-of-no-household"}


def test_reductions_add_up_to_the_whole_at_most_and_last_their_months(happen):
    events = [
        happen(date(2018, 2, 1), kinds.Sanctioned("work", 500, 2), "p1"),
        happen(date(2018, 3, 1), kinds.Sanctioned("uniform", 10_000, 1), "p2"),
        happen(date(2017, 12, 1), kinds.Sanctioned("work", 300, 2), "p1"),
    ]
    assert columns(events)["reduction_bp"][:, 0].tolist() == [300, 500, 10_000, 0, 0, 0]


def test_the_disregard_holds_from_its_decision_to_its_end(take_part, happen):
    events = [
        *take_part("h1", "disregard"),
        happen(date(2018, 2, 1), kinds.DisregardGranted(date(2020, 1, 31))),
        happen(date(2018, 5, 1), kinds.DisregardEnded()),
    ]
    assert columns(events, trial_of={"disregard": 2})["trial"][:, 0].tolist() == [0, 2, 2, 2, 0, 0]
    assert not columns(events)["trial"].any()


def test_the_columns_are_those_that_the_settlement_takes(happen):
    found = columns([happen(date(2018, 1, 1), kinds.EarningsReported(30_000), "p1")])
    facts = household_months(JANUARY, months=6, households=1, kind=1, **found)
    assert facts.earnings_cents[0, 0, 0] == 30_000
    assert np.array_equal(facts.last_day[:, 0], [month.days for month in facts.months])


def test_a_duty_that_is_restored_can_be_enforced_from_that_day(take_part, happen):
    events = [
        *take_part("h1", "exemption"),
        happen(date(2018, 1, 1), kinds.DutyExempted("work", "trial", date(2019, 12, 31)), "p1"),
        happen(date(2018, 7, 2), kinds.DutyRestored("work"), "p1"),
        happen(date(2018, 9, 1), kinds.DutyExempted("work", "fully_unfit", date(2018, 12, 31)), "p1"),
    ]
    lifted = lifted_duties(fold(events).histories["h1"], "p1")
    someone = Person(born=date(1980, 5, 1))
    days = [date(2018, 7, 1), date(2018, 7, 2), date(2018, 9, 1), date(2019, 1, 1)]
    verdicts = [may_enforce(Duty.WORK, someone, lifted, on=day).verdict for day in days]
    assert verdicts == ["no", "yes", "no", "yes"]


def test_reviews_are_those_after_the_last_notice(take_part, happen):
    events = [
        *take_part("h1", "exemption"),
        happen(date(2018, 4, 3), kinds.Reviewed(False), "p1"),
        happen(date(2018, 4, 9), kinds.NoticeGiven(), "p1"),
        happen(date(2018, 10, 9), kinds.Reviewed(True), "p1"),
    ]
    history = fold(events).histories["h1"]
    assert reviews_of(history, "p1", on=date(2018, 4, 8)) == Reviews()
    assert reviews_of(history, "p1", on=date(2018, 10, 8)) == Reviews(notice_on=date(2018, 4, 9))
    assert reviews_of(history, "p1", on=date(2018, 10, 9)).improved is True
