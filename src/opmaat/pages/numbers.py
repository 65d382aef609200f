"""Numbers as readers of Dutch and of English write them."""

from __future__ import annotations

import math

from opmaat.core.texts import Language

MINUS = "\u2212"
_MOST_DECIMALS = 8
_SMALLEST, _LARGEST = 1e-7, 1e12
_POWER_DECIMALS = 5
_RAISED = str.maketrans("-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
_DUTCH = str.maketrans(",.", ".,")


def number(value: float, decimals: int, language: Language) -> str:
    """Return a finite number with a fixed number of decimals and grouped thousands.

    The minus sign is U+2212, and nothing that rounds to zero gets one. What would need more than eight
    decimals or thirteen digits is written with a power of ten. Raises ValueError when not finite.

    Examples
    --------
    >>> number(1794.343, 2, "nl"), number(1794.343, 2, "en")
    ('1.794,34', '1,794.34')
    >>> number(-0.004, 2, "en")
    '0.00'
    >>> number(-2.5e-11, 12, "en"), number(3.5e15, 0, "nl")
    ('\u22122.5 × 10⁻¹¹', '3,50000 × 10¹⁵')
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be written as a number")
    needs_power = decimals > _MOST_DECIMALS and 10.0**-decimals <= abs(value) < _SMALLEST
    if needs_power or abs(value) >= _LARGEST:
        return _with_power(value, decimals, language)
    text = f"{abs(value):,.{min(decimals, _MOST_DECIMALS)}f}"
    sign = MINUS if value < 0 and any(digit in "123456789" for digit in text) else ""
    return sign + (text.translate(_DUTCH) if language == "nl" else text)


def _with_power(value: float, decimals: int, language: Language) -> str:
    """Return a number as a few digits times a power of ten."""
    digits = decimals + math.floor(math.log10(abs(value)))
    text, exponent = f"{abs(value):.{max(0, min(digits, _POWER_DECIMALS))}e}".split("e")
    sign = MINUS if value < 0 else ""
    told = text.translate(_DUTCH) if language == "nl" else text
    return f"{sign}{told} × 10{str(int(exponent)).translate(_RAISED)}"


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

    >>> confidence(0.95, "nl"), confidence(0.995, "nl"), confidence(0.9975, "en")
    ('95%', '99,5%', '99.75%')
    """
    decimals = f"{100 * level:.6f}".rstrip("0").partition(".")[2]
    return percentage(level, language, len(decimals))


def decimals_for(size: float, digits: int) -> int:
    """Return the decimals that show a size in at least so many significant digits.

    >>> decimals_for(632.85, 2), decimals_for(0.0359, 2), decimals_for(0.0359, 3), decimals_for(0.0, 2)
    (0, 3, 4, 2)
    """
    if not math.isfinite(size) or size <= 0:
        return digits
    return max(0, digits - 1 - math.floor(math.log10(size)))


def chance(share: float, language: Language) -> str:
    """Return a chance in whole percents, never rounded to certainty or to nothing.

    >>> chance(0.456, "en"), chance(0.9999, "en"), chance(0.0001, "nl")
    ('46%', '> 99%', '< 1%')
    """
    if 0.995 <= share < 1:
        return "> 99%"
    return "< 1%" if 0 < share < 0.005 else percentage(share, language, 0)


def euros(cents: int, language: Language) -> str:
    r"""Return an amount of cents in euros.

    >>> euros(119_112, "nl"), euros(-50, "en")
    ('€\xa01.191,12', '€\xa0−0.50')
    """
    return f"€\u00a0{number(cents / 100, 2, language)}"


def whole_euros(amount: float, language: Language) -> str:
    r"""Return an amount of euros without cents.

    >>> whole_euros(1500, "nl")
    '€\xa01.500'
    """
    return f"€\u00a0{number(amount, 0, language)}"
