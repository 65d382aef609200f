"""Spread what was paid over a period, such as four weeks, over the months in which its days lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of periods: ``period`` is the place of each part's period, ``month`` its month, as index.

    ``days`` is the number of days of the period in the month. Parts stand in the order of periods and months.
    """

    period: Whole
    month: Whole
    days: Whole


def parts_of(first_day: NDArray[np.datetime64], last_day: NDArray[np.datetime64]) -> Parts:
    """Return the months over which periods lie, the last day included.

    >>> day = lambda text: np.array([text], dtype="datetime64[D]")
    >>> parts = parts_of(day("2018-01-29"), day("2018-02-25"))
    >>> parts.month.tolist(), parts.days.tolist()
    ([24216, 24217], [3, 25])
    """
    first, last = _month_index(first_day), _month_index(last_day)
    counts = last - first + 1
    period = np.repeat(np.arange(len(counts)), counts)
    month = first[period] + np.arange(len(period)) - np.repeat(np.cumsum(counts) - counts, counts)
    begin = np.maximum(first_day[period], _first_of(month))
    end = np.minimum(last_day[period], _first_of(month + 1) - np.timedelta64(1, "D"))
    return Parts(period, month, (end - begin).astype(np.int64) + 1)


def spread(amounts: Whole, parts: Parts) -> Whole:
    """Return each part's share of the amount of its period by days, in whole units that add up to the amount.

    What division leaves goes, unit by unit, to the parts with the largest remainders, of equal ones to the
    earlier month.

    >>> day = lambda text: np.array([text], dtype="datetime64[D]")
    >>> spread(np.array([100]), parts_of(day("2018-01-29"), day("2018-02-25"))).tolist()
    [11, 89]
    """
    length = np.bincount(parts.period, weights=parts.days, minlength=len(amounts)).astype(np.int64)
    scaled = np.abs(amounts)[parts.period] * parts.days
    shares, remainders = np.divmod(scaled, length[parts.period])
    left = np.abs(amounts) - _sums(shares, parts.period, len(amounts))
    order = np.lexsort((parts.month, -remainders, parts.period))
    starts = np.searchsorted(parts.period, parts.period)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    shares = shares + (rank - starts < left[parts.period])
    return np.asarray(shares * np.sign(amounts)[parts.period], dtype=np.int64)


def _sums(values: Whole, period: Whole, periods: int) -> Whole:
    """Return the sum of each period's values, without passing through floating point."""
    total = np.zeros(periods, dtype=np.int64)
    np.add.at(total, period, values)
    return total


def _month_index(days: NDArray[np.datetime64]) -> Whole:
    """Return the index of the month of each day."""
    months: Whole = days.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return months


def _first_of(month: Whole) -> NDArray[np.datetime64]:
    """Return the first day of months given as index."""
    return (month - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
