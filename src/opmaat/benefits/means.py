"""Wealth and other income: arts. 31.2.m, 32.3, 33.5 and 34 Participatiewet.

Source: https://wetten.overheid.nl/BWBR0015703#Hoofdstuk3_Paragraaf3.4.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from opmaat.benefits.household import Flags, HouseholdKind, Ints, MonthRow
from opmaat.core.month import Month
from opmaat.params.load import legal_amount

PRESENT_WEALTH_FROM = Month(2026, 1)
Amount = TypeVar("Amount", int, NDArray[np.int64])


def _not_below_zero(amount: Amount) -> Amount:
    """Return the amount, or 0 where it is below."""
    return max(amount, 0) if isinstance(amount, int) else np.maximum(amount, 0)


def wealth_limit(row: MonthRow) -> Ints:
    """Return the wealth limit of each household: art. 34.3.

    >>> from opmaat.benefits.household import household_months
    >>> wealth_limit(household_months(Month(2026, 3), months=1, households=1, children=True).row(0)).tolist()
    [1600000]
    """
    family = row.children | (row.kind != HouseholdKind.SINGLE)
    single = legal_amount("means_test_art34_3_single", row.month)
    several = legal_amount("means_test_art34_3_family", row.month)
    return np.where(family, several, single)


def wealth_within_limit(row: MonthRow) -> Flags:
    """Return whether there is no wealth that counts: art. 19.1.b with art. 34.

    Wealth at the limit does not count. The limit is looked up only when some household has wealth.
    """
    if not row.wealth_cents.any():
        return np.ones(row.wealth_cents.shape, dtype=bool)
    within: Flags = row.wealth_cents <= wealth_limit(row)
    return within


def tested_wealth(month: Month, *, present: Amount, at_start: Amount, received_since: Amount) -> Amount:
    """Return the wealth that is held against the limit in a month: art. 34.2.b and 34.4.

    Until 2025: the wealth at the start of the benefit and what was received since (34.4 lowers the limit by
    what was disregarded at the start, which is the same). From 2026: the wealth that is present. Savings from
    the benefit itself never count (34.2.c) and are left out by the caller.

    Examples
    --------
    >>> tested_wealth(Month(2025, 12), present=900_000, at_start=500_000, received_since=0)
    500000
    >>> tested_wealth(Month(2026, 1), present=900_000, at_start=500_000, received_since=0)
    900000
    """
    return present if month >= PRESENT_WEALTH_FROM else at_start + received_since


def home_equity_counted(equity: Amount, month: Month) -> Amount:
    """Return the equity in the own home that counts as wealth: art. 34.2.d.

    >>> home_equity_counted(7_000_000, Month(2026, 3))
    250000
    """
    return _not_below_zero(equity - legal_amount("means_test_art34_2d_home_equity", month))


def private_pension_counted(pension_cents: Amount, month: Month, *, couple: bool) -> Amount:
    """Return the private pension that counts as income at pension age: art. 33.5.

    >>> private_pension_counted(10_000, Month(2026, 3), couple=False)
    7350
    """
    name = "pension_disregard_art33_5_couple" if couple else "pension_disregard_art33_5_single"
    return _not_below_zero(pension_cents - legal_amount(name, month))


def gifts_counted(this_year_cents: Amount, before_cents: Amount, month: Month) -> Amount:
    """Return what of this month's gifts counts, given the gifts earlier in the calendar year: art. 31.2.m.

    From 2026 a fixed amount a year; before, the municipality judged and no amount applies, which raises
    MissingValueError.

    Examples
    --------
    >>> gifts_counted(50_000, 100_000, Month(2026, 9))
    30000
    """
    free = legal_amount("gift_disregard_31_2m", month)
    counted_before = _not_below_zero(before_cents - free)
    return _not_below_zero(before_cents + this_year_cents - free) - counted_before


def counted_partner_income(partner_cents: Amount, norm_cents: Amount, couple_norm_cents: Amount) -> Amount:
    """Return what counts of the income of a partner without a right to benefit: art. 32.3.

    It counts as far as the income of the two, with the benefit that would be given without it, exceeds the
    couple norm. As long as there is a right, own income and benefit together are the own norm.

    Examples
    --------
    >>> counted_partner_income(100_000, 70_866, 141_732)
    29134
    """
    return _not_below_zero(norm_cents + partner_cents - couple_norm_cents)
