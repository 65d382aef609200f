"""Blocks of random size within strata, for rolling intake and for closed lists.

Each stratum has a sequence of arms, made block by block from a stream of its own, so that the sequence is
fixed by the seed and does not depend on how many units come. With rolling intake the units take it in order
of entry; on a closed list in an order drawn by lot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.assign.procedures.blocked import BlockedDraw, shuffled
from opmaat.assign.procedures.procedure import Chances, Labels, exact_chances
from opmaat.assign.procedures.rounding import whole_numbers
from opmaat.assign.procedures.stream import Stream


@dataclass(frozen=True, slots=True)
class BlockSequence:
    """Permuted blocks within strata.

    Parameters
    ----------
    strata
        As in :class:`opmaat.assign.procedures.blocked.BlockedDraw`.
    names
        Name of each stratum, from which its stream follows.
    sizes
        The sizes among which that of every next block is chosen.
    rolling
        Whether units take the sequence in their canonical order, which is then the order of entry.

    Examples
    --------
    >>> strata = BlockedDraw(np.zeros(6, dtype=np.int64), np.array([0.5, 0.5]))
    >>> draw = BlockSequence(strata, ("all",), (2,), rolling=True)
    >>> draw.draws(Stream(b"a"), 1)[0].reshape(3, 2).sum(axis=1)
    array([1, 1, 1])
    """

    strata: BlockedDraw
    names: tuple[str, ...]
    sizes: tuple[int, ...]
    rolling: bool

    def draws(self, stream: Stream, count: int) -> Labels:
        """Draw ``count`` times; shape (count, units)."""
        found = np.empty((count, len(self.strata.stratum)), dtype=np.int8)
        for name, units in zip(self.names, self.strata.members, strict=True):
            own = stream.child(f"stratum {name}")
            labels = self._sequence(own.child("blocks"), len(units), count)
            if not self.rolling:
                order = np.argsort(own.child("order").words(count, len(units)), axis=1, kind="stable")
                labels = np.take_along_axis(labels, order, axis=1)
            found[:, units] = labels
        return found

    def _sequence(self, stream: Stream, length: int, count: int) -> Labels:
        """Return the arms of the first places of a stratum, shape (count, length)."""
        largest = max(self.sizes)
        found = np.empty((count, length + largest), dtype=np.int8)
        start = np.zeros(count, dtype=np.int64)
        rows = np.arange(count)[:, None]
        while start.min() < length:
            size, block = self._block(stream, count)
            places = np.minimum(start[:, None], length) + np.arange(largest)
            found[rows, places] = block
            start += size
        return found[:, :length]

    def _block(self, stream: Stream, count: int) -> tuple[NDArray[np.int64], Labels]:
        """Return the next block's size, and its arms in the first places, shape (count, largest size)."""
        chosen = (stream.uniforms(count) * len(self.sizes)).astype(np.int64)
        block = np.zeros((count, max(self.sizes)), dtype=np.int8)
        for place, size in enumerate(self.sizes):
            numbers = whole_numbers(np.array([size]), self.strata.shares, stream=stream, count=count)[:, 0]
            labels = shuffled(numbers, size, stream)
            block[:, :size] = np.where((chosen == place)[:, None], labels, block[:, :size])
        return np.array(self.sizes)[chosen], block

    def chances(self) -> Chances:
        """Return the shares: they are exact for every place in a block."""
        return exact_chances(len(self.strata.stratum), self.strata.shares)
