"""Corrections for looking at several estimates: max-t, Holm, and Benjamini-Hochberg."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri, ndtr, ndtri

from opmaat.stats.arrays import Floats, Integers
from opmaat.stats.intervals import critical_t, t_statistic, two_sided_p

FEWEST_POINTS = 2**14
POINTS_TIMES_RANK = 2**18
AT_ONCE = 2**13  # points that fit in the cache of a processor; no number depends on it
ZERO_VARIANCE = 1e-9  # of a contrast given those before it
CLOSE = 1e-10  # of a critical value, and of the logarithm of its probability
SMALLEST = 1e-300

Beside = Callable[[Callable[[], float]], AbstractContextManager[Callable[[], float]]]
"""How a piece of work is begun: in the block that it gives, what it gives waits for the answer."""


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
    point: ArrayLike,
    std_error: ArrayLike,
    correlation: ArrayLike,
    df: float,
    *,
    confidence: float,
    beside: Beside = nullcontext,
) -> MaxT:
    """Adjust a family of t tests by the distribution of the largest absolute t among them.

    The estimates are taken to be multivariate t with this correlation (Dunnett 1955; Hothorn, Bretz and
    Westfall 2008, https://doi.org/10.1002/bimj.200810425). The probability is integrated one contrast given
    those before it (Genz and Bretz 2002, https://doi.org/10.1198/106186002394) over a fixed lattice: the
    result is the same on every call, p-values are right to about 1e-5 with up to six contrasts and to 1e-4
    with thirty, and a single contrast gives Student's t exactly.

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
    beside
        How the critical value is worked out beside the p-values, such as :func:`opmaat.core.beside.beside`;
        after them unless given.

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
    single = two_sided_p(point, std_error, df)
    family = _family(np.asarray(correlation, dtype=np.float64), len(statistics), df)
    if family.factor.shape[1] == 1:
        return MaxT(single, float(critical_t(df, confidence=confidence)))
    with beside(partial(_critical_value, family, df, confidence)) as critical_value:
        outside = np.array([1 - _inside(family, t) for t in statistics])
        adjusted = np.clip(outside, single, np.minimum(len(single) * single, 1.0))
        return MaxT(adjusted, critical_value())


@dataclass(frozen=True, eq=False)
class _Family:
    """Contrasts as a factor of their correlation, and the points over which they are integrated.

    ``factor`` (k, r) has zeros after column ``last`` of a row; ``lattice`` (r - 1, n) and ``scale`` (n,), the
    root of a chi-square over its degrees of freedom, are the points.
    """

    factor: Floats
    last: Integers
    lattice: Floats
    scale: Floats


def _family(correlation: Floats, k: int, df: float) -> _Family:
    """Return the family with a correlation, of which nothing depends on the statistics."""
    if correlation.shape != (k, k) or not np.allclose(correlation, correlation.T, rtol=0, atol=1e-8):
        raise ValueError(f"the correlation must be a symmetric matrix of {k} rows")
    if not np.allclose(np.diagonal(correlation), 1, rtol=0, atol=1e-8):
        raise ValueError("the correlation must have ones on its diagonal")
    factor = _triangular_factor(correlation)
    rank = factor.shape[1]
    last = rank - 1 - np.argmax(factor[:, ::-1] != 0, axis=1)
    points = _lattice(rank, max(FEWEST_POINTS, POINTS_TIMES_RANK // rank))
    return _Family(factor, last, points[1:], np.sqrt(chdtri(df, 1 - points[0]) / df))


def _triangular_factor(correlation: Floats) -> Floats:
    """Return the Cholesky factor with the largest remaining variance first, as many columns as the rank."""
    remaining, columns = correlation, []
    for _ in range(len(correlation)):
        pivot = int(np.argmax(np.diagonal(remaining)))
        if remaining[pivot, pivot] <= ZERO_VARIANCE:
            break
        column = remaining[:, pivot] / np.sqrt(remaining[pivot, pivot])
        columns.append(column)
        remaining = remaining - np.outer(column, column)
    factor = np.stack(columns, axis=1)
    factor[np.abs(factor) < np.sqrt(ZERO_VARIANCE)] = 0.0
    return factor


def _lattice(dimension: int, count: int) -> Floats:
    """Return points of Richtmyer's sequence, multiples of the roots of primes modulo one, and back again."""
    steps = np.sqrt(np.array(_first_primes(dimension), dtype=np.float64)) % 1.0
    sawtooth = (steps[:, None] * np.arange(1, count + 1)) % 1.0
    points: Floats = np.clip(np.abs(2 * sawtooth - 1), 1e-15, 1 - 1e-15)
    return points


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


def _inside(family: _Family, t: float) -> float:
    """Return the probability that no absolute t is above a value."""
    limit = t * family.scale
    parts = (slice(first, first + AT_ONCE) for first in range(0, len(limit), AT_ONCE))
    found = [_inside_at(family, limit[part], family.lattice[:, part]) for part in parts]
    return float(np.concatenate(found).mean())


def _inside_at(family: _Family, limit: Floats, lattice: Floats) -> Floats:
    """Return the probability at some of the points, each with its limit, shape (points,)."""
    rank = family.factor.shape[1]
    centre = np.zeros((len(family.factor), len(limit)))
    probability = np.ones(len(limit))
    for i in range(rank):
        own = family.last == i
        # contrasts that depend on this one and those before it alone share its limits
        slope = family.factor[own, i][:, None]
        middle, half = -centre[own] / slope, limit / np.abs(slope)
        below = ndtr((middle - half).max(axis=0))
        width = np.maximum(ndtr((middle + half).min(axis=0)) - below, 0.0)
        probability *= width
        if i < rank - 1:
            normal = ndtri(np.clip(below + lattice[i] * width, 1e-16, 1 - 1e-16))
            later = family.last > i
            centre[later] += np.outer(family.factor[later, i], normal)
    return probability


def _critical_value(family: _Family, df: float, confidence: float) -> float:
    """Return the value below which the largest absolute t stays with the given probability."""
    one = float(critical_t(df, confidence=confidence))
    bonferroni = float(critical_t(df, confidence=1 - (1 - confidence) / len(family.factor)))

    def rarer(t: float) -> float:
        """Return how much rarer a larger t is than allowed, as a logarithm: almost a straight line."""
        return float(np.log((1 - confidence) / max(1 - _inside(family, t), SMALLEST)))

    # a little outside the two bounds, because the probability is not exact
    return min(max(_crossing(rarer, 0.99 * one, 1.01 * bonferroni), one), bonferroni)


def _crossing(rising: Callable[[float], float], low: float, high: float) -> float:
    """Return where a rising function crosses zero by the Illinois method, or the end that it lies beyond.

    False position, in which an end that stays counts half (Dowell and Jarratt 1971,
    https://doi.org/10.1007/BF01934364).
    """
    at_low, at_high = rising(low), rising(high)
    if at_low >= 0 or at_high <= 0:
        return low if at_low >= 0 else high
    above: bool | None = None
    while high - low > CLOSE:
        found = (low * at_high - high * at_low) / (at_high - at_low)
        value, before = rising(found), above
        if abs(value) <= CLOSE:
            return found
        above = value > 0
        if above:
            high, at_high = found, value
            at_low = at_low / 2 if before is True else at_low
        else:
            low, at_low = found, value
            at_high = at_high / 2 if before is False else at_high
    return (low + high) / 2
