"""Array types and the checks every estimator makes on its input."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opmaat.stats.errors import NotEstimableError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def finite_columns(values: ArrayLike, *, what: str) -> Floats:
    """Return the values as a finite matrix with one column per variable.

    Parameters
    ----------
    values
        Shape (n,) or (n, m).
    what
        How to call the values in the error, such as ``"outcome"``.

    Raises
    ------
    NotEstimableError
        ``not-finite`` when a value is missing or infinite.

    Examples
    --------
    >>> finite_columns([1.0, 2.0], what="outcome").shape
    (2, 1)
    """
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim == 1:
        matrix = matrix[:, None]
    if not np.isfinite(matrix).all():
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        detail = f"{what} column {column} has a missing or infinite value in row {row}"
        raise NotEstimableError("not-finite", detail)
    return matrix


def checked_weights(weights: ArrayLike | None, n: int) -> Floats:
    """Return one weight per row: ones when none are given.

    Raises
    ------
    NotEstimableError
        ``bad-weights`` when a weight is missing, infinite or negative.

    Examples
    --------
    >>> checked_weights(None, 2)
    array([1., 1.])
    """
    if weights is None:
        return np.ones(n)
    checked = np.asarray(weights, dtype=np.float64)
    if checked.shape != (n,):
        raise ValueError(f"weights have shape {checked.shape}, expected ({n},)")
    if not (np.isfinite(checked) & (checked >= 0)).all():
        row = int(np.flatnonzero(~(np.isfinite(checked) & (checked >= 0)))[0])
        raise NotEstimableError("bad-weights", f"the weight of row {row} is missing, infinite or negative")
    return checked


def solve(matrix: Floats, right: Floats) -> Floats:
    """Solve a square system of linear equations.

    Examples
    --------
    >>> solve(np.array([[2.0]]), np.array([[3.0]]))
    array([[1.5]])
    """
    return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)


def sums_by_cell(cell: Integers, values: Floats, count: int) -> Floats:
    """Sum the rows that have the same cell, numbered from 0, shape (n, m) to (count, m).

    Examples
    --------
    >>> sums_by_cell(np.array([0, 1, 0]), np.array([[1.0], [2.0], [3.0]]), 2)
    array([[4.],
           [2.]])
    """
    columns = [np.bincount(cell, weights=column, minlength=count) for column in values.T]
    return np.stack(columns, axis=1).astype(np.float64, copy=False)
