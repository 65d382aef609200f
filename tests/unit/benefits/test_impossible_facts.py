"""Facts that cannot be are refused, all at once, with the place and the way to mend them."""

import numpy as np
import pytest

from opmaat.benefits.counters import Counters, check_counters_rise, restarted
from opmaat.benefits.disregard import TrialDisregard
from opmaat.benefits.household import age_months, household_kind, household_months
from opmaat.benefits.settle import Rules, settle
from opmaat.core.errors import DataFileError
from opmaat.core.month import Month
from opmaat.params.model import MissingValueError

MARCH = Month(2018, 3)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"earnings_cents": -1}, "negative-earnings"),
        ({"earnings_cents": 10_000_001}, "absurd-earnings"),
        ({"other_income_cents": -5}, "negative-income"),
        ({"kind": 7}, "unknown-household-kind"),
        ({"age_months": 17 * 12}, "adult-under-18"),
        ({"age_months": 300, "youngest_child_months": 301}, "child-older-than-parent"),
        ({"first_day": 30, "last_day": 32}, "days-outside-month"),
        ({"first_day": 9, "last_day": 3}, "days-outside-month"),
        ({"reduction_bp": 10_001}, "reduction-above-100-percent"),
        ({"set_off_claim_cents": -1}, "negative-claim"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_is_refused(columns, code):
    with pytest.raises(DataFileError) as caught:
        household_months(MARCH, months=1, households=2, **columns)
    issues = caught.value.issues
    assert [issue.code for issue in issues] == [code, code]
    assert issues[1].where == "household 1, 2018-03"
    assert caught.value.exit_code == 11


def test_everything_that_is_wrong_is_told_at_once():
    with pytest.raises(DataFileError) as caught:
        household_months(MARCH, months=2, households=1, kind=9, earnings_cents=-1, reduction_bp=-1)
    assert {issue.code for issue in caught.value.issues} == {
        "unknown-household-kind",
        "negative-earnings",
        "reduction-above-100-percent",
    }


def test_an_unknown_kind_gets_the_nearest_name():
    with pytest.raises(DataFileError, match="couple"):
        household_kind("cuple", "households.csv:3")


def test_floating_point_money_is_refused():
    with pytest.raises(TypeError, match="whole numbers"):
        household_months(MARCH, months=1, households=1, earnings_cents=400.5)


def test_a_misspelt_column_is_refused():
    with pytest.raises(TypeError, match="earning_cents"):
        household_months(MARCH, months=1, households=1, earning_cents=400)


@pytest.mark.parametrize("month", [Month(2014, 12), Month(2027, 1)], ids=str)
def test_a_month_without_norms_is_refused_with_exit_code_10(month):
    with pytest.raises(MissingValueError, match="known") as caught:
        settle(household_months(month, months=1, households=1))
    assert caught.value.exit_code == 10


def test_the_uniform_disregard_of_a_real_month_of_2027_raises_the_gap_of_the_norms():
    with pytest.raises(MissingValueError, match="2026-12"):
        settle(household_months(Month(2026, 12), months=2, households=1, earnings_cents=40_000))


def test_an_amount_that_nobody_needs_is_no_gap():
    """The caps of the decree lapsed in 2021: only who is in such an arm needs them."""
    facts = {"months": 1, "households": 1, "earnings_cents": 40_000}
    uniform = Rules(uniform_from=Month(2026, 7))
    settle(household_months(Month(2026, 8), **facts), rules=uniform)
    with pytest.raises(MissingValueError, match="exp_disregard_cap"):
        settle(
            household_months(Month(2022, 1), trial=1, **facts), rules=Rules(trials=(TrialDisregard(5000),))
        )


def test_a_month_counter_that_goes_down_is_refused():
    earlier, later = Counters.start(3, n=4), Counters.start(3, n=4)
    later.n[1, 2] = 3
    with pytest.raises(DataFileError, match="go from 4 to 3") as caught:
        check_counters_rise(earlier, later, where="counters.csv")
    assert caught.value.issues[0].where == "counters.csv, household 2, adult 1"


def test_counters_begin_anew_only_where_the_break_was_long_enough():
    counters = Counters.start(2, n=6, months_without=np.array([5, 6]))
    assert restarted(counters, 6).n.tolist() == [[6, 0], [6, 0]]


def test_without_a_municipal_rule_a_break_does_not_restart_the_months():
    facts = household_months(
        Month(2018, 1),
        months=14,
        households=1,
        earnings_cents=np.full((14, 1), 40_000),
        first_day=np.array([[0 if 6 <= row < 13 else 1] for row in range(14)]),
        last_day=np.array([[0 if 6 <= row < 13 else (Month(2018, 1) + row).days] for row in range(14)]),
    )
    result = settle(facts, rules=Rules())
    assert result.disregarded_cents[0, :, 0].tolist() == [10_000] * 6 + [0] * 8


def test_age_on_the_first_of_the_month_for_who_is_born_on_29_february():
    born = Month(2000, 2).index
    assert age_months(born, 29, Month(2018, 2)) == 18 * 12 - 1
    assert age_months(born, 29, Month(2018, 3)) == 18 * 12
