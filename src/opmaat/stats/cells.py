"""Sufficient statistics of unclustered, unweighted least squares on discrete columns.

Rows with the same values in all columns have the same fitted value and the same leverage. Their number, sum
and sum of squares per outcome therefore give the coefficients and the classical and HC0-HC3 covariance of the
regression on the rows exactly, and those of two files can be pooled without the rows.

What is kept per cell is the number, the mean and the sum of squares *around the mean*. The plain sum of
squares has the same information, but with a large mean and a small spread (earnings of 30,000 with
differences of 1) its differences lose all digits; the centred sums do not, and are pooled by the formula of
Chan, Golub and LeVeque (1983, https://doi.org/10.1080/00031305.1983.10483115).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from opmaat.stats.arrays import Floats, Integers, finite_columns, solve, sums_by_cell
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.errors import NotEstimableError
from opmaat.stats.ols import DecomposedFit, decompose_full_rank

DENSE_KEYS_PER_ROW = 4  # beyond this many possible cells per row, sorting is cheaper than counting
LARGEST_KEY = 2**62


@dataclass(frozen=True, eq=False)
class SufficientStats:
    """Number of rows, and mean and centred sum of squares of m outcomes, in each of c cells.

    Adding two gives those of both files together.

    Attributes
    ----------
    keys
        The distinct combinations of the discrete columns, in lexicographic order, shape (c, q).
    n
        Rows in each cell, shape (c,).
    mean
        Shape (c, m).
    centred_squares
        Sum of squared differences from the mean of the cell, shape (c, m).
    """

    keys: Integers
    n: Integers
    mean: Floats
    centred_squares: Floats

    @property
    def total(self) -> Floats:
        """Sum of each outcome in each cell, shape (c, m)."""
        total: Floats = self.n[:, None] * self.mean
        return total

    @property
    def total_of_squares(self) -> Floats:
        """Sum of the squares of each outcome in each cell, shape (c, m)."""
        squares: Floats = self.centred_squares + self.n[:, None] * self.mean**2
        return squares

    def __add__(self, other: "SufficientStats") -> "SufficientStats":
        keys = np.concatenate([self.keys, other.keys])
        distinct, cell = np.unique(keys, axis=0, return_inverse=True)
        cell = cell.reshape(-1)
        rows = np.concatenate([self.n, other.n])
        means = np.concatenate([self.mean, other.mean])
        n = np.bincount(cell, weights=rows, minlength=len(distinct))
        # the first mean of each cell is the origin, so that nothing large is subtracted afterwards
        origin = means[np.unique(cell, return_index=True)[1]]
        mean = origin + sums_by_cell(cell, rows[:, None] * (means - origin[cell]), len(distinct)) / n[:, None]
        between = sums_by_cell(cell, rows[:, None] * (means - mean[cell]) ** 2, len(distinct))
        within = np.concatenate([self.centred_squares, other.centred_squares])
        squares = between + sums_by_cell(cell, within, len(distinct))
        return SufficientStats(distinct, n.astype(np.int64), mean, squares)


def summarise(keys: Sequence[ArrayLike], outcomes: ArrayLike) -> SufficientStats:
    """Reduce rows to the sufficient statistics of the cells they are in.

    Parameters
    ----------
    keys
        Discrete columns, each an integer array of shape (n,).
    outcomes
        Shape (n,) or (n, m).

    Raises
    ------
    NotEstimableError
        ``too-many-cells`` when the number of possible combinations does not fit in an integer,
        ``not-finite`` when an outcome is not a number.

    Examples
    --------
    >>> stats = summarise([np.array([0, 0, 1])], np.array([1.0, 3.0, 5.0]))
    >>> stats.n, stats.total.ravel(), stats.total_of_squares.ravel()
    (array([2, 1]), array([4., 5.]), array([10., 25.]))
    """
    y = finite_columns(outcomes, what="outcome")
    columns = [np.asarray(column) for column in keys]
    if any(column.shape != (len(y),) or column.dtype.kind not in "iub" for column in columns):
        raise ValueError("keys must be integer arrays with one value per outcome row")
    if len(y) == 0:
        raise NotEstimableError("no-residual-df", "there are no rows")
    distinct, cell = _distinct_cells([column.astype(np.int64, copy=False) for column in columns], len(y))
    c = len(distinct)
    n = np.bincount(cell, minlength=c)
    origin = y.mean(axis=0)
    mean = origin + sums_by_cell(cell, y - origin, c) / n[:, None]
    squares = sums_by_cell(cell, (y - mean[cell]) ** 2, c)
    return SufficientStats(distinct, n, mean, squares)


def _distinct_cells(columns: list[Integers], n: int) -> tuple[Integers, Integers]:
    """Return the distinct combinations in lexicographic order, and the one each row is in."""
    if not columns:
        return np.empty((1, 0), dtype=np.int64), np.zeros(n, dtype=np.int64)
    lowest = [int(column.min()) for column in columns]
    sizes = [int(column.max()) - low + 1 for column, low in zip(columns, lowest, strict=True)]
    possible = math.prod(sizes)
    if possible > LARGEST_KEY:
        raise NotEstimableError("too-many-cells", f"the columns have {possible} possible combinations")
    key = columns[0] - lowest[0]
    for column, low, size in zip(columns[1:], lowest[1:], sizes[1:], strict=True):
        key *= size
        key += column
        key -= low
    if possible <= DENSE_KEYS_PER_ROW * n:
        present = np.bincount(key, minlength=possible) > 0
        used = np.flatnonzero(present)
        cell = (np.cumsum(present) - 1)[key]
    else:
        used, cell = np.unique(key, return_inverse=True)
    digits = np.unravel_index(used, sizes)
    return np.stack([digit + low for digit, low in zip(digits, lowest, strict=True)], axis=1), cell


@dataclass(frozen=True, eq=False)
class CellsFit(DecomposedFit):
    """A least squares fit of rows of which only the sufficient statistics per cell are known.

    A cell, instead of a row, is the unit; ``leverage`` and ``basis`` are those of one row of the cell.

    Attributes
    ----------
    squares
        Sum of the squared residuals of all rows of a cell, shape (c, m).
    """

    squares: Floats

    @property
    def residual_variance(self) -> Floats:
        """Sum of squared residuals over its degrees of freedom, shape (m,)."""
        variance: Floats = self.squares.sum(axis=0) / self.df_residual
        return variance

    def linear_weights(self, contrast: Floats) -> Floats:
        """Return, shape (c, k), the weight of each row of a cell in the sum that the contrast is."""
        return self.basis @ self.coordinates(contrast)

    def squared_residuals(self) -> Floats:
        """Return the sum of squared residuals in each cell, shape (c, m)."""
        return self.squares


def fit_cells(stats: SufficientStats, design: DesignMatrix) -> CellsFit:
    """Fit the regression on the rows from the sufficient statistics of their cells.

    Parameters
    ----------
    stats
        From :func:`summarise`, or a sum of such.
    design
        The regression's columns as functions of ``stats.keys``, one row per cell, of full rank.

    Raises
    ------
    NotEstimableError
        As :func:`opmaat.stats.ols.fit_ols`, on the rows.

    Examples
    --------
    >>> stats = summarise([np.array([0, 0, 1, 1])], np.array([1.0, 3.0, 4.0, 6.0]))
    >>> design = DesignMatrix(("intercept", "arm"), np.column_stack([np.ones(2), stats.keys[:, 0]]))
    >>> fit_cells(stats, design).coefficients.ravel().round(12)
    array([2., 3.])
    """
    x = design.values
    if len(x) != len(stats.n):
        raise ValueError(f"the design has {len(x)} rows for {len(stats.n)} cells")
    n = stats.n
    if int(n.sum()) <= x.shape[1]:
        detail = f"{int(n.sum())} observations for {x.shape[1]} columns leave no residual degrees of freedom"
        raise NotEstimableError("no-residual-df", detail)
    _refuse_constant_outcomes(stats)
    root = np.sqrt(n)[:, None]
    orthonormal, triangle = decompose_full_rank(x * root, design.names)
    coefficients = solve(triangle, orthonormal.T @ (stats.mean * root))
    basis = orthonormal / root
    return CellsFit(
        names=design.names,
        coefficients=coefficients,
        squares=stats.centred_squares + n[:, None] * (stats.mean - x @ coefficients) ** 2,
        leverage=np.einsum("ij,ij->i", basis, basis),
        n_observations=int(n.sum()),
        basis=basis,
        triangle=triangle,
    )


def _refuse_constant_outcomes(stats: SufficientStats) -> None:
    """Raise when an outcome has one value in all rows of all cells."""
    varies = (np.ptp(stats.mean, axis=0) > 0) | (stats.centred_squares.sum(axis=0) > 0)
    if not varies.all():
        column = int(np.argmin(varies))
        detail = f"outcome column {column} has the same value in every row"
        raise NotEstimableError("no-variation", detail, column=column)
