"""The clustered procedure: whole clusters are drawn, and every unit gets the arm of its cluster."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.assign.procedures.blocked import BlockedDraw
from opmaat.assign.procedures.procedure import Chances, Labels, exact_chances
from opmaat.assign.procedures.stream import Stream


@dataclass(frozen=True, slots=True)
class ClusteredDraw:
    """A blocked draw of clusters; ``cluster`` (units,) is the number of each unit's cluster.

    Examples
    --------
    >>> clusters = BlockedDraw(np.array([0, 0]), np.array([0.5, 0.5]))
    >>> labels = ClusteredDraw(clusters, np.array([0, 0, 1])).draws(Stream(b"a"), 1)[0]
    >>> bool(labels[0] == labels[1] != labels[2])
    True
    """

    clusters: BlockedDraw
    cluster: NDArray[np.int64]

    def draws(self, stream: Stream, count: int) -> Labels:
        """Draw ``count`` times; shape (count, units)."""
        return self.clusters.draws(stream, count)[:, self.cluster]

    def chances(self) -> Chances:
        """Return the shares: they are exact, and the same for all units of a cluster together."""
        return exact_chances(len(self.cluster), self.clusters.shares)
