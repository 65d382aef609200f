"""Earnings brought to the month in which they were earned: art. 32.2 Participatiewet.

Amounts are net monthly wages including holiday pay. The bands with which wages without holiday pay are
converted (art. 31.4 and the ministerial regulation) were not found in any source: such wages are refused, not
guessed. Attribution to the month of work: ECLI:NL:CRVB:2018:4205 and ECLI:NL:RBNHO:2023:3551; a pay-out of
holidays not taken belongs to the month of payment: ECLI:NL:CRVB:2014:2697.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from opmaat.benefits.columns import HIGHEST_PLAUSIBLE_CENTS
from opmaat.core.errors import DataFileError, Issue
from opmaat.core.money import Whole, divide_half_up, text_from_cents
from opmaat.core.month import Month

_SATURDAY = 5
_FOUR_WEEKS_DAYS = 28
Payment = Literal["wage", "holidays_not_taken"]
FourWeeklyMethod = Literal["working_days", "thirteen_twelfths"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """One payment by an employer.

    Parameters
    ----------
    amount_cents
        Net amount.
    first_day, last_day
        The days that were worked for it.
    paid_on
        The day on which it was paid.
    kind
        A wage, or the pay-out of holidays not taken at the end of a job.
    includes_holiday_pay
        Whether holiday pay is in the amount.
    employer
        Who paid, where a person has several employers.
    """

    amount_cents: int
    first_day: date
    last_day: date
    paid_on: date
    kind: Payment = "wage"
    includes_holiday_pay: bool = True
    employer: str = ""


def four_weekly_to_month(amount_cents: Whole) -> Whole:
    """Return the wage of a month for a wage per four weeks: times 13, divided by 12.

    One of two municipal methods (Haarlemmermeer); the other is :func:`by_working_days`.

    Examples
    --------
    >>> four_weekly_to_month(130_000)
    140833
    """
    return divide_half_up(amount_cents * 13, 12)


def weekly_to_month(amount_cents: Whole) -> Whole:
    """Return the wage of a month for a wage per week: times 52, divided by 12.

    By the same year as four-weekly pay (13 x 4 = 52 weeks); no source was found that prescribes it.

    >>> weekly_to_month(30_000)
    130000
    """
    return divide_half_up(amount_cents * 52, 12)


def by_working_days(pay: Pay) -> dict[Month, int]:
    """Divide a payment over the months in which it was earned, by working days (Monday to Friday).

    The parts add up to the payment: what is due up to a day is rounded half-up, and a month is a difference.
    Four weeks have twenty working days (Súdwest-Fryslân divides by twenty). Public holidays count as working
    days, an assumption. A pay-out of holidays not taken belongs wholly to the month of payment. Raises
    DataFileError when holiday pay is not in the amount, the amount is no whole number of cents, the days are
    reversed, or no working day lies in the period.

    Examples
    --------
    >>> four_weeks = Pay(amount_cents=130_000, first_day=date(2023, 1, 23), last_day=date(2023, 2, 19),
    ...                  paid_on=date(2023, 2, 24))
    >>> {str(month): cents for month, cents in by_working_days(four_weeks).items()}
    {'2023-01': 45500, '2023-02': 84500}
    """
    _check(pay)
    if pay.kind == "holidays_not_taken":
        return {Month.of(pay.paid_on): pay.amount_cents}
    months = [Month.of(day) for day in _working_days(pay)]
    parts: dict[Month, int] = {}
    until_before = 0
    for month in sorted(set(months)):
        worked = sum(one <= month for one in months)
        until = divide_half_up(pay.amount_cents * worked, len(months))
        parts[month] = until - until_before
        until_before = until
    return parts


def earnings_by_month(
    payments: Iterable[Pay], *, four_weekly: FourWeeklyMethod = "working_days"
) -> dict[Month, int]:
    """Add payments up per month in which they were earned, whenever they were paid.

    How a wage for four weeks is brought to months is for the municipality, see
    :attr:`opmaat.benefits.policy.Policy.four_weekly_pay`. With ``thirteen_twelfths`` it becomes the wage of
    the month in which the four weeks end; where two of one employer end in a month, half of their sum does,
    so that thirteen equal payments fill a year. Which month that is stands in no source: an assumption.

    Examples
    --------
    >>> late = Pay(amount_cents=40_000, first_day=date(2018, 1, 1), last_day=date(2018, 1, 31),
    ...            paid_on=date(2018, 4, 15))
    >>> {str(month): cents for month, cents in earnings_by_month([late]).items()}
    {'2018-01': 40000}
    """
    converted: dict[tuple[str, Month], list[Pay]] = {}
    total: dict[Month, int] = {}
    for pay in payments:
        if four_weekly == "thirteen_twelfths" and _is_for_four_weeks(pay):
            _check(pay)
            converted.setdefault((pay.employer, Month.of(pay.last_day)), []).append(pay)
            continue
        for month, cents in by_working_days(pay).items():
            total[month] = total.get(month, 0) + cents
    for (_, month), same in converted.items():
        total[month] = total.get(month, 0) + _thirteen_twelfths(same)
    return dict(sorted(total.items()))


def _is_for_four_weeks(pay: Pay) -> bool:
    """Tell whether a payment is a wage for exactly four weeks."""
    return pay.kind == "wage" and (pay.last_day - pay.first_day).days + 1 == _FOUR_WEEKS_DAYS


def _thirteen_twelfths(payments: Sequence[Pay]) -> int:
    """Return the wage of a month for the four-weekly wages of one employer that end in it."""
    periods = len({pay.last_day for pay in payments})
    return divide_half_up(sum(pay.amount_cents for pay in payments) * 13, 12 * periods)


def _check(pay: Pay) -> None:
    """Refuse a payment that cannot be attributed."""
    where = f"payment of {pay.paid_on}"
    issues = [Issue(code, where, problem, fix) for code, problem, fix in _faults(pay)]
    if issues:
        raise DataFileError(issues)


def _faults(pay: Pay) -> Iterator[tuple[str, str, str]]:
    """Yield the code, the problem and the fix of everything that is wrong with a payment."""
    if pay.kind not in get_args(Payment):
        kinds = "Use 'wage' or 'holidays_not_taken'."
        yield "unknown-payment", f"'{pay.kind}' is not a kind of payment.", kinds
    if not pay.includes_holiday_pay:
        problem = "The wage does not include holiday pay, and the bands of art. 31.4 are not known."
        yield "holiday-pay-bands", problem, "Give the net wage including holiday pay."
    if pay.last_day < pay.first_day:
        yield "days-reversed", "The last day of the work is before the first.", "Turn them round."
    elif pay.kind == "wage" and not _working_days(pay):
        problem = "No working day lies in the period of the payment."
        yield "no-working-day", problem, "Check the first and the last day."
    yield from _amount_faults(pay.amount_cents)


def _amount_faults(amount: object) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with the amount of a payment."""
    if isinstance(amount, bool) or not isinstance(amount, int):
        yield "not-whole-numbers", f"'{amount}' is not a whole number of cents.", "Write 13.50 euro as 1350."
    elif amount < 0:
        yield "negative-earnings", "A payment is below zero.", "Correct the payment it belongs to."
    elif amount > HIGHEST_PLAUSIBLE_CENTS:
        most = text_from_cents(HIGHEST_PLAUSIBLE_CENTS)
        yield "absurd-earnings", f"A payment is above {most} euro.", "Check the unit: whole eurocents."


def _working_days(pay: Pay) -> list[date]:
    """Return the days from Monday to Friday in the period of a payment."""
    period = (pay.first_day + timedelta(days=n) for n in range((pay.last_day - pay.first_day).days + 1))
    return [day for day in period if day.weekday() < _SATURDAY]
