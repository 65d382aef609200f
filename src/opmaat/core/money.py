"""Money in whole eurocents, rates in basis points, and rounding that has a name.

A rate is an integer number of basis points (25% is 2500). Every function takes Python integers or arrays of
int64 alike and never passes through floating point, so that a cent is a cent.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

BASIS_POINTS = 10_000
_EUROS = re.compile(r"[+-]?\d+(\.\d{1,2})?")

Whole = TypeVar("Whole", int, NDArray[np.int64])


def divide_half_up(numerator: Whole, denominator: int) -> Whole:
    """Return numerator / denominator rounded half away from zero, as published amounts are.

    Raises ValueError unless the denominator is positive. The numerator must stay below 2**62.

    Examples
    --------
    >>> divide_half_up(5, 2), divide_half_up(-5, 2), divide_half_up(4, 3)
    (3, -3, 1)
    """
    if denominator <= 0:
        raise ValueError("the denominator is a positive whole number")
    half = denominator // 2
    if isinstance(numerator, int):
        size = (abs(numerator) + half) // denominator
        return size if numerator >= 0 else -size
    if numerator.size and numerator.min() >= 0:
        return (numerator + half) // denominator
    rounded: Whole = np.sign(numerator) * ((abs(numerator) + half) // denominator)
    return rounded


def share_half_up(amount_cents: Whole, rate_bp: int) -> Whole:
    """Return a rate of an amount, rounded half-up to the cent.

    Examples
    --------
    >>> share_half_up(40_001, 2500)  # 25% of 400.01 euro is 100.0025
    10000
    >>> share_half_up(np.array([99_212, 0]), 500)
    array([4961,    0])
    """
    return divide_half_up(amount_cents * rate_bp, BASIS_POINTS)


def cents_from_text(text: str) -> int:
    """Read an amount in euros, written with a point and at most two decimals. Raises ValueError.

    >>> cents_from_text("986.52"), cents_from_text("-12.5"), cents_from_text("202")
    (98652, -1250, 20200)
    """
    if _EUROS.fullmatch(text.strip()) is None:
        raise ValueError(f"'{text}' is not an amount in euros such as 986.52")
    return int(Decimal(text) * 100)


def text_from_cents(amount_cents: int) -> str:
    """Write an amount in euros with a point and two decimals.

    >>> text_from_cents(98652), text_from_cents(-5)
    ('986.52', '-0.05')
    """
    euros, cents = divmod(abs(amount_cents), 100)
    return f"{'-' if amount_cents < 0 else ''}{euros}.{cents:02d}"
