"""The QR decomposition of tall matrices, by the Cholesky factor where that is as exact."""

import numpy as np

from opmaat.stats.arrays import Floats

NEARLY_ORTHONORMAL = 1e-3


def decompose(columns: Floats) -> tuple[Floats, Floats]:
    """Return an orthonormal basis (n, p) of the columns and the triangle (p, p) they are in it, for n >= p.

    Two rounds of Cholesky QR take a third to a seventh of the time of Householder reflections on a tall
    matrix. When the first round is orthonormal to a few digits the second is so to machine precision
    (Yamamoto, Nakatsukasa, Yanagisawa and Fukaya 2015, Electronic Transactions on Numerical Analysis 44,
    306-326); when it is not, for columns close to collinear, reflections are used. The diagonal may have
    either sign.

    Examples
    --------
    >>> basis, triangle = decompose(np.array([[1.0, 0.0], [1.0, 1.0]]))
    >>> (basis @ triangle).round(12) + 0.0
    array([[1., 0.],
           [1., 1.]])
    """
    try:
        basis, first = _cholesky_round(columns)
        cross = basis.T @ basis
        if np.abs(cross - np.eye(len(cross))).max() < NEARLY_ORTHONORMAL:
            basis, second = _cholesky_round(basis)
            return basis, second @ first
    except np.linalg.LinAlgError:
        pass  # not positive definite to working precision: the columns are close to collinear
    reflected, triangle = np.linalg.qr(columns)
    return np.asarray(reflected, dtype=np.float64), np.asarray(triangle, dtype=np.float64)


def _cholesky_round(columns: Floats) -> tuple[Floats, Floats]:
    """Return columns in the coordinates of the Cholesky factor of their cross product, and that factor."""
    triangle: Floats = np.linalg.cholesky(columns.T @ columns).T.astype(np.float64, copy=False)
    return columns @ np.linalg.inv(triangle), triangle
