"""Contrasts of coefficients with their standard errors, degrees of freedom and influence.

Conventions, for n observations of positive weight, rank k, leverage h (of the weighted hat matrix):

=========== ========================================================= ================================
errors      covariance                                                degrees of freedom
=========== ========================================================= ================================
classical   weighted sum of squared residuals / (n - k)               n - k
hc0         White (1980)                                              n - k
hc1         hc0 times n / (n - k)                                     n - k
hc2         squared residuals divided by 1 - h                        n - k
hc3         squared residuals divided by (1 - h) squared              n - k
cr0         sums per cluster in the place of rows                     G - 1, for G clusters
cr1         cr0 times G / (G - 1) times (n - 1) / (n - k)             G - 1
cr2         bias-reduced, Bell and McCaffrey (2002)                   Satterthwaite, per contrast
=========== ========================================================= ================================

hc0-hc3 are those of MacKinnon and White (1985, https://doi.org/10.1016/0304-4076(85)90158-7) as in R's
sandwich and estimatr and in statsmodels; pyfixest multiplies hc2 and hc3 by n / (n - k) unless told
otherwise. cr1 is that of Stata, named "stata" in estimatr. For cr2 see :mod:`opmaat.stats.cluster_robust`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opmaat.stats.arrays import Floats
from opmaat.stats.cells import CellsFit
from opmaat.stats.cluster_robust import RowFit, bias_reduced_weights, satterthwaite_df
from opmaat.stats.clusters import Clusters, group_clusters
from opmaat.stats.error_kinds import CLUSTERED, Errors
from opmaat.stats.errors import NotEstimableError

LEVERAGE_ONE = 1 - 1e-10


@dataclass(frozen=True, eq=False)
class Contrasts:
    """Estimates of k contrasts for m outcomes; each field has the shape (k, m)."""

    point: Floats
    std_error: Floats
    df: Floats


def contrasts(
    fit: RowFit | CellsFit, contrast: ArrayLike, *, errors: Errors, clusters: ArrayLike | None = None
) -> Contrasts:
    """Estimate linear combinations of coefficients.

    Parameters
    ----------
    fit
        A fit of rows or of cells. One of cells serves classical and hc0-hc3 only.
    contrast
        Weights of the coefficients, shape (k, p).
    errors
        Kind of standard error, see the table at the top of this module.
    clusters
        Shape (n,), a code per row; needed for cr0-cr2, refused for the other kinds.

    Raises
    ------
    NotEstimableError
        ``leverage-one`` (hc2, hc3, cr2) when a row, or cluster, on which the contrast depends is fitted
        exactly whatever its outcome, ``single-cluster``, ``needs-rows`` for clusters in a fit of cells.

    Examples
    --------
    >>> from opmaat.stats.design_matrix import DesignMatrix
    >>> from opmaat.stats.ols import fit_ols
    >>> design = DesignMatrix(("intercept", "arm"), np.array([[1.0, 0], [1, 0], [1, 1], [1, 1]]))
    >>> result = contrasts(fit_ols([1.0, 3.0, 4.0, 6.0], design), [[0, 1]], errors="hc2")
    >>> result.point.round(6), result.std_error.round(6), result.df
    (array([[3.]]), array([[1.414214]]), array([[2.]]))
    """
    matrix = _checked_contrast(fit, contrast)
    point = matrix @ fit.coefficients
    if errors not in CLUSTERED:
        _refuse_clusters(errors, clusters)
        df = np.full(point.shape, float(fit.df_residual))
        return Contrasts(point, np.sqrt(_unclustered_variance(fit, matrix, errors)), df)
    rows, groups = _clustered(fit, errors, clusters)
    weights = _unit_weights(rows, matrix, errors, groups)
    variance = np.stack(
        [np.sum(groups.sums(weights[:, [j]] * rows.residuals) ** 2, axis=0) for j in range(len(matrix))]
    )
    if errors == "cr2":
        df = np.repeat(satterthwaite_df(rows, weights, groups)[:, None], point.shape[1], axis=1)
    else:
        df = np.full(point.shape, groups.count - 1.0)
    return Contrasts(point, np.sqrt(variance), df)


def influence(
    fit: RowFit, contrast: ArrayLike, *, errors: Errors, clusters: ArrayLike | None = None
) -> Floats:
    """Return what each row or cluster contributes to the error of each contrast, shape (u, k, m).

    The sum over the first axis of the product of two columns is their covariance under the kind of errors
    asked for, also between outcomes; that of a column with itself is the squared standard error.

    Parameters
    ----------
    fit, contrast, errors, clusters
        As in :func:`contrasts`. A row is a unit for hc0-hc3 (u = n), a cluster with a row of positive weight
        for cr0-cr2, in the order of the codes. Classical errors do not come from rows: their units (u = k m)
        are made up, and cannot be compared with those of another fit.

    Raises
    ------
    NotEstimableError
        As :func:`contrasts`.

    Examples
    --------
    >>> from opmaat.stats.design_matrix import DesignMatrix
    >>> from opmaat.stats.ols import fit_ols
    >>> design = DesignMatrix(("intercept", "arm"), np.array([[1.0, 0], [1, 0], [1, 1], [1, 1]]))
    >>> parts = influence(fit_ols([1.0, 3.0, 4.0, 6.0], design), [[0, 1]], errors="hc2")
    >>> float(np.sum(parts**2).round(12))
    2.0
    """
    matrix = _checked_contrast(fit, contrast)
    if errors not in CLUSTERED:
        _refuse_clusters(errors, clusters)
        if errors == "classical":
            parts = np.kron(_root(fit.unscaled_covariance(matrix)), _root(fit.residual_covariance))
            return np.asarray(parts, dtype=np.float64).reshape(len(parts), len(matrix), -1)
        weights = _row_weights(fit, matrix, errors)
        return weights[:, :, None] * fit.residuals[:, None, :]
    rows, groups = _clustered(fit, errors, clusters)
    weights = _unit_weights(rows, matrix, errors, groups)
    return np.stack(
        [groups.sums(weights[:, [j]] * rows.residuals) for j in range(len(matrix))],
        axis=1,
    )


def _root(covariance: Floats) -> Floats:
    """Return the symmetric root of a covariance matrix, which may be singular."""
    eigenvalues, vectors = np.linalg.eigh(covariance)
    root: Floats = (vectors * np.sqrt(np.clip(eigenvalues, 0.0, None))) @ vectors.T
    return root


def covariance(
    fit: RowFit | CellsFit, contrast: ArrayLike, *, errors: Errors, clusters: ArrayLike | None = None
) -> Floats:
    """Return the covariance matrix of the contrasts of each outcome, shape (m, k, k).

    Parameters
    ----------
    fit, contrast, errors, clusters
        As in :func:`contrasts`, with the same errors raised.

    Examples
    --------
    >>> from opmaat.stats.design_matrix import DesignMatrix
    >>> from opmaat.stats.ols import fit_ols
    >>> design = DesignMatrix(("intercept", "arm"), np.array([[1.0, 0], [1, 0], [1, 1], [1, 1]]))
    >>> covariance(fit_ols([1.0, 3.0, 4.0, 6.0], design), [[0, 1]], errors="hc2").round(12)
    array([[[2.]]])
    """
    matrix = _checked_contrast(fit, contrast)
    if errors == "classical":
        _refuse_clusters(errors, clusters)
        scaled: Floats = fit.residual_variance[:, None, None] * fit.unscaled_covariance(matrix)
        return scaled
    if isinstance(fit, CellsFit):
        if clusters is not None or errors in CLUSTERED:
            raise _needs_rows()
        weights = _row_weights(fit, matrix, errors)
        products = (weights[:, :, None] * weights[:, None, :]).reshape(len(weights), -1)
        return (fit.squared_residuals().T @ products).reshape(-1, len(matrix), len(matrix))
    parts = influence(fit, matrix, errors=errors, clusters=clusters).transpose(2, 1, 0)
    return parts @ parts.transpose(0, 2, 1)


def _checked_contrast(fit: RowFit | CellsFit, contrast: ArrayLike) -> Floats:
    """Return the contrasts as a matrix with one column per coefficient."""
    matrix = np.asarray(contrast, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[1] != fit.rank:
        raise ValueError(f"contrasts have shape {matrix.shape}, expected (k, {fit.rank})")
    return matrix


def _refuse_clusters(errors: Errors, clusters: ArrayLike | None) -> None:
    """Raise when clusters are given that the kind of errors would ignore."""
    if clusters is not None:
        raise ValueError(f"clusters are given, but {errors} errors ignore them")


def _needs_rows() -> NotEstimableError:
    """Return the error that sums per cell cannot serve clusters."""
    return NotEstimableError("needs-rows", "clustered errors need the rows, sums per cell do not hold them")


def _clustered(fit: RowFit | CellsFit, errors: Errors, clusters: ArrayLike | None) -> tuple[RowFit, Clusters]:
    """Return the fit of rows and its rows grouped by cluster."""
    if isinstance(fit, CellsFit):
        raise _needs_rows()
    if clusters is None:
        raise ValueError(f"{errors} errors need clusters")
    return fit, group_clusters(clusters, fit.weights)


def _unclustered_variance(fit: RowFit | CellsFit, matrix: Floats, errors: Errors) -> Floats:
    """Return the classical or heteroskedasticity-robust variance, shape (k, m)."""
    variance: Floats
    if errors == "classical":
        variance = np.outer(np.diagonal(fit.unscaled_covariance(matrix)), fit.residual_variance)
        return variance
    variance = (_row_weights(fit, matrix, errors) ** 2).T @ fit.squared_residuals()
    return variance


def _row_weights(fit: RowFit | CellsFit, matrix: Floats, errors: Errors) -> Floats:
    """Return the linear weights of the rows with the correction of hc0-hc3, shape (u, k)."""
    weights = fit.linear_weights(matrix)
    if errors == "hc0":
        return weights
    if errors == "hc1":
        scaled: Floats = weights * np.sqrt(fit.n_observations / fit.df_residual)
        return scaled
    exact = fit.leverage > LEVERAGE_ONE
    if exact.any():
        _refuse_exact_rows(weights, exact)
    # an exactly fitted row without weight in any contrast contributes nothing
    slack = np.where(exact, np.inf, 1 - fit.leverage)
    corrected: Floats = weights / (np.sqrt(slack) if errors == "hc2" else slack)[:, None]
    return corrected


def _refuse_exact_rows(weights: Floats, exact: NDArray[np.bool_]) -> None:
    """Raise when a contrast depends on a row of leverage one."""
    largest = np.abs(weights).max(axis=0)
    depends = exact & (np.abs(weights) > 1e-8 * largest).any(axis=1)
    if depends.any():
        row = int(np.argmax(depends))
        detail = f"row {row} is fitted exactly, so its error is unknown"
        raise NotEstimableError("leverage-one", detail, row=row)


def _unit_weights(fit: RowFit, matrix: Floats, errors: Errors, groups: Clusters) -> Floats:
    """Return the linear weights of the rows with the correction of cr0-cr2, shape (n, k)."""
    weights = fit.linear_weights(matrix)
    if errors == "cr2":
        return bias_reduced_weights(fit, weights, groups)
    if errors == "cr0":
        return weights
    n, g = fit.n_observations, groups.count
    scaled: Floats = weights * np.sqrt(g / (g - 1) * (n - 1) / fit.df_residual)
    return scaled
