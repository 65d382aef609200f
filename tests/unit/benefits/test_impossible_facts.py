"""Facts that cannot be are refused, all at once, with the place and the way to mend them."""

import numpy as np
import pytest

from opmaat.benefits.counters import Counters, check_counters_rise, restarted
from opmaat.benefits.disregard import TrialDisregard
from opmaat.benefits.household import age_months, household_kind, household_months
from opmaat.benefits.settle import Rules, settle
from opmaat.core.errors import DataFileError, ProtocolError
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
        ({"set_off_claim_cents": 10_000_001}, "absurd-claim"),
        ({"other_income_cents": 10_000_001}, "absurd-income"),
        ({"norm_cents": -2}, "negative-norm"),
        ({"norm_cents": 10_000_001}, "absurd-norm"),
        ({"wealth_cents": 10**12}, "absurd-wealth"),
        ({"age_months": 40 * 365}, "absurd-age"),
        ({"cost_sharers": -1}, "absurd-cost-sharers"),
        ({"cost_sharers": 10**9}, "absurd-cost-sharers"),
        ({"kind": 256}, "unknown-household-kind"),
        ({"trial": 256}, "unknown-trial"),
        ({"trial": -1}, "unknown-trial"),
        ({"first_day": 0}, "days-outside-month"),
        ({"age_months": 480, "youngest_child_months": 216}, "child-of-age"),
        ({"children": False, "youngest_child_months": 5}, "child-without-children"),
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


@pytest.mark.parametrize(
    "columns",
    [
        {"earnings_cents": 400.5},
        {"earnings_cents": float("nan")},
        {"earnings_cents": True},
        {"earnings_cents": "40000"},
        {"earnings_cents": None},
        {"earnings_cents": 10**30},
        {"kind": "single"},
        {"last_day": 15.0},
        {"reduction_bp": 0.05},
        {"trial": True},
    ],
    ids=str,
)
def test_what_is_no_whole_number_is_refused_and_never_converted(columns):
    with pytest.raises(DataFileError) as caught:
        household_months(MARCH, months=1, households=1, **columns)
    assert [issue.code for issue in caught.value.issues] == ["not-whole-numbers"]
    assert caught.value.issues[0].where in columns


@pytest.mark.parametrize("value", ["no", 2, 0, float("nan"), None], ids=str)
def test_a_flag_is_true_or_false(value):
    with pytest.raises(DataFileError) as caught:
        household_months(MARCH, months=1, households=1, contributes=value)
    assert [issue.code for issue in caught.value.issues] == ["not-true-or-false"]


def test_a_misspelt_column_gets_the_nearest_name():
    with pytest.raises(DataFileError, match="Did you mean 'earnings_cents'"):
        household_months(MARCH, months=1, households=1, earning_cents=400)


def test_a_column_of_another_length_is_refused():
    with pytest.raises(DataFileError, match="does not spread"):
        household_months(MARCH, months=2, households=4, earnings_cents=[1, 2, 3])


@pytest.mark.parametrize("size", [{"months": 0}, {"months": 1.0}, {"households": -1}, {"months": True}])
def test_there_are_no_half_and_no_negative_numbers_of_months(size):
    with pytest.raises(DataFileError) as caught:
        household_months(MARCH, **{"months": 1, "households": 1, **size})
    assert caught.value.issues[0].code == "wrong-size"


def test_who_has_a_youngest_child_has_children():
    facts = household_months(MARCH, months=1, households=2, youngest_child_months=[60, -1])
    assert facts.children.tolist() == [[True, False]]


def test_facts_and_rules_that_do_not_fit_are_refused_before_anything_is_settled():
    facts = household_months(MARCH, months=1, households=2, trial=2)
    with pytest.raises(DataFileError) as caught:
        settle(facts, rules=Rules(trials=(TrialDisregard(5000),)), counters=Counters.start(3))
    assert [issue.code for issue in caught.value.issues] == ["unknown-trial", "not-the-same-households"]


@pytest.mark.parametrize(
    ("used", "code"),
    [
        ({"n": -1}, "absurd-counter"),
        ({"n": 40_000}, "absurd-counter"),
        ({"n": 2.5}, "not-whole-numbers"),
        ({"n": True}, "not-whole-numbers"),
        ({"n": [1, 2]}, "wrong-shape"),
        ({"N": 2}, "unknown-counter"),
    ],
    ids=str,
)
def test_a_month_counter_that_cannot_be_is_refused(used, code):
    with pytest.raises(DataFileError) as caught:
        Counters.start(3, **used)
    assert [issue.code for issue in caught.value.issues] == [code]


@pytest.mark.parametrize(
    "disregard",
    [(-1,), (10_001,), (True,), (50.0,), (5000, -1), (5000, 199.5), (5000, 19_900, None)],
    ids=str,
)
def test_a_disregard_of_a_trial_that_cannot_be_is_refused(disregard):
    with pytest.raises(ProtocolError) as caught:
        TrialDisregard(*disregard)
    assert [issue.code for issue in caught.value.issues] == ["not-a-disregard"]
    assert caught.value.exit_code == 10


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
