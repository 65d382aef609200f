"""The months of each disregard that people have used, carried over time, with breaks.

How a month adds to them is for :func:`opmaat.benefits.disregard.advance`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opmaat.benefits.columns import exact
from opmaat.core.errors import DataFileError, Issue, did_you_mean

Months = NDArray[np.int16]
USED = ("n", "r", "z", "uniform")
_MOST_MONTHS = 1_200


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

        Raises DataFileError for what is no number of months, or no counter.

        >>> Counters.start(2, n=6).n.tolist()
        [[6, 6], [6, 6]]
        """
        shapes = dict.fromkeys(USED, (2, households)) | {"months_without": (households,)}
        issues = [
            Issue("unknown-counter", name, f"There is no counter '{name}'.", did_you_mean(name, shapes))
            for name in sorted(set(used) - set(shapes))
        ]
        made = {name: _counter(name, used.get(name, 0), shape, issues) for name, shape in shapes.items()}
        if issues:
            raise DataFileError(issues)
        return cls(**made)

    @property
    def households(self) -> int:
        """How many households these are the counters of."""
        return int(self.months_without.size)

    def block(self, start: int, stop: int) -> Counters:
        """Return the counters of some households."""
        return Counters(**{field.name: getattr(self, field.name)[..., start:stop] for field in fields(self)})


def _counter(name: str, values: ArrayLike, shape: tuple[int, ...], issues: list[Issue]) -> Months:
    """Return months used in a shape; zeros, and an issue, for what cannot be."""
    array = exact(name, values, issues)
    try:
        spread = np.broadcast_to(0 if array is None else array, shape)
    except ValueError:
        problem = f"The counter does not spread over {shape}."
        issues.append(Issue("wrong-shape", name, problem, "Give one number, or one for each household."))
        return np.zeros(shape, dtype=np.int16)
    if spread.size and not 0 <= spread.min() <= spread.max() <= _MOST_MONTHS:
        problem = f"Months used are not from 0 to {_MOST_MONTHS}."
        issues.append(Issue("absurd-counter", name, problem, "Count the months in which it was applied."))
        return np.zeros(shape, dtype=np.int16)
    return spread.astype(np.int16)


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
        for name in USED
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
    return replace(counters, **{name: np.where(anew, 0, getattr(counters, name)) for name in USED})


def begun_anew(counters: Counters, *, new_job: NDArray[np.bool_], most_months: int) -> Counters:
    """Return the counters with the uniform disregard begun anew for a new job, once its months were over.

    Art. 34a.3: the municipality can apply it once more when someone has taken a new job since.

    Examples
    --------
    >>> begun_anew(Counters.start(1, uniform=12), new_job=np.array([[True], [False]]), most_months=12).uniform
    array([[ 0],
           [12]], dtype=int16)
    """
    over = new_job & (counters.uniform >= most_months)
    return replace(counters, uniform=np.where(over, np.int16(0), counters.uniform))
