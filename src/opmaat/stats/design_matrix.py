"""Design matrices with named columns, and the rule by which collinear columns are dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opmaat.stats.arrays import Floats, checked_weights
from opmaat.stats.decomposition import decompose
from opmaat.stats.errors import NotEstimableError

COLLINEARITY_TOLERANCE = 1e-7  # that of R's lm


@dataclass(frozen=True)
class Dropped:
    """A column that was left out of a design, and why."""

    name: str
    reason: Literal["constant", "collinear"]


@dataclass(frozen=True, eq=False)
class DesignMatrix:
    """Named columns of a regression: ``values`` has one row per observation and one column per name.

    Raises
    ------
    NotEstimableError
        ``not-finite`` when a value is missing or infinite.

    Examples
    --------
    >>> DesignMatrix(("intercept", "arm"), np.array([[1.0, 0.0], [1.0, 1.0]])).values.shape
    (2, 2)
    """

    names: tuple[str, ...]
    values: Floats

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != len(self.names):
            raise ValueError(f"{len(self.names)} names for values of shape {self.values.shape}")
        if len(set(self.names)) != len(self.names):
            raise ValueError(f"two columns with the same name in {self.names}")
        finite = np.isfinite(self.values).all(axis=0)
        if not finite.all():
            name = self.names[int(np.argmin(finite))]
            raise NotEstimableError("not-finite", f"column {name} has a missing or infinite value")


def keep_independent(
    design: DesignMatrix,
    weights: ArrayLike | None = None,
    *,
    tolerance: float = COLLINEARITY_TOLERANCE,
) -> tuple[DesignMatrix, tuple[Dropped, ...]]:
    """Drop the columns that are linear combinations of columns to their left.

    A column is dropped when what remains of it after projection on the columns kept before it is shorter
    than ``tolerance`` times the column itself, the rule of R's ``lm``. Which columns stay depends on their
    order, so the caller puts first what it needs most. Rows of weight zero do not count.

    Parameters
    ----------
    design
        Columns in the order of their importance.
    weights
        Shape (n,), or None for an unweighted regression.
    tolerance
        Relative length below which a remainder counts as nothing.

    Returns
    -------
    tuple
        The design with the kept columns, in order, and the dropped columns. A dropped column that has one
        value in all rows has the reason ``constant``, any other ``collinear``.

    Examples
    --------
    >>> x = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 2.0], [1.0, 0.0, 0.0]])
    >>> kept, dropped = keep_independent(DesignMatrix(("intercept", "a", "twice_a"), x))
    >>> kept.names, dropped
    (('intercept', 'a'), (Dropped(name='twice_a', reason='collinear'),))
    """
    row_weights = checked_weights(weights, design.values.shape[0])
    used = row_weights > 0
    rows = design.values if used.all() else design.values[used]
    scaled = rows if weights is None else rows * np.sqrt(row_weights[used])[:, None]
    kept = _independent_columns(scaled, tolerance)
    if kept.all():
        return design, ()
    dropped = tuple(
        Dropped(name, "constant" if np.ptp(rows[:, j]) == 0 else "collinear")
        for j, name in enumerate(design.names)
        if not kept[j]
    )
    names = tuple(name for name, keep in zip(design.names, kept, strict=True) if keep)
    return DesignMatrix(names, np.ascontiguousarray(design.values[:, kept])), dropped


def _independent_columns(columns: Floats, tolerance: float) -> NDArray[np.bool_]:
    """Return which columns are kept, from left to right."""
    n, p = columns.shape
    norms = np.sqrt(np.einsum("ij,ij->j", columns, columns))
    if n >= p and (norms > 0).all():
        diagonal = np.abs(np.diagonal(decompose(columns)[1]))
        if (diagonal >= tolerance * norms).all():
            return np.ones(p, dtype=bool)
    basis = np.empty((n, min(n, p)), order="F")
    kept = np.zeros(p, dtype=bool)
    rank = 0
    for j in range(p):
        if rank == basis.shape[1] or norms[j] == 0:
            continue
        remainder = columns[:, j] / norms[j]
        for _ in range(2):  # the second pass removes what rounding left of the first
            remainder = remainder - basis[:, :rank] @ (basis[:, :rank].T @ remainder)
        length = np.linalg.norm(remainder)
        if length >= tolerance:
            basis[:, rank] = remainder / length
            kept[j] = True
            rank += 1
    return kept


def contrast_matrix(names: Sequence[str], rows: Sequence[Mapping[str, float]]) -> Floats:
    """Write contrasts, given as weights of named columns, as a matrix of shape (k, p).

    Raises
    ------
    NotEstimableError
        ``collinear-contrast`` when a contrast needs a column that is not among the names, because it was
        dropped from the design.

    Examples
    --------
    >>> contrast_matrix(("intercept", "a", "b"), [{"a": 1.0}, {"b": 1.0, "a": -1.0}])
    array([[ 0.,  1.,  0.],
           [ 0., -1.,  1.]])
    """
    position = {name: j for j, name in enumerate(names)}
    matrix = np.zeros((len(rows), len(position)))
    for i, row in enumerate(rows):
        for name, weight in row.items():
            if name not in position:
                detail = f"column {name} is not in the design, it depends on columns before it"
                raise NotEstimableError("collinear-contrast", detail)
            matrix[i, position[name]] = weight
    return matrix
