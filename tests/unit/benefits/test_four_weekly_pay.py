"""A wage for four weeks is brought to months as the municipality does it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from opmaat.benefits.earnings import Pay, earnings_by_month
from opmaat.core.errors import DataFileError
from opmaat.core.month import Month

FIRST = date(2018, 1, 1)


def year_of_pay(amount_cents=120_000, *, employer="", shift=0):
    """Thirteen wages for four weeks, from the first of January on, or some days later."""
    starts = [FIRST + timedelta(days=28 * number + shift) for number in range(13)]
    return [
        Pay(
            amount_cents=amount_cents,
            first_day=start,
            last_day=start + timedelta(days=27),
            paid_on=start + timedelta(days=30),
            employer=employer,
        )
        for start in starts
    ]


def test_thirteen_equal_wages_are_twelve_equal_months():
    months = earnings_by_month(year_of_pay(), four_weekly="thirteen_twelfths")
    assert months == {Month(2018, 1) + number: 130_000 for number in range(12)}
    assert sum(months.values()) == 13 * 120_000


def test_employers_are_converted_apart():
    both = [*year_of_pay(employer="a"), *year_of_pay(60_000, employer="b", shift=3)]
    months = earnings_by_month(both, four_weekly="thirteen_twelfths")
    assert months[Month(2018, 5)] == 130_000 + 65_000


def test_by_working_days_the_same_wages_follow_the_calendar():
    months = earnings_by_month(year_of_pay())
    assert sum(months.values()) == 13 * 120_000
    assert months[Month(2018, 1)] == 138_000
    assert months[Month(2018, 2)] == 120_000


def test_a_wage_for_another_period_goes_by_working_days_in_either_way():
    wage = Pay(amount_cents=1, first_day=FIRST, last_day=date(2018, 1, 31), paid_on=date(2018, 2, 5))
    assert earnings_by_month([wage], four_weekly="thirteen_twelfths") == {Month(2018, 1): 1}


def test_four_weekly_wages_are_checked_as_well():
    pay = year_of_pay(-1)[0]
    with pytest.raises(DataFileError, match="below zero"):
        earnings_by_month([pay], four_weekly="thirteen_twelfths")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"amount_cents": 1300.5}, "not-whole-numbers"),
        ({"amount_cents": float("nan")}, "not-whole-numbers"),
        ({"amount_cents": True}, "not-whole-numbers"),
        ({"amount_cents": "1300"}, "not-whole-numbers"),
        ({"amount_cents": 10_000_001}, "absurd-earnings"),
        ({"first_day": date(2018, 1, 28), "last_day": date(2018, 1, 1)}, "days-reversed"),
        ({"first_day": date(2018, 1, 6), "last_day": date(2018, 1, 7)}, "no-working-day"),
        ({"includes_holiday_pay": False}, "holiday-pay-bands"),
        ({"kind": "bonus"}, "unknown-payment"),
    ],
    ids=str,
)
def test_a_payment_that_cannot_be_is_refused(changed, code):
    with pytest.raises(DataFileError) as caught:
        earnings_by_month([replace(year_of_pay()[0], **changed)])
    assert [issue.code for issue in caught.value.issues] == [code]
    assert caught.value.exit_code == 11
