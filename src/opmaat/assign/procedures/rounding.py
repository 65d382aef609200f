"""Left-over units: whole numbers per arm whose expectation is exactly the share.

A stratum of 7 units and two equal arms owes each arm 3.5. Rounding always the same way would favour an arm;
drawing the last unit by itself leaves the totals to chance. Systematic sampling (Madow 1949,
doi:10.1214/aoms/1177729988) lays what is owed to the arms end to end on a line and counts the whole steps
in each piece from a random start: every arm gets its number rounded up or down, and its share in expectation.

Strata with the same remainders share one random start, moved on by equal steps from stratum to stratum, in
an order drawn by lot. Each stratum's own start stays uniform, so nothing is favoured, and what one stratum
rounds up another rounds down: over strata with the same remainders an arm is within one unit of its share.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from opmaat.assign.procedures.stream import Stream

_DIGITS = 9


def whole_numbers(
    sizes: NDArray[np.int64], shares: NDArray[np.float64], *, stream: Stream, count: int
) -> NDArray[np.int64]:
    """Return how many units each arm gets in each stratum, drawn ``count`` times.

    Parameters
    ----------
    sizes
        Number of units per stratum, shape (strata,).
    shares
        Share of each arm, shape (arms,), summing to one.

    Returns
    -------
    Shape (count, strata, arms); each number is size x share rounded up or down, sums to the size, and has
    size x share as its expectation.

    Examples
    --------
    >>> whole_numbers(np.array([4, 7]), np.array([0.5, 0.5]), stream=Stream(b"a"), count=1)[0].sum(axis=1)
    array([4, 7])
    """
    owed = np.round(sizes[:, None] * shares, _DIGITS)
    floors = np.floor(owed)
    kinds, kind_of = np.unique(np.round(owed - floors, _DIGITS), axis=0, return_inverse=True)
    numbers = np.broadcast_to(floors.astype(np.int64), (count, *owed.shape)).copy()
    for kind, fractions in enumerate(kinds):
        strata = np.flatnonzero(kind_of == kind)
        if fractions.any():
            starts = _starts(len(strata), stream, count)
            numbers[:, strata] += _steps(fractions, starts, stream, count)
    return numbers


def _starts(strata: int, stream: Stream, count: int) -> NDArray[np.float64]:
    """Return the start of each stratum, shape (count, strata): one random start, moved on by equal steps."""
    turns = np.argsort(stream.words(count, strata), axis=1, kind="stable")
    starts: NDArray[np.float64] = (stream.uniforms(count, 1) + turns / strata) % 1.0
    return starts


def _steps(
    fractions: NDArray[np.float64], starts: NDArray[np.float64], stream: Stream, count: int
) -> NDArray[np.int64]:
    """Count the whole steps in each arm's piece of the line, the arms lying in an order drawn by lot."""
    order = np.argsort(stream.words(count, len(fractions)), axis=1, kind="stable")
    ends = np.cumsum(fractions[order], axis=1)
    ends[:, -1] = round(float(fractions.sum()))
    passed = np.ceil(ends[:, None, :] - starts[:, :, None]).clip(min=0).astype(np.int64)
    steps = np.diff(passed, axis=2, prepend=0)
    found = np.empty_like(steps)
    np.put_along_axis(found, np.broadcast_to(order[:, None, :], steps.shape), steps, axis=2)
    return found
