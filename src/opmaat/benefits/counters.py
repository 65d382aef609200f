"""The months of each disregard that people have used, carried over time, with breaks.

How a month adds to them is for :func:`opmaat.benefits.disregard.advance`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opmaat.core.errors import DataFileError, Issue

Months = NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """How many months of each disregard every adult has used, (2, households), carried over time.

    ``months_without`` is the number of months in a row without benefit, (households,).
    """

    n: Months
    r: Months
    z: Months
    uniform: Months
    months_without: Months

    @classmethod
    def start(cls, households: int, **used: ArrayLike) -> Counters:
        """Return the counters of households at their start; those not given are 0.

        >>> Counters.start(2, n=6).n.tolist()
        [[6, 6], [6, 6]]
        """

        def counter(name: str, *shape: int) -> Months:
            return np.broadcast_to(np.asarray(used.get(name, 0), np.int16), shape).copy()

        per_adult = {name: counter(name, 2, households) for name in ("n", "r", "z", "uniform")}
        return cls(**per_adult, months_without=counter("months_without", households))

    def block(self, start: int, stop: int) -> Counters:
        """Return the counters of some households."""
        return Counters(**{field.name: getattr(self, field.name)[..., start:stop] for field in fields(self)})


def check_counters_rise(earlier: Counters, later: Counters, *, where: str) -> None:
    """Raise DataFileError when a month counter goes down: a month of disregard, once used, stays used.

    Examples
    --------
    >>> check_counters_rise(Counters.start(1, n=2), Counters.start(1, n=3), where="counters.csv")
    """
    issues = [
        Issue(
            "counter-goes-down",
            f"{where}, household {household}, adult {adult}",
            f"Months of {name} used go from {before[adult, household]} to {after[adult, household]}.",
            "Correct the month in which the disregard was applied, and settle again from there.",
        )
        for name in ("n", "r", "z", "uniform")
        for before, after in [(getattr(earlier, name), getattr(later, name))]
        for adult, household in np.argwhere(after < before)
    ]
    if issues:
        raise DataFileError(issues)


def restarted(counters: Counters, after_months: int) -> Counters:
    """Return the counters with those set to 0 of households that had no benefit for that many months.

    Whether a break lets the months begin anew is not in the text that was read: a municipal rule.
    """
    anew = counters.months_without >= after_months
    return Counters(
        n=np.where(anew, 0, counters.n),
        r=np.where(anew, 0, counters.r),
        z=np.where(anew, 0, counters.z),
        uniform=np.where(anew, 0, counters.uniform),
        months_without=counters.months_without,
    )
