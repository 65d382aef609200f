"""Numbers as readers of Dutch and of English write them."""

from __future__ import annotations

import math

from opmaat.core.texts import Language

MINUS = "\u2212"
_MOST_DECIMALS = 8
_DUTCH = str.maketrans(",.", ".,")


def number(value: float, decimals: int, language: Language) -> str:
    """Return a finite number with a fixed number of decimals and grouped thousands.

    The minus sign is U+2212, and nothing that rounds to zero gets one. Raises ValueError when not finite.

    Examples
    --------
    >>> number(1794.343, 2, "nl"), number(1794.343, 2, "en")
    ('1.794,34', '1,794.34')
    >>> number(-0.004, 2, "en")
    '0.00'
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be written as a number")
    text = f"{abs(value):,.{decimals}f}"
    sign = MINUS if value < 0 and any(digit in "123456789" for digit in text) else ""
    return sign + (text.translate(_DUTCH) if language == "nl" else text)


def probability(p: float, language: Language) -> str:
    """Return a p-value in three decimals; below 0.001 it says only that.

    >>> probability(0.01249, "nl"), probability(1e-9, "en")
    ('0,012', '< 0.001')
    """
    return f"< {number(0.001, 3, language)}" if p < 0.001 else number(p, 3, language)


def percentage(share: float, language: Language, decimals: int = 1) -> str:
    """Return a share as a percentage, without a space as both languages do.

    >>> percentage(0.125, "nl"), percentage(0.95, "en", 0)
    ('12,5%', '95%')
    """
    return number(100 * share, decimals, language) + "%"


def confidence(level: float, language: Language) -> str:
    """Return a confidence level with no more decimals than it needs.

    >>> confidence(0.95, "nl"), confidence(0.995, "nl")
    ('95%', '99,5%')
    """
    return percentage(level, language, 0 if math.isclose(100 * level, round(100 * level)) else 1)


def decimals_for(size: float, digits: int) -> int:
    """Return the decimals that show a size in at least so many significant digits.

    >>> decimals_for(632.85, 2), decimals_for(0.0359, 2), decimals_for(0.0359, 3), decimals_for(0.0, 2)
    (0, 3, 4, 2)
    """
    if not math.isfinite(size) or size <= 0:
        return digits
    return min(_MOST_DECIMALS, max(0, digits - 1 - math.floor(math.log10(size))))
