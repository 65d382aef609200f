"""Rows grouped by cluster, and the basis of a fit summed over clusters, dense or by cells."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from opmaat.stats.arrays import Floats, Integers
from opmaat.stats.errors import NotEstimableError


@dataclass(frozen=True, eq=False)
class Clusters:
    """Rows sorted by cluster: cluster g holds ``rows[starts[g] : starts[g] + sizes[g]]``."""

    rows: Integers
    starts: Integers
    sizes: Integers

    @property
    def count(self) -> int:
        """Number of clusters with a row of positive weight."""
        return len(self.starts)

    def sums(self, values: Floats) -> Floats:
        """Sum rows over clusters, shape (n, m) to (G, m)."""
        return np.add.reduceat(values[self.rows], self.starts, axis=0)


def group_clusters(clusters: ArrayLike, weights: Floats) -> Clusters:
    """Group the rows of positive weight by cluster, in the order of the codes.

    Raises
    ------
    NotEstimableError
        ``single-cluster`` when there are fewer than two clusters.

    Examples
    --------
    >>> group_clusters(np.array([7, 3, 7]), np.ones(3)).rows
    array([1, 0, 2])
    """
    codes = np.asarray(clusters)
    if codes.shape != weights.shape:
        raise ValueError(f"clusters have shape {codes.shape}, expected {weights.shape}")
    used = np.flatnonzero(weights > 0)
    order = np.argsort(codes[used], kind="stable")
    rows = used[order]
    ordered = codes[rows]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    if len(starts) < 2:
        raise NotEstimableError("single-cluster", "clustered errors need at least two clusters")
    return Clusters(rows, starts, np.diff(np.append(starts, len(rows))))


class DenseSums:
    """Sums over clusters of a basis (n, p) times a value per row: matrices (G, p)."""

    def __init__(self, basis: Floats, moment: Floats, groups: Clusters) -> None:
        self._basis, self._moment, self._groups = basis[groups.rows], moment, groups

    def of(self, values: Floats) -> Floats:
        """Return the sums for one value per row, shape (n,)."""
        scaled = self._basis * values[self._groups.rows][:, None]
        return np.add.reduceat(scaled, self._groups.starts, axis=0)

    def times_moment(self, sums: Floats) -> Floats:
        """Return sums times the second moment of the basis."""
        return sums @ self._moment

    def dots(self, first: Floats, second: Floats) -> Floats:
        """Return the inner product of two sums for each cluster, shape (G,)."""
        inner: Floats = np.einsum("gp,gp->g", first, second)
        return inner

    def gram(self, first: Floats, second: Floats, third: Floats, fourth: Floats) -> float:
        """Return the sum of the elements of first'second times those of third'fourth."""
        return float(((first.T @ second) * (third.T @ fourth)).sum())


class CellSums:
    """Sums over clusters of a basis with one element a row: a number for each cluster and cell that meet.

    Parameters
    ----------
    cell, element
        The column and the size of the element of each row, shape (n,).
    moments
        The diagonal of the second moment of the basis, shape (p,).
    """

    def __init__(self, cell: Integers, element: Floats, moments: Floats, groups: Clusters) -> None:
        self._groups, self._element, self._moments = groups, element[groups.rows], moments
        cluster = np.repeat(np.arange(groups.count), groups.sizes)
        met, self._place = np.unique(cluster * len(moments) + cell[groups.rows], return_inverse=True)
        self._cluster, self._cell = np.divmod(met, len(moments))

    def of(self, values: Floats) -> Floats:
        """Return the sums for one value per row, shape (n,)."""
        return _summed(self._place, self._element * values[self._groups.rows])

    def times_moment(self, sums: Floats) -> Floats:
        """Return sums times the second moment of the basis."""
        scaled: Floats = sums * self._moments[self._cell]
        return scaled

    def dots(self, first: Floats, second: Floats) -> Floats:
        """Return the inner product of two sums for each cluster, shape (G,)."""
        return _summed(self._cluster, first * second)

    def gram(self, first: Floats, second: Floats, third: Floats, fourth: Floats) -> float:
        """Return the sum of the elements of first'second times those of third'fourth."""
        return float((self._product(first, second) * self._product(third, fourth)).sum())

    def _product(self, first: Floats, second: Floats) -> Floats:
        """Return the elements of first'second that can differ from zero."""
        if self._pairs is None:
            return self._dense(first).T @ self._dense(second)
        one, other, element = self._pairs
        return _summed(element, first[one] * second[other])

    @cached_property
    def _pairs(self) -> tuple[Integers, Integers, Integers] | None:
        """The pairs of cells that meet in a cluster, with the place of their product; None where too many."""
        count = np.bincount(self._cluster)
        if (count**2).sum() > len(count) * len(self._moments):
            return None
        starts = np.cumsum(count) - count
        times = count[self._cluster]
        one = np.repeat(np.arange(len(times)), times)
        other = np.arange(len(one)) - np.repeat(np.cumsum(times) - times, times) + starts[self._cluster[one]]
        key = self._cell[one] * len(self._moments) + self._cell[other]
        return one, other, np.unique(key, return_inverse=True)[1]

    def _dense(self, sums: Floats) -> Floats:
        """Return sums as a matrix (G, p)."""
        matrix = np.zeros((self._groups.count, len(self._moments)))
        matrix[self._cluster, self._cell] = sums
        return matrix


def _summed(place: Integers, values: Floats) -> Floats:
    """Return the sum of the values of each place."""
    return np.bincount(place, values).astype(np.float64, copy=False)


BasisSums = DenseSums | CellSums
