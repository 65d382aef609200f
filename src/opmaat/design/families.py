"""Several comparisons together: the critical value that each must pass, and the power of all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, ndtr

from opmaat.stats.intervals import critical_t
from opmaat.stats.multiplicity import max_t

Floats = NDArray[np.float64]
_NEARLY_NORMAL_DF = 1e9
_NODES = 80
_RESIDUAL_VALUES = 1000


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
    """The threshold of the largest absolute t of a family.

    The value is exact for ``df`` and for infinitely many degrees of freedom; between and beyond them it is
    taken to be linear in one over the degrees of freedom, which is the leading term of the expansion of a t
    quantile (Abramowitz and Stegun 1964, Handbook of Mathematical Functions, 26.7.5).
    """

    df: float
    value: float
    limit: float

    def critical(self, df: float) -> float:
        """Return the critical value of each comparison."""
        return self.limit + (self.value - self.limit) * self.df / df if math.isfinite(df) else self.limit


Threshold = Bonferroni | LargestT


def largest_t(correlation: ArrayLike, *, df: float, level: float) -> LargestT:
    """Return the max-t threshold of estimates with this correlation; Dunnett's for arms against one control.

    Source: Dunnett (1955), https://doi.org/10.1080/01621459.1955.10501294.

    Examples
    --------
    >>> equal = 0.5 + 0.5 * np.eye(4)
    >>> round(largest_t(equal, df=885, level=0.05).critical(885), 3)
    2.446
    """
    matrix = np.asarray(correlation, dtype=np.float64)
    if not math.isfinite(df):
        limit = _critical(matrix, _NEARLY_NORMAL_DF, level)
        return LargestT(df=1.0, value=limit, limit=limit)
    return LargestT(df, _critical(matrix, df, level), _critical(matrix, _NEARLY_NORMAL_DF, level))


def _critical(correlation: Floats, df: float, level: float) -> float:
    """Return the two-sided critical value of the largest t."""
    ones = np.ones(len(correlation))
    return max_t(ones, ones, correlation, df, confidence=1 - level).critical_value


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
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    weights = weights / weights.sum()
    spread = np.ones(1) if not math.isfinite(df) else _residual_errors(df)
    limits = critical * spread[:, None]
    missed, shown = np.ones((len(spread), _NODES)), np.ones((len(spread), _NODES))
    for shift, loading in zip(shifts, loadings, strict=True):
        centre, rest = abs(shift) + loading * nodes[None, :], math.sqrt(1 - loading**2)
        miss = ndtr((limits - centre) / rest) - ndtr((-limits - centre) / rest)
        missed, shown = missed * miss, shown * (1 - miss)
    return 1 - float(np.mean(missed @ weights)), float(np.mean(shown @ weights))


def _residual_errors(df: float) -> Floats:
    """Return equally likely values of the estimated standard error over the true one."""
    middle = (np.arange(_RESIDUAL_VALUES) + 0.5) / _RESIDUAL_VALUES
    values: Floats = np.sqrt(chdtri(df, middle) / df)
    return values
