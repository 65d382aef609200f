"""What is taken off a benefit: reductions of arts. 18 and 18b, and set-off of art. 58.4 Participatiewet.

Source: https://wetten.overheid.nl/BWBR0015703#Artikel18. In a settlement the reduction comes before the
set-off; the Act does not give the order.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from opmaat.core.money import Whole, divide_half_up
from opmaat.core.month import Month
from opmaat.params.load import legal_amount

ReductionBase = Literal["norm", "benefit"]


def reduction(norm_cents: Whole, benefit_cents: Whole, rate_bp: Whole, *, base: ReductionBase) -> Whole:
    """Return the reduction of a month: a share of the norm or of the benefit, never more than the benefit.

    Which of the two is the base is for the municipal ordinance.

    Examples
    --------
    >>> reduction(109_171, 109_171, 500, base="norm"), reduction(109_171, 3_000, 500, base="norm")
    (5459, 3000)
    """
    amount = divide_half_up((norm_cents if base == "norm" else benefit_cents) * rate_bp, 10_000)
    if isinstance(amount, int):
        return min(amount, benefit_cents)
    return np.minimum(amount, benefit_cents)


def spread_of_uniform_reduction(months: int, *, first_share_bp: int = 10_000) -> tuple[int, ...]:
    """Return the rates, in basis points, of a reduction for a uniform duty: art. 18.5.

    One to three months of 100%. A single month may be spread over the month of imposition and the next two,
    with at least a third in the first; the rest is divided over the two in equal parts.

    Examples
    --------
    >>> spread_of_uniform_reduction(2), spread_of_uniform_reduction(1, first_share_bp=3334)
    ((10000, 10000), (3334, 3333, 3333))
    """
    if not 1 <= months <= 3:
        raise ValueError("a reduction of art. 18.5 lasts one to three months")
    if first_share_bp == 10_000:
        return (10_000,) * months
    if months != 1 or 3 * first_share_bp < 10_000:
        raise ValueError("only a single month is spread, with at least a third in the first")
    rest = 10_000 - first_share_bp
    half = divide_half_up(rest, 2)
    return first_share_bp, half, rest - half


def language_reduction_bp(month_number: int, month: Month) -> int:
    """Return the rate of the reduction for the language requirement in its n-th month: art. 18b.9 to 18b.11.

    >>> [language_reduction_bp(number, Month(2018, 1)) for number in (6, 7, 13)]
    [2000, 4000, 10000]
    """
    step = (
        "months_1_to_6" if month_number <= 6 else "months_7_to_12" if month_number <= 12 else "from_month_13"
    )
    return legal_amount(f"language_reduction_art18b_{step}", month)


def may_set_off(means_month: Month, benefit_month: Month) -> bool:
    """Return whether means of a month may be set off against the benefit of a later one: art. 58.4.

    They were received in the six months before; older ones need a decision to recover.

    Examples
    --------
    >>> may_set_off(Month(2018, 1), Month(2018, 7)), may_set_off(Month(2018, 1), Month(2018, 8))
    (True, False)
    """
    window = legal_amount("setoff_window_art58_4", benefit_month)
    return 0 < benefit_month - means_month <= window


def set_off(claim_cents: Whole, payable_cents: Whole) -> Whole:
    """Return what of a claim is set off: not more than what is payable after the reduction.

    The part of a benefit that may not be seized is not kept apart: no source was read for it.

    >>> set_off(50_000, 30_000)
    30000
    """
    if isinstance(claim_cents, int):
        return min(claim_cents, payable_cents)
    return np.minimum(claim_cents, payable_cents)
