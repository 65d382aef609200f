"""Complete and blocked procedures: the arms get their shares within every stratum.

How a stratum is drawn: write the arms on as many slips as each gets, arm by arm (the numbers come from
:mod:`opmaat.assign.procedures.rounding`); give every slip a random number; sort the slips by number; the
first slip is for the first unit of the stratum in canonical order, and so on. The slip's arm stands in the
last 8 bits of its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from opmaat.assign.procedures.procedure import Chances, Labels, exact_chances
from opmaat.assign.procedures.rounding import whole_numbers
from opmaat.assign.procedures.stream import Stream

_ARM_BITS = np.uint64(0xFF)
_AT_ONCE = 1 << 15
"""Slips that are shuffled together: they fit in the cache of a processor. No number depends on it."""


def shuffled(numbers: NDArray[np.int64], slots: int, stream: Stream) -> Labels:
    """Return slips in random order: shape (count, slots), from numbers per arm of shape (count, arms).

    >>> shuffled(np.array([[2, 1]]), 3, Stream(b"a")).sum()
    np.int64(1)
    """
    codes = np.arange(numbers.shape[1], dtype=np.uint64)
    arms = np.empty((len(numbers), slots), dtype=np.int8)
    step = max(1, _AT_ONCE // max(slots, 1))
    for first in range(0, len(numbers), step):
        some = numbers[first : first + step]
        slips = stream.words(len(some), slots)
        slips &= ~_ARM_BITS
        slips |= np.repeat(np.tile(codes, len(some)), some.ravel()).reshape(slips.shape)
        slips.sort(axis=1)
        arms[first : first + step] = slips.astype(np.int8)  # the last 8 bits: the arm
    return arms


@dataclass(frozen=True)
class BlockedDraw:
    """A complete draw within each stratum; with one stratum it is the complete procedure.

    Parameters
    ----------
    stratum
        Number of each unit's stratum, shape (units,), counted from 0 in the order of the strata's names.
    shares
        Share of each arm, shape (arms,), summing to one.

    Examples
    --------
    >>> draw = BlockedDraw(np.array([0, 0, 1, 1]), np.array([0.5, 0.5]))
    >>> draw.draws(Stream(b"a"), 1)[0].reshape(2, 2).sum(axis=1)
    array([1, 1])
    """

    stratum: NDArray[np.int64]
    shares: NDArray[np.float64]

    @cached_property
    def members(self) -> tuple[NDArray[np.int64], ...]:
        """The units of each stratum, in canonical order."""
        order = np.argsort(self.stratum, kind="stable")
        return tuple(np.split(order, np.cumsum(np.bincount(self.stratum))[:-1]))

    def draws(self, stream: Stream, count: int) -> Labels:
        """Draw ``count`` times; shape (count, units)."""
        sizes = np.array([len(units) for units in self.members], dtype=np.int64)
        numbers = whole_numbers(sizes, self.shares, stream=stream.child("rounding"), count=count)
        slips = stream.child("slips")
        by_stratum = [shuffled(numbers[:, place], size, slips) for place, size in enumerate(sizes.tolist())]
        places = np.argsort(np.concatenate(self.members))
        return np.take(np.concatenate(by_stratum, axis=1), places, axis=1)

    def chances(self) -> Chances:
        """Return the shares: random rounding makes them exact for every unit."""
        return exact_chances(len(self.stratum), self.shares)
