"""Bias-reduced cluster-robust covariance (CR2) and its Satterthwaite degrees of freedom.

CR2 multiplies the residuals of each cluster by a matrix that makes the covariance exactly unbiased under a
working model: Bell and McCaffrey (2002), in the form of Pustejovsky and Tipton (2018,
https://doi.org/10.1080/07350015.2016.1247004). The working model here is that outcomes are uncorrelated with
equal variance *also when the fit is weighted*, because our weights stand for probabilities of assignment or
response, not for precision. That is the default of R's clubSandwich for ``lm``, and what estimatr does.

With F the basis of the fit (X in coordinates in which X'WX is the identity), K = F'W²F and N the hat matrix
FF'W, the working covariance of the residuals is B = I - N - N' + FKF'. A cluster's correction is the inverse
symmetric square root of its block of B, where directions of eigenvalue zero, in which the residuals are
always zero, are left out. No matrix of n x n is made, and none of G x G.
"""

import numpy as np

from opmaat.stats.arrays import Floats, Integers
from opmaat.stats.clusters import BasisSums, Clusters
from opmaat.stats.errors import NotEstimableError
from opmaat.stats.ols import OlsFit
from opmaat.stats.stratified import SaturatedFit

RowFit = OlsFit | SaturatedFit

SMALL_CLUSTER = 32  # rows; smaller clusters of one size are decomposed together, larger ones at low rank
ZERO_EIGENVALUE = 1e-10


def bias_reduced_weights(fit: RowFit, weights: Floats, groups: Clusters) -> Floats:
    """Multiply the linear weights of each cluster, shape (n, k), by its CR2 correction.

    Raises
    ------
    NotEstimableError
        ``leverage-one`` when a contrast depends on a cluster in a direction in which its residuals are
        always zero, as when an arm has a single cluster.

    Examples
    --------
    >>> from opmaat.stats.clusters import group_clusters
    >>> from opmaat.stats.design_matrix import DesignMatrix
    >>> from opmaat.stats.ols import fit_ols
    >>> fit = fit_ols([1.0, 3.0, 5.0, 9.0], DesignMatrix(("intercept",), np.ones((4, 1))))
    >>> clusters = group_clusters(np.array([0, 0, 1, 1]), fit.weights)
    >>> bias_reduced_weights(fit, fit.linear_weights(np.ones((1, 1))), clusters).ravel().round(6)
    array([0.353553, 0.353553, 0.353553, 0.353553])
    """
    negligible = 1e-7 * np.abs(weights).max(axis=0)
    corrected = np.zeros_like(weights)
    for size in np.unique(groups.sizes):
        starts = groups.starts[groups.sizes == size]
        rows = groups.rows[starts[:, None] + np.arange(size)]
        if size <= SMALL_CLUSTER:
            corrected[rows] = _corrected_blocks(fit, weights[rows], rows, negligible)
        else:
            for block in rows:
                corrected[block] = _corrected_block(fit, weights[block], block, negligible)
    return corrected


def _corrected_blocks(fit: RowFit, weights: Floats, rows: Integers, negligible: Floats) -> Floats:
    """Correct clusters of one size together: ``rows`` (b, s), ``weights`` (b, s, k)."""
    products, moments = fit.block_products(rows)
    hat = products * fit.weights[rows][:, None, :]
    working = np.eye(rows.shape[1]) - hat - hat.transpose(0, 2, 1) + moments
    eigenvalues, vectors = np.linalg.eigh(working)
    parts = vectors.transpose(0, 2, 1) @ weights
    roots = _inverse_roots(eigenvalues, parts, negligible)
    return vectors @ (roots[..., None] * parts)


def _corrected_block(fit: RowFit, weights: Floats, rows: Integers, negligible: Floats) -> Floats:
    """Correct one large cluster in the span of its basis, outside which the model is the identity."""
    basis, moment = fit.local_basis(rows)
    span, triangle = np.linalg.qr(np.hstack([basis, basis * fit.weights[rows][:, None]]))
    identity = np.eye(basis.shape[1])
    middle = np.block([[-moment, identity], [identity, np.zeros_like(identity)]])
    eigenvalues, vectors = np.linalg.eigh(np.eye(span.shape[1]) - triangle @ middle @ triangle.T)
    directions = span @ vectors
    parts = directions.T @ weights
    roots = _inverse_roots(eigenvalues, parts, negligible)
    corrected: Floats = weights + directions @ ((roots - 1)[:, None] * parts)
    return corrected


def _inverse_roots(eigenvalues: Floats, parts: Floats, negligible: Floats) -> Floats:
    """Return the inverse roots, zero for eigenvalues of zero, refused where a contrast needs those."""
    zero = eigenvalues < ZERO_EIGENVALUE
    if (zero[..., None] & (np.abs(parts) > negligible)).any():
        detail = "a contrast depends on a cluster that is fitted exactly, such as the only one of an arm"
        raise NotEstimableError("leverage-one", detail)
    return np.where(zero, 0.0, 1 / np.sqrt(np.where(zero, 1.0, eigenvalues)))


def satterthwaite_df(fit: RowFit, corrected: Floats, groups: Clusters) -> Floats:
    """Return the Satterthwaite degrees of freedom of the CR2 variance of each contrast, shape (k,).

    Under the working model the variance is a quadratic form with a G x G matrix P; the degrees of freedom
    are the squared trace of P over the sum of its squared elements. P is diagonal plus low rank, never made.

    Parameters
    ----------
    fit, groups
        As in :func:`bias_reduced_weights`.
    corrected
        The linear weights that function returns, shape (n, k).

    Examples
    --------
    >>> from opmaat.stats.clusters import group_clusters
    >>> from opmaat.stats.design_matrix import DesignMatrix
    >>> from opmaat.stats.ols import fit_ols
    >>> fit = fit_ols([1.0, 3.0, 5.0, 9.0], DesignMatrix(("intercept",), np.ones((4, 1))))
    >>> clusters = group_clusters(np.arange(4), fit.weights)
    >>> corrected = bias_reduced_weights(fit, fit.linear_weights(np.ones((1, 1))), clusters)
    >>> satterthwaite_df(fit, corrected, clusters).round(9)
    array([3.])
    """
    sums = fit.sums_over(groups)
    return np.array([_satterthwaite(fit, column, groups, sums) for column in corrected.T])


def _satterthwaite(fit: RowFit, corrected: Floats, groups: Clusters, sums: BasisSums) -> float:
    """Return the degrees of freedom of one contrast; P = S - BD' - UB' with S diagonal.

    Without weights D is B and U is zero.
    """
    squares = groups.sums(corrected[:, None] ** 2)[:, 0]
    b = sums.of(corrected)
    if (fit.weights == 1).all():
        return _degrees(squares, sums.dots(b, b), sums.gram(b, b, b, b))
    d = sums.of(corrected * fit.weights)
    u = d - sums.times_moment(b)
    low_rank_squares = sums.gram(b, b, d, d) + 2 * sums.gram(b, u, d, b) + sums.gram(b, b, u, u)
    return _degrees(squares, sums.dots(b, d) + sums.dots(u, b), low_rank_squares)


def _degrees(squares: Floats, low_rank_diagonal: Floats, low_rank_squares: float) -> float:
    """Return the squared trace of P over the sum of its squares; P is S less a part of low rank."""
    trace = squares.sum() - low_rank_diagonal.sum()
    total = (squares**2).sum() - 2 * (squares * low_rank_diagonal).sum() + low_rank_squares
    return float(trace**2 / total)
