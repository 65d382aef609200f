"""Re-randomisation: draw again until the arms are as alike as the protocol asks.

Morgan and Rubin (2012, doi:10.1214/12-AOS1008). What was thrown away must be thrown away in the inference
too, so re-draws go through the same bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.assign.procedures.blocked import BlockedDraw
from opmaat.assign.procedures.differences import arm_means
from opmaat.assign.procedures.procedure import Chances, Labels, estimated_chances
from opmaat.assign.procedures.stream import Stream
from opmaat.core.errors import CheckFailedError, Issue

_CHUNK = 200
_MOST_TRIES = 100_000
_TRIED, _LEAST_KEPT = 1000, 10
_DRAWS_FOR_CHANCES = 4000


@dataclass(frozen=True, slots=True)
class RerandomisedDraw:
    """A blocked draw within a bound; ``values`` (units, columns) are standardised over the whole list.

    Examples
    --------
    >>> plain = BlockedDraw(np.zeros(40, dtype=np.int64), np.array([0.5, 0.5]))
    >>> values = ((np.arange(40) - 19.5) / np.arange(40).std())[:, None]
    >>> labels = RerandomisedDraw(plain, values, 0.1).draws(Stream(b"a"), 3)
    >>> means = arm_means(labels, values, 2)
    >>> bool((abs(means[:, 0] - means[:, 1]) <= 0.1).all())
    True
    """

    plain: BlockedDraw
    values: NDArray[np.float64]
    bound: float

    def draws(self, stream: Stream, count: int) -> Labels:
        """Draw until ``count`` draws are within the bound; shape (count, units).

        Raises CheckFailedError ``bound-too-tight`` when fewer than 1 in 100,000 is.
        """
        kept: list[Labels] = []
        found, tries, last = 0, 0, 0
        while found < count:
            labels = self.plain.draws(stream.child(f"tries from {tries}"), _CHUNK)
            labels = labels[self._largest(labels) <= self.bound]
            kept.append(labels)
            found, tries = found + len(labels), tries + _CHUNK
            last = tries if len(labels) else last
            if tries - last >= _MOST_TRIES:
                problem = f"In {_MOST_TRIES:,} draws none kept every difference within {self.bound:g}."
                raise CheckFailedError([_too_tight(problem)])
        return np.concatenate(kept)[:count] if kept else np.empty((0, len(self.values)), dtype=np.int8)

    def require_reachable(self) -> None:
        """Refuse a bound that fewer than 1 in 100 draws meets, found by 1,000 draws that are thrown away.

        What is drawn, its chances and its inference take thousands of draws within the bound; a rarer one
        would be found out only on the day of the draw. Raises CheckFailedError ``bound-too-tight``.
        """
        labels = self.plain.draws(Stream(b"reachable"), _TRIED)
        kept = int((self._largest(labels) <= self.bound).sum())
        if kept < _LEAST_KEPT:
            problem = f"Only {kept} in {_TRIED:,} draws kept every difference within {self.bound:g}."
            raise CheckFailedError([_too_tight(problem)])

    def _largest(self, labels: Labels) -> NDArray[np.float64]:
        """Return the largest standardised difference between two arms in each draw."""
        means = arm_means(labels, self.values, len(self.plain.shares))
        largest: NDArray[np.float64] = (means.max(axis=1) - means.min(axis=1)).max(axis=1)
        return largest

    def chances(self) -> Chances:
        """Return the chances as they are in re-draws; only equal arms would make them known exactly."""
        labels = self.draws(Stream(b"chances"), _DRAWS_FOR_CHANCES)
        return estimated_chances(labels, len(self.plain.shares))


def _too_tight(problem: str) -> Issue:
    """Say that a bound cannot be met, or hardly ever."""
    fix = "Use a larger bound, fewer characteristics, or strata."
    return Issue("bound-too-tight", "assignment", problem, fix)
