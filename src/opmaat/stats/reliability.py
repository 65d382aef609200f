"""How far items that should measure the same thing go together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Alpha:
    """Cronbach's alpha with its interval, and the number of complete rows behind it."""

    value: float
    interval: tuple[float, float]
    rows: int


def cronbach_alpha(items: NDArray[np.float64], level: float = 0.95) -> Alpha | None:
    """Return Cronbach's alpha of the rows without a missing item.

    Cronbach 1951 (doi:10.1007/BF02310555); the interval is that of Feldt 1965 (doi:10.1007/BF02289499), exact
    for two-way normal scores.

    Parameters
    ----------
    items
        Shape (rows, items), NaN for missing, every item in the same direction.
    level
        Confidence level of the interval.

    Returns
    -------
    Alpha or None
        None with fewer than two items, fewer than two complete rows, or rows with all the same total.

    Examples
    --------
    >>> alpha = cronbach_alpha(np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 4.0], [4.0, 5.0]]))
    >>> round(alpha.value, 4), alpha.rows
    (0.967, 4)
    """
    complete = items[~np.isnan(items).any(axis=1)]
    rows, columns = complete.shape
    if rows < 2 or columns < 2:
        return None
    total = float(np.var(complete.sum(axis=1), ddof=1))
    if total <= 0:
        return None
    value = columns / (columns - 1) * (1 - float(np.var(complete, axis=0, ddof=1).sum()) / total)
    return Alpha(value, _feldt(value, rows, columns, level), rows)


def _feldt(value: float, rows: int, columns: int, level: float) -> tuple[float, float]:
    """Return Feldt's interval: (1 - alpha) / (1 - estimate) follows an F distribution."""
    from scipy.special import fdtri

    free, free_within = rows - 1, (rows - 1) * (columns - 1)
    tail = (1 - level) / 2
    lower, upper = (1 - (1 - value) * float(fdtri(free, free_within, p)) for p in (1 - tail, tail))
    return lower, upper
