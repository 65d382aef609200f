"""Differences between shares in natural frequencies: so many more, or fewer, of 100 people.

Bounds are rounded outward, so that the words say no more than the interval. Gigerenzer and Hoffrage 1995,
https://doi.org/10.1037/0033-295X.102.4.684, on why readers grasp frequencies better than percentages.
"""

from __future__ import annotations

import math

from opmaat.evaluate.model import Interval
from opmaat.pages.numbers import number
from opmaat.pages.wording import Wording
from opmaat.report.findings import bounds, direction_of

_MOST_DECIMALS = 3


def frequency_range(interval: Interval, wording: Wording) -> str:
    """Return between which differences of 100 people an interval with two bounds lies.

    >>> from opmaat.report.view import report_wording
    >>> words = report_wording("en")
    >>> frequency_range(Interval(low=-0.0144, high=0.037, confidence=0.95), words)
    'between 2 fewer and 4 more of 100 people'
    >>> frequency_range(Interval(low=0.004, high=0.037, confidence=0.95), words)
    'between 0.4 and 3.7 more of 100 people'
    """
    low, high = (100 * end for end in bounds(interval))
    decimals = _decimals(interval)
    ends = [_outward(low, decimals, up=False), _outward(high, decimals, up=True)]
    near, far = (number(abs(end), decimals, wording.language) for end in sorted(ends, key=abs))
    if direction_of(interval) is not None:
        return wording.say("frequency.more" if low > 0 else "frequency.fewer", near=near, far=far)
    fewer, more = (number(abs(end), decimals, wording.language) for end in ends)
    return wording.say("frequency.across", fewer=fewer, more=more)


def frequency_point(difference: float, interval: Interval, wording: Wording) -> str:
    """Return a difference of shares as so many of 100 people, in the decimals of its interval.

    >>> from opmaat.report.view import report_wording
    >>> frequency_point(-0.05, Interval(low=-0.08, high=-0.02, confidence=0.95), report_wording("en"))
    '5 fewer of 100 people'
    """
    count = number(abs(100 * difference), _decimals(interval), wording.language)
    return wording.say("frequency.point_more" if difference > 0 else "frequency.point_fewer", count=count)


def _decimals(interval: Interval) -> int:
    """Return the fewest decimals with which a bound beside zero, rounded outward, is not zero itself."""
    near = min(abs(100 * end) for end in bounds(interval))
    if direction_of(interval) is None:
        return 0
    return next((d for d in range(_MOST_DECIMALS) if near >= 10.0**-d), _MOST_DECIMALS)


def _outward(value: float, decimals: int, *, up: bool) -> float:
    """Return a bound rounded away from the middle of its interval."""
    scaled = round(value * 10**decimals, 9)
    return float(math.ceil(scaled) if up else math.floor(scaled)) / 10.0**decimals
