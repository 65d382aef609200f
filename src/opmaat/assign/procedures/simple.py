"""The simple procedure: every unit is drawn by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.assign.procedures.procedure import Chances, Labels, exact_chances
from opmaat.assign.procedures.stream import Stream


@dataclass(frozen=True, slots=True)
class SimpleDraw:
    """Each of ``units`` units gets an arm by its own number, whatever the others got.

    A unit with number u gets the first arm whose cumulated share is above u.

    Examples
    --------
    >>> SimpleDraw(4, np.array([0.5, 0.5])).draws(Stream(b"a"), 1).shape
    (1, 4)
    """

    units: int
    shares: NDArray[np.float64]

    def draws(self, stream: Stream, count: int) -> Labels:
        """Draw ``count`` times; shape (count, units)."""
        bounds = np.cumsum(self.shares)[:-1]
        return np.searchsorted(bounds, stream.uniforms(count, self.units), side="right").astype(np.int8)

    def chances(self) -> Chances:
        """Return the shares: they are exact."""
        return exact_chances(self.units, self.shares)
