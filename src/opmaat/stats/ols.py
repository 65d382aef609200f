"""Ordinary and weighted least squares of many outcomes on one design, with one QR decomposition."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from opmaat.stats.arrays import Floats, Integers, checked_weights, finite_columns, solve
from opmaat.stats.clusters import Clusters, DenseSums
from opmaat.stats.decomposition import decompose
from opmaat.stats.design_matrix import COLLINEARITY_TOLERANCE, DesignMatrix
from opmaat.stats.errors import NotEstimableError


@dataclass(frozen=True, eq=False)
class Fit(ABC):
    """What every fit has: a number of observations (rows of positive weight) and of coefficients."""

    n_observations: int

    @property
    @abstractmethod
    def rank(self) -> int:
        """Number of coefficients."""

    @property
    def df_residual(self) -> int:
        """Number of observations minus the rank."""
        return self.n_observations - self.rank


@dataclass(frozen=True, eq=False)
class FitOfRows(Fit):
    """What a fit of m outcomes over n rows has.

    Attributes
    ----------
    residuals
        Outcome minus fitted value, not scaled by the weights; shape (n, m).
    weights
        Shape (n,); ones in an unweighted fit.
    """

    residuals: Floats
    weights: Floats

    @property
    def residual_variance(self) -> Floats:
        """Weighted sum of squared residuals over its degrees of freedom, shape (m,)."""
        variance: Floats = (self.weights @ self.residuals**2) / self.df_residual
        return variance

    @property
    def residual_covariance(self) -> Floats:
        """Weighted cross product of the residuals over its degrees of freedom, shape (m, m)."""
        products: Floats = (self.residuals * self.weights[:, None]).T @ self.residuals
        return products / self.df_residual

    def squared_residuals(self) -> Floats:
        """Return the squared residual of each row and outcome, shape (n, m)."""
        return self.residuals**2


@dataclass(frozen=True, eq=False)
class DecomposedFit(Fit):
    """What a least squares fit of m outcomes on p columns has, be its units rows or cells of rows.

    Attributes
    ----------
    names
        The p columns of the design.
    coefficients
        Shape (p, m).
    leverage
        Diagonal of the (weighted) hat matrix, one per unit; zero for rows of weight zero.
    basis
        The columns in coordinates in which the weighted cross product is the identity, one row per unit: with
        R the factor of the QR decomposition, X times the inverse of R. Rows of weight zero are zero.
    triangle
        R, shape (p, p).
    """

    names: tuple[str, ...]
    coefficients: Floats
    leverage: Floats
    basis: Floats
    triangle: Floats

    @property
    def rank(self) -> int:
        """Number of columns, all of them independent."""
        return len(self.names)

    def coordinates(self, contrast: Floats) -> Floats:
        """Return contrasts in the coordinates of ``basis``, shape (p, k)."""
        return solve(self.triangle.T, contrast.T)

    def unscaled_covariance(self, contrast: Floats) -> Floats:
        """Return the covariance of the contrasts, shape (k, k), for a residual variance of one."""
        coordinates = self.coordinates(contrast)
        return coordinates.T @ coordinates


@dataclass(frozen=True, eq=False)
class OlsFit(DecomposedFit, FitOfRows):
    """A least squares fit of m outcomes on p columns over n rows."""

    def linear_weights(self, contrast: Floats) -> Floats:
        """Return, shape (n, k), the weights of the rows of which each contrast is the sum."""
        weights: Floats = self.weights[:, None] * (self.basis @ self.coordinates(contrast))
        return weights

    @cached_property
    def second_moment(self) -> Floats:
        """Cross product of the basis with squared weights, shape (p, p); the identity when unweighted."""
        weighted = self.basis * self.weights[:, None]
        moment: Floats = weighted.T @ weighted
        return moment

    def block_products(self, rows: Integers) -> tuple[Floats, Floats]:
        """Return FF' and F K F' of blocks of rows, shape (b, s) to (b, s, s); F is ``basis``.

        K is ``second_moment``.
        """
        blocks = self.basis[rows]
        transposed = blocks.transpose(0, 2, 1)
        return blocks @ transposed, (blocks @ self.second_moment) @ transposed

    def local_basis(self, rows: Integers) -> tuple[Floats, Floats]:
        """Return the basis of some rows, and the second moment of the columns they use."""
        return self.basis[rows], self.second_moment

    def sums_over(self, groups: Clusters) -> DenseSums:
        """Return what sums the basis over clusters."""
        return DenseSums(self.basis, self.second_moment, groups)


def fit_ols(outcomes: ArrayLike, design: DesignMatrix, *, weights: ArrayLike | None = None) -> OlsFit:
    """Fit outcomes on a design of full column rank by (weighted) least squares.

    A row of weight zero does not count, as in R's ``lm``: it has a residual, but no part in the estimates,
    the number of observations or the degrees of freedom.

    Parameters
    ----------
    outcomes
        Shape (n,) or (n, m); all outcomes share one decomposition of the design.
    design
        Columns of full rank, see :func:`opmaat.stats.design_matrix.keep_independent`.
    weights
        Shape (n,), not negative; None for equal weights.

    Raises
    ------
    NotEstimableError
        ``no-residual-df`` when there are not more observations than columns, ``rank-deficient`` when a
        column depends on columns before it, ``no-variation`` when an outcome has one value in all rows,
        ``not-finite`` and ``bad-weights`` for input that is not a number.

    Examples
    --------
    >>> design = DesignMatrix(("intercept", "arm"), np.array([[1.0, 0], [1, 0], [1, 1], [1, 1]]))
    >>> fit_ols([1.0, 3.0, 4.0, 6.0], design).coefficients.ravel().round(12)
    array([2., 3.])
    """
    y = finite_columns(outcomes, what="outcome")
    x = design.values
    if len(y) != len(x):
        raise ValueError(f"{len(y)} outcomes for {len(x)} rows of the design")
    w = checked_weights(weights, len(x))
    n_observations = int(np.count_nonzero(w))
    if n_observations <= x.shape[1]:
        detail = (
            f"{n_observations} observations for {x.shape[1]} columns leave no residual degrees of freedom"
        )
        raise NotEstimableError("no-residual-df", detail)
    refuse_constant_outcomes(y, w)
    root = None if weights is None else np.sqrt(w)
    orthonormal, triangle = decompose_full_rank(x if root is None else x * root[:, None], design.names)
    projected = orthonormal.T @ (y if root is None else y * root[:, None])
    coefficients = solve(triangle, projected)
    return OlsFit(
        names=design.names,
        coefficients=coefficients,
        residuals=y - x @ coefficients,
        leverage=np.einsum("ij,ij->i", orthonormal, orthonormal),
        weights=w,
        basis=orthonormal if root is None else _divided_where_positive(orthonormal, root),
        triangle=triangle,
        n_observations=n_observations,
    )


def refuse_constant_outcomes(outcomes: Floats, weights: Floats) -> None:
    """Raise ``no-variation`` when an outcome has the same value in all rows of positive weight.

    Examples
    --------
    >>> refuse_constant_outcomes(np.array([[1.0], [2.0]]), np.ones(2))
    """
    used = weights > 0
    spread = np.ptp(outcomes if used.all() else outcomes[used], axis=0)
    if not spread.all():
        column = int(np.argmin(spread))
        detail = f"outcome column {column} has the same value in every row"
        raise NotEstimableError("no-variation", detail, column=column)


def decompose_full_rank(columns: Floats, names: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Return the QR decomposition of columns of full rank.

    Raises
    ------
    NotEstimableError
        ``rank-deficient`` when a column depends on columns before it.

    Examples
    --------
    >>> orthonormal, triangle = decompose_full_rank(np.array([[3.0], [4.0]]), ("income",))
    >>> orthonormal.ravel(), triangle
    (array([0.6, 0.8]), array([[5.]]))
    """
    if columns.shape[0] < columns.shape[1]:
        raise NotEstimableError("rank-deficient", f"{len(names)} columns in {columns.shape[0]} distinct rows")
    orthonormal, triangle = decompose(columns)
    lengths = np.sqrt(np.einsum("ij,ij->j", triangle, triangle))
    independent = (np.abs(np.diagonal(triangle)) >= COLLINEARITY_TOLERANCE * lengths) & (lengths > 0)
    if not independent.all():
        name = names[int(np.argmin(independent))]
        raise NotEstimableError("rank-deficient", f"column {name} depends on the columns before it")
    return orthonormal, triangle


def _divided_where_positive(values: Floats, root: Floats) -> Floats:
    """Divide rows by the root of their weight, and leave rows of weight zero at zero."""
    inverse = np.divide(1.0, root, out=np.zeros_like(root), where=root > 0)
    divided: Floats = values * inverse[:, None]
    return divided
