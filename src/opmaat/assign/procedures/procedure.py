"""What every procedure of the draw can do, and the chances it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from opmaat.assign.procedures.stream import Stream

Labels = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Chances:
    """Every unit's probability of every arm.

    Parameters
    ----------
    values
        Shape (units, arms); every row sums to one.
    std_error
        Monte Carlo standard error of each value, shape (units, arms); zero where the value is exact.
    draws
        Number of re-draws behind the values; None where they are exact.
    """

    values: NDArray[np.float64]
    std_error: NDArray[np.float64]
    draws: int | None = None


class Procedure(Protocol):
    """A procedure with everything it needs to draw: units in their canonical order, and the arms' shares."""

    def draws(self, stream: Stream, count: int) -> Labels:
        """Draw ``count`` times; returns the number of the arm of every unit, shape (count, units)."""
        ...

    def chances(self) -> Chances:
        """Return every unit's probability of every arm."""
        ...


def exact_chances(units: int, shares: NDArray[np.float64]) -> Chances:
    """Return the chances of a procedure that gives every unit each arm with its exact share.

    >>> exact_chances(2, np.array([0.5, 0.5])).values.tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    values = np.tile(shares, (units, 1))
    return Chances(values, np.zeros_like(values))


def estimated_chances(labels: Labels, arms: int) -> Chances:
    """Return the chances as they were in re-draws, shape (draws, units).

    >>> estimated_chances(np.array([[0, 1], [0, 0]], dtype=np.int8), 2).values.tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    draws = len(labels)
    values = np.stack([(labels == arm).mean(axis=0) for arm in range(arms)], axis=1)
    return Chances(values, np.sqrt(values * (1 - values) / draws), draws)
