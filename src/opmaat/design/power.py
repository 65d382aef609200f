"""Power of two-sided tests of a difference between two arms, each under the name of its formula.

Numbers in an arm need not be whole. A critical value is the number of standard errors beyond which a
difference is shown; :mod:`opmaat.design.families` gives those of several comparisons together.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from opmaat.stats.intervals import critical_t

_STEPS = 200
_CLOSE = 1e-14


def t_power(effect: float, *, std_error: float, df: float, critical: float) -> float:
    """Return the power of a two-sided t test, exactly, from the noncentral t distribution.

    Both tails count, as in R's ``pwr.t.test``. ``effect`` and ``std_error`` are in the same unit; without
    degrees of freedom there is no test, and no power. Source: Cohen (1988), Statistical Power Analysis for
    the Behavioral Sciences, ch. 2.

    Examples
    --------
    >>> round(t_power(0.3, std_error=(2 / 178) ** 0.5, df=354, critical=1.966688), 5)
    0.80581
    """
    if df <= 0:
        return 0.0
    shift = abs(effect) / std_error
    # scipy gives no number for a difference on the wrong side that is rarer than one in 10^15
    wrong_side = float(nctdtr(df, shift, -critical))
    return float(nctdtr(df, -shift, -critical)) + (0.0 if math.isnan(wrong_side) else wrong_side)


def normal_power(effect: float, *, std_error: float, critical: float) -> float:
    """Return the power of a two-sided test of a normal estimate, in the direction of the effect.

    Examples
    --------
    >>> round(normal_power(2.8, std_error=1.0, critical=1.96), 4)
    0.7995
    """
    return float(ndtr(abs(effect) / std_error - critical))


def two_sample_t_power(d: float, first: float, second: float, *, level: float) -> float:
    """Return the power of the two-sample t test, as R's ``pwr.t2n.test``.

    ``d`` is the difference in standard deviations, ``first`` and ``second`` are the numbers in the arms.

    Examples
    --------
    >>> round(two_sample_t_power(0.25, 178, 178, level=0.05), 6)
    0.652527
    """
    df = first + second - 2
    critical = float(critical_t(df, confidence=1 - level))
    return t_power(d, std_error=math.sqrt(1 / first + 1 / second), df=df, critical=critical)


def two_sample_t_effect(first: float, second: float, *, level: float, power: float) -> float:
    """Return the difference, in standard deviations, that the two-sample t test shows with this power.

    Examples
    --------
    >>> round(two_sample_t_effect(178, 178, level=0.05, power=0.8), 6)
    0.297776
    """
    return solve_increasing(
        lambda d: two_sample_t_power(d, first, second, level=level), power, low=0.0, high=1.0
    )


def multiplier_effect(std_error: float, df: float, *, level: float, power: float) -> float:
    """Return the minimum detectable effect as a multiple of its standard error.

    The multiple is the sum of two quantiles of Student's t, a close approximation to the exact power of
    :func:`t_power`. Source: Bloom (1995), https://doi.org/10.1177/0193841X9501900504.

    Examples
    --------
    >>> round(multiplier_effect(1.0, 1e9, level=0.05, power=0.8), 6)
    2.801585
    """
    return float((critical_t(df, confidence=1 - level) + stdtrit(df, power)) * std_error)


def unpooled_proportions_power(
    base: float, other: float, first: float, second: float, *, level: float
) -> float:
    """Return the power for two proportions, each arm with its own variance under the alternative.

    Normal approximation: with n in each arm a difference d is shown with power 1 - b when
    n d^2 = (z_{1-a/2} + z_{1-b})^2 (p1 q1 + p2 q2). ``base`` is the share among ``second``, ``other`` that
    among ``first``. It belongs to a test with unpooled (HC2) errors. Source: Fleiss, Levin and Paik (2003),
    Statistical Methods for Rates and Proportions, ch. 4.

    Examples
    --------
    >>> round(unpooled_proportions_power(0.10, 0.206, 178, 178, level=0.05), 3)
    0.802
    """
    error = unpooled_std_error(base, other, first=first, second=second)
    return normal_power(other - base, std_error=error, critical=float(-ndtri(level / 2)))


def unpooled_std_error(base: float, other: float, *, first: float, second: float) -> float:
    """Return the standard error of a difference between two proportions, each with its own variance.

    Examples
    --------
    >>> round(unpooled_std_error(0.15, 0.24, first=177.5, second=177.5), 3)
    0.042
    """
    return math.sqrt(other * (1 - other) / first + base * (1 - base) / second)


def unpooled_proportions_effect(
    base: float, first: float, second: float, *, level: float, power: float
) -> float:
    """Return the increase over ``base`` that the unpooled test of two proportions shows with this power.

    Raises ValueError when even an increase to 1 is not shown.

    Examples
    --------
    >>> round(100 * unpooled_proportions_effect(0.10, 178, 178, level=0.05, power=0.8), 1)
    10.6
    """
    return solve_increasing(
        lambda rise: unpooled_proportions_power(base, base + rise, first, second, level=level),
        power,
        low=0.0,
        high=1 - base,
        grow=False,
    )


def pooled_proportions_power(
    base: float, other: float, first: float, second: float, *, level: float
) -> float:
    """Return the power for two proportions when the test pools them under the null, as ``power.prop.test``.

    With unequal arms the pooled proportion weighs the arms by their numbers. It needs up to 0.3 percentage
    point more than the unpooled formula. Source: Fleiss, Levin and Paik (2003), ch. 4.

    Examples
    --------
    >>> round(pooled_proportions_power(0.10, 0.206, 178, 178, level=0.05), 3)
    0.796
    """
    pooled = (first * other + second * base) / (first + second)
    null = math.sqrt(pooled * (1 - pooled) * (1 / first + 1 / second))
    own = unpooled_std_error(base, other, first=first, second=second)
    return float(ndtr((abs(other - base) + null * ndtri(level / 2)) / own))


def pooled_proportions_effect(
    base: float, first: float, second: float, *, level: float, power: float
) -> float:
    """Return the increase over ``base`` that the pooled test of two proportions shows with this power.

    Raises ValueError when even an increase to 1 is not shown.

    Examples
    --------
    >>> round(100 * pooled_proportions_effect(0.10, 178, 178, level=0.05, power=0.8), 1)
    10.7
    """
    return solve_increasing(
        lambda rise: pooled_proportions_power(base, base + rise, first, second, level=level),
        power,
        low=0.0,
        high=1 - base,
        grow=False,
    )


def cohens_h(first: float, second: float) -> float:
    """Return Cohen's h: the difference between two proportions after the arcsine transformation.

    Source: Cohen (1988), ch. 6.

    Examples
    --------
    >>> round(cohens_h(0.25, 0.15), 4)
    0.2518
    """
    return 2 * math.asin(math.sqrt(first)) - 2 * math.asin(math.sqrt(second))


def cohens_h_power(h: float, first: float, second: float, *, level: float) -> float:
    """Return the power for a difference of Cohen's h, both tails counted, as R's ``pwr.2p2n.test``.

    Examples
    --------
    >>> round(cohens_h_power(0.2969671, 178, 178, level=0.05), 6)
    0.8
    """
    shift, critical = abs(h) / math.sqrt(1 / first + 1 / second), float(-ndtri(level / 2))
    return float(ndtr(shift - critical) + ndtr(-shift - critical))


def cohens_h_effect(first: float, second: float, *, level: float, power: float) -> float:
    """Return Cohen's h that is shown with this power.

    Examples
    --------
    >>> round(cohens_h_effect(178, 178, level=0.05, power=0.8), 6)
    0.296967
    """
    return solve_increasing(lambda h: cohens_h_power(h, first, second, level=level), power, low=0.0, high=1.0)


def solve_increasing(
    function: Callable[[float], float], target: float, *, low: float, high: float, grow: bool = True
) -> float:
    """Return where an increasing function reaches a target, to the last digit but one or two.

    ``high`` is doubled until it is high enough, unless ``grow`` is false; then the bracket is narrowed by
    false position (Illinois), and halved where that is slow. Raises ValueError when the function does not
    reach the target at ``high``.

    Examples
    --------
    >>> round(solve_increasing(lambda x: x * x, 2.0, low=0.0, high=1.0), 6)
    1.414214
    """
    over = function(high) - target
    while grow and over < 0 and high < 1e15:
        low, high = high, 2 * high
        over = function(high) - target
    if over < 0:
        raise ValueError(f"the target {target} is not reached at {high}")
    under = function(low) - target
    if under >= 0:
        return low
    kept = ""
    for step in range(_STEPS):
        width = high - low
        if width <= _CLOSE * abs(high):
            break
        middle = low - under * width / (over - under)
        if step % 3 == 2 or not low < middle < high:
            middle = low + width / 2
        value = function(middle) - target
        if value >= 0:
            high, over, under, kept = middle, value, under / 2 if kept == "low" else under, "low"
        else:
            low, under, over, kept = middle, value, over / 2 if kept == "high" else over, "high"
    return high
