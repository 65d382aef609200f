"""Payments beside the benefit: the premium of art. 31.2.j, a work bonus, the buffer budget of art. 34b."""

from __future__ import annotations

from opmaat.core.money import cents_from_text
from opmaat.core.month import Month
from opmaat.params.load import legal_amount
from opmaat.protocol.arms import BonusRule


def premium_disregarded(
    premium_cents: int, month: Month, *, paid_this_year_cents: int, times_this_year: int
) -> int:
    """Return what of a premium for finding work is not counted as means: art. 31.2.j.

    At most twice a calendar year, together at most an amount. ``times_this_year`` is how often one was paid
    before. A person younger than 27 has none (art. 31.5), which the caller checks by
    :func:`may_have_premium`.

    Examples
    --------
    >>> premium_disregarded(200_000, Month(2026, 3), paid_this_year_cents=200_000, times_this_year=1)
    139800
    """
    if times_this_year >= 2:
        return 0
    free = legal_amount("premium_art31_2j_max_per_year", month) - paid_this_year_cents
    return max(0, min(premium_cents, free))


def may_have_premium(age_months: int, month: Month, *, wage_cost_subsidy: bool = False) -> bool:
    """Return whether the premium may be paid at this age: art. 31.5.

    >>> may_have_premium(26 * 12, Month(2018, 1))
    False
    """
    exempt = wage_cost_subsidy and month >= Month(2023, 1)
    return exempt or age_months >= legal_amount("premium_min_age_art31_2j", month) * 12


def work_bonus_cents(rule: BonusRule, *, condition_met: bool) -> int:
    """Return the bonus of an arm, whole when its condition is met; it is paid beside the benefit.

    How the bonus of Tilburg (2,400 euro a year for full-time work) was divided over a year was not found, so
    nothing is divided. Whether it counts as means is for the premium of art. 31.2.j.

    Examples
    --------
    >>> work_bonus_cents(BonusRule(amount="2400", condition="full_time"), condition_met=True)
    240000
    """
    return cents_from_text(rule.amount) if condition_met else 0


def buffer_budget_left(used_this_year_cents: int, month: Month) -> int:
    """Return what of the buffer budget can still be used in the calendar year: art. 34b, from 2027.

    >>> buffer_budget_left(40_000, Month(2027, 5))
    60000
    """
    return max(0, legal_amount("buffer_budget_34b_max", month) - used_this_year_cents)


def buffer_payment(norm_cents: int, available_cents: int, left_cents: int) -> int:
    """Return what the buffer budget adds in a month in which less than the norm is available: art. 34b.1.a.

    The municipality decides whether and how much; this is the most that fills the month up to the norm.

    >>> buffer_payment(141_946, 120_000, 60_000)
    21946
    """
    return max(0, min(norm_cents - available_cents, left_cents))
