"""Minimisation with a random element, which keeps unequal shares at every step.

Pocock and Simon (1975, doi:10.2307/2529712): for the next unit each arm is tried in turn; the arm that leaves
the smallest imbalance, the sum over factors of the range of the counts in the unit's own levels, is preferred
and chosen with probability p, every other with the same part of the rest.

With unequal shares that rule drifts away from the ratio. Kuznetsova and Tymofyeyev (2012,
doi:10.1002/sim.4447) mend it: an arm with two parts of the ratio is two stand-in arms with one part each. The
rule treats stand-ins alike, so each has the same chance at every entry, and an arm has exactly its share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.assign.procedures.procedure import Chances, Labels, exact_chances
from opmaat.assign.procedures.stream import Stream

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class MinimisedDraw:
    """Units in order of entry, each with its level of every factor.

    Parameters
    ----------
    levels
        Level of each factor, counted from 0, shape (units, factors).
    parts
        The ratio of the arms in whole numbers, such as (2, 1, 1, 2).
    p
        Probability of the preferred stand-in arm.

    Examples
    --------
    >>> draw = MinimisedDraw(np.zeros((40, 1), dtype=np.int64), (1, 1), 0.9)
    >>> int(abs(draw.draws(Stream(b"a"), 1).sum() - 20)) < 5
    True
    """

    levels: NDArray[np.int64]
    parts: tuple[int, ...]
    p: float

    def draws(self, stream: Stream, count: int) -> Labels:
        """Draw ``count`` times; shape (count, units)."""
        if count == 1:
            return self._chunk(stream, 1)
        chunks = range(0, count, _CHUNK)
        pieces = [
            self._chunk(stream.child(f"draws from {start}"), min(_CHUNK, count - start)) for start in chunks
        ]
        return np.concatenate(pieces) if pieces else np.empty((0, len(self.levels)), dtype=np.int8)

    def _chunk(self, stream: Stream, count: int) -> Labels:
        """Draw ``count`` times, unit by unit."""
        owner = np.repeat(np.arange(len(self.parts), dtype=np.int8), self.parts)
        width = int(self.levels.max(initial=0)) + 1
        counts = np.zeros((self.levels.shape[1], width, count, len(owner)), dtype=np.int32)
        found = np.empty((count, len(self.levels)), dtype=np.int8)
        rows, factors = np.arange(count), np.arange(self.levels.shape[1])
        for unit, levels in enumerate(self.levels):
            chosen = self._choice(counts[factors, levels], stream.uniforms(count, len(owner) + 1))
            found[:, unit] = owner[chosen]
            counts[factors[:, None], levels[:, None], rows, chosen] += 1
        return found

    def _choice(self, counts: NDArray[np.int32], uniforms: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the stand-in arm of one unit in every draw; counts (factors, draws, stand-ins)."""
        imbalance = _imbalance(counts)
        preferred = np.argmin(imbalance + uniforms[:, 1:], axis=1)
        others = counts.shape[2] - 1
        missed = uniforms[:, 0] >= self.p
        turn = (1 + np.floor((uniforms[:, 0] - self.p) / (1 - self.p) * others)).astype(np.int64)
        other = (preferred + turn.clip(1, others)) % (others + 1)
        chosen: NDArray[np.int64] = np.where(missed, other, preferred)
        return chosen

    def chances(self) -> Chances:
        """Return the shares, which are exact because stand-in arms are alike."""
        parts = np.array(self.parts, dtype=np.float64)
        return exact_chances(len(self.levels), parts / parts.sum())


def _imbalance(counts: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return, per draw and stand-in, the sum over factors of the range if the unit went there.

    One more in an arm raises the highest count if that arm has it, and the lowest if it alone has that.
    """
    low, high = counts.min(axis=2, keepdims=True), counts.max(axis=2, keepdims=True)
    is_low = counts == low
    alone = is_low & (is_low.sum(axis=2, keepdims=True) == 1)
    ranges = (high - low) + (counts == high) - alone
    total: NDArray[np.float64] = ranges.sum(axis=0).astype(np.float64)
    return total
