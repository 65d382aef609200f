"""Several comparisons together: the critical value that each must pass, and the power of all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, ndtr

from opmaat.design.power import solve_increasing
from opmaat.stats.intervals import critical_t
from opmaat.stats.multiplicity import max_t

Floats = NDArray[np.float64]
_NEARLY_NORMAL_DF = 1e9
_ANCHORS = (math.inf, 150.0, 40.0, 10.0, 4.0)
_PLACES = tuple(1 / df for df in _ANCHORS)
_ALL_SHARED = 1 - 1e-6
_NODES = 80
_RESIDUAL_VALUES = 60


@dataclass(frozen=True, slots=True)
class Bonferroni:
    """The threshold of one of ``tests`` tests at a common level; one test is Student's t.

    Holm's rule starts at this threshold and lowers it after every difference that is shown, and Benjamini and
    Hochberg's is never higher: under both the power is at least the power computed with it.

    >>> round(Bonferroni(level=0.05).critical(math.inf), 6)
    1.959964
    >>> round(Bonferroni(level=0.05, tests=4).critical(354), 4)
    2.5105
    """

    level: float
    tests: int = 1

    def critical(self, df: float) -> float:
        """Return the critical value of each test."""
        return float(critical_t(df, confidence=1 - self.level / self.tests))


@dataclass(frozen=True, slots=True)
class LargestT:
    """The threshold of the largest absolute t of a family of ``tests`` comparisons.

    ``values`` are exact for infinitely many, 150, 40, 10 and 4 degrees of freedom; between them it is a
    polynomial in one over the degrees of freedom, in which a t quantile has its expansion (Abramowitz and
    Stegun 1964, Handbook of Mathematical Functions, 26.7.5). It is the same however many are invited. Below 4
    degrees of freedom it is Bonferroni's, which is never lower.
    """

    level: float
    tests: int
    values: tuple[float, ...]

    def critical(self, df: float) -> float:
        """Return the critical value of each comparison."""
        if df < _ANCHORS[-1]:
            return Bonferroni(self.level, self.tests).critical(df)
        found = 0.0
        for place, value in zip(_PLACES, self.values, strict=True):
            others = [other for other in _PLACES if other != place]
            found += value * math.prod((1 / df - other) / (place - other) for other in others)
        return found


Threshold = Bonferroni | LargestT


def largest_t(blocks: Sequence[ArrayLike], *, level: float) -> LargestT:
    """Return the max-t threshold of estimates; Dunnett's for arms against one control.

    ``blocks`` are the correlations of estimates that are independent between blocks. Where those of a block
    share one control the probability is integrated over it, right to 1e-7; other blocks go to
    :func:`opmaat.stats.multiplicity.max_t`. Source: Dunnett (1955),
    https://doi.org/10.1080/01621459.1955.10501294.

    Examples
    --------
    >>> equal = 0.5 + 0.5 * np.eye(4)
    >>> round(largest_t([equal], level=0.05).critical(885), 3)
    2.446
    """
    matrices = [np.asarray(block, dtype=np.float64) for block in blocks]
    tests = sum(len(matrix) for matrix in matrices)
    shared = [_loadings(matrix) for matrix in matrices]
    known = [found for found in shared if found is not None]
    values = tuple(
        _critical_of_arms(known, df, level) if len(known) == len(shared) else _critical(matrices, df, level)
        for df in _ANCHORS
    )
    return LargestT(level, tests, values)


def _critical(blocks: Sequence[Floats], df: float, level: float) -> float:
    """Return the critical value of the largest absolute t of estimates with any correlation."""
    size = sum(len(block) for block in blocks)
    matrix, start = np.zeros((size, size)), 0
    for block in blocks:
        inside = slice(start, start + len(block))
        matrix[inside, inside], start = block, start + len(block)
    ones = np.ones(size)
    found = max_t(ones, ones, matrix, min(df, _NEARLY_NORMAL_DF), confidence=1 - level)
    return float(found.critical_value)


def _critical_of_arms(blocks: Sequence[Floats], df: float, level: float) -> float:
    """Return the critical value of the largest absolute t of arms that share a control, block by block."""
    one, bonferroni = (Bonferroni(level, tests).critical(df) for tests in (1, sum(map(len, blocks))))

    def accepted(critical: float) -> float:
        spread, weights = _residual_errors(df)
        limits = critical * spread[:, None]
        none_shown = np.ones(len(spread))
        for loadings in blocks:
            none_shown = none_shown * _arms_together(np.zeros(len(loadings)), loadings, limits)[0]
        return float(weights @ none_shown)

    return solve_increasing(accepted, 1 - level, low=0.99 * one, high=1.01 * bonferroni)


def _loadings(correlation: Floats) -> Floats | None:
    """Return numbers whose products are the correlations up to signs, as with one control; None without.

    >>> _loadings(0.5 + 0.5 * np.eye(3)).round(3)
    array([0.707, 0.707, 0.707])
    """
    size, found = len(correlation), np.abs(correlation)
    if size < 3:
        alone = np.sqrt(np.full(size, found[0, -1] if size == 2 else 0.0))
        return alone if alone.max() < _ALL_SHARED else None
    off = found + np.eye(size)
    if not off.all():
        return None
    places = np.arange(size)
    one, other = (places + 1) % size, (places + 2) % size
    loadings = np.sqrt(off[places, one] * off[places, other] / off[one, other])
    signed = loadings * np.sign(correlation[0])
    products = np.outer(signed, signed)
    np.fill_diagonal(products, 1.0)
    alike = bool(np.allclose(products, correlation, rtol=0, atol=1e-9))
    return loadings if alike and loadings.max() < _ALL_SHARED else None


def contrast_correlation(contrasts: ArrayLike, numbers: ArrayLike) -> Floats:
    """Return the correlation of contrasts between arms whose outcomes vary alike.

    Parameters
    ----------
    contrasts
        Shape (contrasts, arms): 1 for the arm, -1 for the arm that it is compared with, and 0.
    numbers
        People measured in each arm, shape (arms,).

    Examples
    --------
    >>> contrast_correlation([[-1, 1, 0], [-1, 0, 1]], [100, 100, 300]).round(3)
    array([[1.   , 0.612],
           [0.612, 1.   ]])
    """
    rows = np.asarray(contrasts, dtype=np.float64)
    covariance = (rows / np.asarray(numbers, dtype=np.float64)) @ rows.T
    scale = np.sqrt(np.diag(covariance))
    correlation: Floats = covariance / np.outer(scale, scale)
    return correlation


def joint_power(
    shifts: Sequence[float], loadings: Sequence[float], *, df: float, critical: float
) -> tuple[float, float]:
    """Return the any-pair and the all-pairs power of arms that share one control.

    Any-pair power is the chance that at least one of the differences is shown, all-pairs power the chance
    that each of them is, when every arm has its effect.

    Parameters
    ----------
    shifts
        The effect of each arm in standard errors.
    loadings
        For each arm the root of the control's part in the variance of its contrast: two contrasts correlate
        by the product of their loadings.

    Examples
    --------
    >>> anyone, everyone = joint_power([2.8] * 4, [0.5**0.5] * 4, df=math.inf, critical=1.959964)
    >>> round(anyone, 3), round(everyone, 3)
    (0.967, 0.555)
    """
    spread, weights = _residual_errors(df)
    missed, shown = _arms_together(shifts, loadings, critical * spread[:, None])
    return 1 - float(weights @ missed), float(weights @ shown)


def _arms_together(
    shifts: Sequence[float] | Floats, loadings: Sequence[float] | Floats, limits: Floats
) -> tuple[Floats, Floats]:
    """Return the chances that no arm is shown, and that every arm is, for limits of shape (values, 1)."""
    nodes, weights = _normal_points()
    missed, shown = np.ones((len(limits), _NODES)), np.ones((len(limits), _NODES))
    for shift, loading in zip(shifts, loadings, strict=True):
        centre, rest = abs(shift) + loading * nodes[None, :], math.sqrt(1 - loading**2)
        miss = ndtr((limits - centre) / rest) - ndtr((-limits - centre) / rest)
        missed, shown = missed * miss, shown * (1 - miss)
    return missed @ weights, shown @ weights


def _residual_errors(df: float) -> tuple[Floats, Floats]:
    """Return values of the estimated standard error over the true one, and their weights.

    They are Gauss-Legendre points of the chance, drawn to its ends, where the quantile has no derivative.
    """
    if not math.isfinite(df):
        return np.ones(1), np.ones(1)
    points, weights = _even_points()
    place = (points + 1) / 2
    values: Floats = np.sqrt(chdtri(df, place**2 * (3 - 2 * place)) / df)
    return values, weights * 3 * place * (1 - place)


@cache
def _normal_points() -> tuple[Floats, Floats]:
    """Return Gauss-Hermite points of a normal value, and their weights."""
    points, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    return points, weights / weights.sum()


@cache
def _even_points() -> tuple[Floats, Floats]:
    """Return Gauss-Legendre points between -1 and 1, and their weights."""
    points, weights = np.polynomial.legendre.leggauss(_RESIDUAL_VALUES)
    return points, weights
