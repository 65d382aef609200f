"""Corrections for looking at several estimates: max-t, Holm, and Benjamini-Hochberg."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc, ndtri

from opmaat.stats.arrays import Floats
from opmaat.stats.intervals import critical_t, t_statistic

DIRECTIONS = 2**17  # points on the sphere; p-values are right to about 1e-5
NODES = 2**12  # their maxima are averaged in so many groups of equal size
ZERO_EIGENVALUE = 1e-9


@dataclass(frozen=True, eq=False)
class MaxT:
    """Single-step adjusted p-values of a family, shape (k,), and the critical value of its intervals.

    The simultaneous intervals are point plus and minus ``critical_value`` standard errors.
    """

    p_adjusted: Floats
    critical_value: float


def holm(p: ArrayLike) -> Floats:
    """Return p-values adjusted by Holm's step-down rule, which bounds the family-wise error rate.

    Source: Holm (1979, https://www.jstor.org/stable/4615733).

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(6)
    array([0.03, 0.06, 0.06])
    """
    values = _checked_p(p)
    order = np.argsort(values, kind="stable")
    scaled = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Return p-values adjusted by Benjamini and Hochberg's step-up rule, for the false discovery rate.

    Source: Benjamini and Hochberg (1995, https://doi.org/10.1111/j.2517-6161.1995.tb02031.x). Among estimates
    with an adjusted value of at most q the expected share of false discoveries is at most q; this is not a
    bound on the probability of any.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(6)
    array([0.03, 0.04, 0.04])
    """
    values = _checked_p(p)
    order = np.argsort(values, kind="stable")[::-1]
    k = len(values)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum.accumulate(values[order] * k / np.arange(k, 0, -1))
    return np.minimum(adjusted, 1.0)


def _checked_p(p: ArrayLike) -> Floats:
    """Return p-values as a vector of numbers between 0 and 1."""
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError("p-values must be a vector of numbers between 0 and 1")
    return values


def max_t(
    point: ArrayLike, std_error: ArrayLike, correlation: ArrayLike, df: float, *, confidence: float
) -> MaxT:
    """Adjust a family of t tests by the distribution of the largest absolute t among them.

    The estimates are taken to be multivariate t with this correlation (Dunnett 1955; Hothorn, Bretz and
    Westfall 2008, https://doi.org/10.1002/bimj.200810425). A direction on the sphere decides which contrast
    is the largest and how large beside the length, and the squared length beside the residual variance has an
    F distribution, which integrates out exactly. Only the direction is left to a fixed lattice of points: the
    result is the same on every call, right to about 1e-5, and a single contrast gives Student's t.

    Parameters
    ----------
    point, std_error
        Shape (k,).
    correlation
        Of the estimates, shape (k, k); it may be singular, as with all pairs of arms.
    df
        One number for the family: where contrasts have different degrees of freedom take the smallest.
    confidence
        Simultaneous coverage of the intervals, such as 0.95.

    Raises
    ------
    NotEstimableError
        ``no-variation`` when a standard error is zero, ``no-residual-df`` when ``df`` is not positive.

    Examples
    --------
    >>> equal = 0.5 + 0.5 * np.eye(4)
    >>> family = max_t([2.5, 1.0, 0.2, 1.9], [1, 1, 1, 1], equal, 885, confidence=0.95)
    >>> round(family.critical_value, 3), family.p_adjusted.round(3)
    (2.446, array([0.043, 0.711, 0.999, 0.177]))
    """
    statistics = np.abs(t_statistic(point, std_error))
    single = float(critical_t(df, confidence=confidence))
    factor = _correlation_factor(np.asarray(correlation, dtype=np.float64), len(statistics))
    reach, rank = _largest_per_direction(factor), factor.shape[1]
    adjusted = np.array([_exceedance(t, reach, rank, df) for t in statistics])
    return MaxT(adjusted, _critical_value(single, reach, rank, df, 1 - confidence))


def _correlation_factor(correlation: Floats, k: int) -> Floats:
    """Return a factor (k, r) of the correlation with as many columns as its rank."""
    if correlation.shape != (k, k) or not np.allclose(correlation, correlation.T, rtol=0, atol=1e-8):
        raise ValueError(f"the correlation must be a symmetric matrix of {k} rows")
    if not np.allclose(np.diagonal(correlation), 1, rtol=0, atol=1e-8):
        raise ValueError("the correlation must have ones on its diagonal")
    eigenvalues, vectors = np.linalg.eigh(correlation)
    if eigenvalues[0] < -1e-6:
        raise ValueError("the correlation has a negative eigenvalue")
    positive = eigenvalues > ZERO_EIGENVALUE * k
    factor = vectors[:, positive] * np.sqrt(eigenvalues[positive])
    unit: Floats = factor / np.sqrt(np.sum(factor**2, axis=1, keepdims=True))
    return unit


def _largest_per_direction(factor: Floats) -> Floats:
    """Return the largest absolute normal estimate per unit of length, as averages of equal groups."""
    if factor.shape[1] == 1:
        return np.ones(1)
    largest = np.empty(DIRECTIONS)
    chunk = DIRECTIONS // 16
    for start in range(0, DIRECTIONS, chunk):
        normals = ndtri(_lattice(factor.shape[1], start, start + chunk))
        lengths = np.sqrt(np.einsum("ij,ij->i", normals, normals))
        largest[start : start + chunk] = np.abs(normals @ factor.T).max(axis=1) / lengths
    largest.sort()
    averages: Floats = largest.reshape(NODES, -1).mean(axis=1)
    return averages


def _lattice(dimension: int, start: int, stop: int) -> Floats:
    """Return points of Richtmyer's sequence: multiples of the roots of primes, modulo one."""
    steps = np.sqrt(np.array(_first_primes(dimension), dtype=np.float64)) % 1.0
    index = np.arange(start, stop)[:, None] + 1
    points: Floats = (index * steps) % 1.0
    return np.clip(points, 1e-16, 1 - 1e-16)


@lru_cache(maxsize=64)
def _first_primes(count: int) -> tuple[int, ...]:
    """Return the first primes."""
    primes: list[int] = []
    candidate = 2
    while len(primes) < count:
        if all(candidate % prime for prime in primes):
            primes.append(candidate)
        candidate += 1
    return tuple(primes)


def _exceedance(t: float, reach: Floats, rank: int, df: float) -> float:
    """Return the probability that the largest absolute t is above a value."""
    return float(np.mean(fdtrc(rank, df, (t / reach) ** 2 / rank)))


def _critical_value(single: float, reach: Floats, rank: int, df: float, alpha: float) -> float:
    """Return the value that the largest absolute t exceeds with probability alpha, by bisection."""
    lower, upper = single, single
    if rank == 1:
        return single
    while _exceedance(upper, reach, rank, df) > alpha:
        upper *= 2
    for _ in range(60):
        middle = (lower + upper) / 2
        if _exceedance(middle, reach, rank, df) > alpha:
            lower = middle
        else:
            upper = middle
    return upper
