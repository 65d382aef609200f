"""Intervals and p-values from Student's t distribution."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from opmaat.stats.arrays import Floats
from opmaat.stats.errors import NotEstimableError


def t_interval(
    point: ArrayLike, std_error: ArrayLike, df: ArrayLike, *, confidence: float
) -> tuple[Floats, Floats]:
    """Return the lower and upper limits of two-sided t intervals.

    Parameters
    ----------
    point, std_error, df
        Numbers or arrays that broadcast together.
    confidence
        Coverage of each interval, such as 0.95.

    Raises
    ------
    NotEstimableError
        ``no-residual-df`` when degrees of freedom are not positive.

    Examples
    --------
    >>> lower, upper = t_interval(1.0, 0.5, 30, confidence=0.95)
    >>> round(float(lower), 6), round(float(upper), 6)
    (-0.021136, 2.021136)
    """
    half = critical_t(df, confidence=confidence) * np.asarray(std_error, dtype=np.float64)
    centre = np.asarray(point, dtype=np.float64)
    return centre - half, centre + half


def critical_t(df: ArrayLike, *, confidence: float) -> Floats:
    """Return the number of standard errors from the centre to the limits of a two-sided t interval.

    Examples
    --------
    >>> round(float(critical_t(30, confidence=0.95)), 6)
    2.042272
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}, expected a number between 0 and 1")
    quantile: Floats = -stdtrit(_positive(df), (1 - confidence) / 2)
    return quantile


def two_sided_p(point: ArrayLike, std_error: ArrayLike, df: ArrayLike) -> Floats:
    """Return two-sided p-values of the hypothesis that each point is zero.

    Raises
    ------
    NotEstimableError
        ``no-variation`` when a standard error is zero, ``no-residual-df`` when degrees of freedom are not
        positive.

    Examples
    --------
    >>> round(float(two_sided_p(1.0, 0.5, 30)), 6)
    0.054625
    """
    p: Floats = 2 * stdtr(_positive(df), -np.abs(t_statistic(point, std_error)))
    return p


def t_statistic(point: ArrayLike, std_error: ArrayLike) -> Floats:
    """Return points divided by their standard errors.

    Raises
    ------
    NotEstimableError
        ``no-variation`` when a standard error is zero.

    Examples
    --------
    >>> float(t_statistic(1.0, 0.5))
    2.0
    """
    errors = np.asarray(std_error, dtype=np.float64)
    if not (errors > 0).all():
        raise NotEstimableError("no-variation", "a standard error is zero, so there is no test")
    statistic: Floats = np.asarray(point, dtype=np.float64) / errors
    return statistic


def _positive(df: ArrayLike) -> Floats:
    """Return the degrees of freedom, refused when they are not positive."""
    degrees = np.asarray(df, dtype=np.float64)
    if not (degrees > 0).all():
        raise NotEstimableError("no-residual-df", "an estimate has no residual degrees of freedom")
    return degrees
