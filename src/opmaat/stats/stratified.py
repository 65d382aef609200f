"""Contrasts of groups within strata: a mean for every group and stratum, weighed over the strata.

With more than two groups a regression on group indicators and stratum effects mixes the effects of the groups
(contamination bias: Goldsmith-Pinkham, Hull and Kolesár 2024, https://doi.org/10.1257/aer.20221116). Here the
contrast of two groups is the sum over strata of the share of the stratum times the difference of the two
means in it, which holds no other group.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from opmaat.stats.arrays import Floats, Integers, checked_weights, finite_columns, sums_by_cell
from opmaat.stats.clusters import CellSums, Clusters
from opmaat.stats.errors import NotEstimableError
from opmaat.stats.ols import FitOfRows, refuse_constant_outcomes


@dataclass(frozen=True, eq=False)
class SaturatedFit(FitOfRows):
    """The (weighted) mean of m outcomes in every cell of group and stratum that has a row.

    It is the least squares fit on one indicator per cell, held without those columns. Contrasts and errors
    are read off it as off :class:`opmaat.stats.ols.OlsFit`.

    Attributes
    ----------
    cells
        Group and stratum of each of the p cells, in lexicographic order, shape (p, 2).
    cell_of_row
        Shape (n,).
    cell_weights
        Sum of the weights of the rows of each cell, positive, shape (p,).
    """

    cells: Integers
    cell_of_row: Integers
    cell_weights: Floats
    coefficients: Floats
    leverage: Floats

    @property
    def rank(self) -> int:
        """Number of cells."""
        return len(self.cells)

    def linear_weights(self, contrast: Floats) -> Floats:
        """Return, shape (n, k), the weights of the rows of which each contrast is the sum."""
        per_cell = contrast.T / self.cell_weights[:, None]
        weights: Floats = self.weights[:, None] * per_cell[self.cell_of_row]
        return weights

    def unscaled_covariance(self, contrast: Floats) -> Floats:
        """Return the covariance of the contrasts, shape (k, k), for a residual variance of one."""
        covariance: Floats = (contrast / self.cell_weights) @ contrast.T
        return covariance

    @cached_property
    def _entries(self) -> Floats:
        """The one element of each row of the basis that is not zero."""
        entries: Floats = (self.weights > 0) / np.sqrt(self.cell_weights)[self.cell_of_row]
        return entries

    @cached_property
    def _moments(self) -> Floats:
        """The diagonal of the second moment."""
        squares = sums_by_cell(self.cell_of_row, self.weights[:, None] ** 2, self.rank)
        moments: Floats = squares[:, 0] / self.cell_weights
        return moments

    def block_products(self, rows: Integers) -> tuple[Floats, Floats]:
        """Return FF' and F K F' of blocks of rows, shape (b, s) to (b, s, s); F is the basis.

        That has the indicators of the cells, scaled to an identity cross product; K is its second moment.
        """
        cell, entry = self.cell_of_row[rows], self._entries[rows]
        same = cell[:, :, None] == cell[:, None, :]
        products = same * entry[:, :, None] * entry[:, None, :]
        return products, products * self._moments[cell][:, :, None]

    def local_basis(self, rows: Integers) -> tuple[Floats, Floats]:
        """Return the basis of some rows, and the second moment of the columns they use."""
        used, column = np.unique(self.cell_of_row[rows], return_inverse=True)
        local = np.zeros((len(rows), len(used)))
        local[np.arange(len(rows)), column] = self._entries[rows]
        return local, np.diag(self._moments[used])

    def sums_over(self, groups: Clusters) -> CellSums:
        """Return what sums the basis over clusters."""
        return CellSums(self.cell_of_row, self._entries, self._moments, groups)


def fit_saturated(
    outcomes: ArrayLike, groups: ArrayLike, strata: ArrayLike, *, weights: ArrayLike | None = None
) -> SaturatedFit:
    """Fit the mean of every cell of group and stratum.

    Parameters
    ----------
    outcomes
        Shape (n,) or (n, m).
    groups, strata
        Integer codes, shape (n,).
    weights
        Shape (n,), not negative; None for equal weights. Rows of weight zero do not count.

    Raises
    ------
    NotEstimableError
        ``no-residual-df`` when no cell has two rows, ``no-variation``, ``not-finite`` and ``bad-weights`` as
        :func:`opmaat.stats.ols.fit_ols`.

    Examples
    --------
    >>> fit = fit_saturated([1.0, 3.0, 4.0, 6.0], [0, 0, 1, 1], [0, 0, 0, 0])
    >>> fit.cells.tolist(), fit.coefficients.ravel()
    ([[0, 0], [1, 0]], array([2., 5.]))
    """
    y = finite_columns(outcomes, what="outcome")
    w = checked_weights(weights, len(y))
    n_observations = int(np.count_nonzero(w))
    cells, cell_of_row = _cells_with_weight(np.asarray(groups), np.asarray(strata), w)
    p = len(cells)
    if n_observations <= p:
        detail = f"{n_observations} observations for {p} cells leave no residual degrees of freedom"
        raise NotEstimableError("no-residual-df", detail)
    refuse_constant_outcomes(y, w)
    cell_weights = sums_by_cell(cell_of_row, w[:, None], p)[:, 0]
    # outcomes are centred before they are added, so that a large mean costs no digits
    origin = y.mean(axis=0)
    means = origin + sums_by_cell(cell_of_row, w[:, None] * (y - origin), p) / cell_weights[:, None]
    return SaturatedFit(
        cells=cells,
        cell_of_row=cell_of_row,
        cell_weights=cell_weights,
        coefficients=means,
        residuals=y - means[cell_of_row],
        leverage=w / cell_weights[cell_of_row],
        weights=w,
        n_observations=n_observations,
    )


def _cells_with_weight(groups: Integers, strata: Integers, weights: Floats) -> tuple[Integers, Integers]:
    """Return the cells with a row of positive weight, and the cell of each row.

    A row of weight zero in a cell without weight is put in the first cell, where it counts for nothing.
    """
    if groups.shape != weights.shape or strata.shape != weights.shape:
        raise ValueError("groups and strata need one code per row")
    group_codes, group = np.unique(groups, return_inverse=True)
    stratum_codes, stratum = np.unique(strata, return_inverse=True)
    key = group * len(stratum_codes) + stratum
    used = np.unique(key[weights > 0])
    cells = np.stack(
        [group_codes[used // len(stratum_codes)], stratum_codes[used % len(stratum_codes)]], axis=1
    )
    position = np.searchsorted(used, key)
    position[position == len(used)] = 0
    if len(used):
        position[used[position] != key] = 0
    return cells.astype(np.int64), position


def stratum_contrasts(
    fit: SaturatedFit, pairs: Sequence[tuple[int, int]], *, shares: ArrayLike | None = None
) -> Floats:
    """Return the contrasts between pairs of groups, weighed over strata, shape (k, p).

    The contrast of (a, b) is the sum over strata of the share of the stratum times the mean of a minus the
    mean of b in it. Strata of share zero need no rows. With two groups and equal weights, the HC2 standard
    error equals that of ``difference_in_means(blocks = )`` in R's estimatr (Gerber and Green 2012, p. 73-74);
    the degrees of freedom are n minus the number of cells, with two groups n minus twice the strata as there.

    Parameters
    ----------
    fit
        From :func:`fit_saturated`; its strata, in the order of their codes, are those of ``shares``.
    pairs
        Codes of groups: first minus second.
    shares
        Shape (s,), scaled to a sum of one; None for the sum of the weights of all rows in the stratum.

    Raises
    ------
    NotEstimableError
        ``empty-cell`` when a group of a pair has no row in a stratum, whose code the message names.

    Examples
    --------
    >>> fit = fit_saturated([1.0, 3, 4, 6, 0, 1, 0, 9], [0, 0, 1, 1, 0, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1])
    >>> contrast = stratum_contrasts(fit, [(1, 0)])
    >>> (contrast @ fit.coefficients).item()
    3.5
    """
    strata, stratum = np.unique(fit.cells[:, 1], return_inverse=True)
    if shares is None:
        shares = np.bincount(stratum, weights=fit.cell_weights, minlength=len(strata))
    weight = checked_weights(shares, len(strata))
    weight = weight / weight.sum()
    rows = [
        _mean_of_group(fit.cells, stratum, weight, first) - _mean_of_group(fit.cells, stratum, weight, second)
        for first, second in pairs
    ]
    return np.stack(rows)


def _mean_of_group(cells: Integers, stratum: Integers, shares: Floats, group: int) -> Floats:
    """Return the weights of the cells that give the mean of one group over the strata."""
    own = cells[:, 0] == group
    present = np.zeros(len(shares), dtype=bool)
    present[stratum[own]] = True
    empty = np.flatnonzero(~present & (shares > 0))
    if len(empty):
        code = cells[stratum == empty[0], 1][0]
        raise NotEstimableError("empty-cell", f"group {group} has no row in stratum {code}")
    return np.where(own, shares[stratum], 0.0)
