"""What may be said of an estimate: never more than its interval, and with its family taken into account."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from opmaat.evaluate.model import Estimate, Interval

Direction = Literal["higher", "lower"]
Verdict = Literal["higher", "lower", "not_shown", "cannot_tell"]
Basis = Literal["pointwise", "simultaneous", "anderson_rubin"]
Reason = Literal["weak", "weak_interval", "contradiction", "unbounded"]

WEAK_FIRST_STAGE_F = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """What an estimate shows, and by which of its intervals.

    ``held_back`` is a direction that the interval gives on its own but that does not stand once the other
    comparisons of the family count. ``reason`` says why a thing cannot be told.
    """

    estimate: Estimate
    verdict: Verdict
    interval: Interval
    basis: Basis
    held_back: Direction | None = None
    reason: Reason | None = None


def judge(estimate: Estimate) -> Finding:
    """Return what may be said of an estimate.

    A direction is given only when three things hold: the interval that counts leaves out zero, the adjusted
    p-value of a family, where there is one, is at most 1 - confidence, and the draw moved take-up enough.
    The interval that counts is the simultaneous one where it exists; for an effect of taking up it is that
    of Anderson and Rubin when that one holds zero and the usual one does not. A first stage with F below 10
    (Staiger and Stock 1997, https://doi.org/10.2307/2171753) or an unbounded Anderson-Rubin interval says
    nothing about those who took up.

    Examples
    --------
    >>> from opmaat.evaluate.model import Fit
    >>> fit = Fit(n=20, n_by_arm={"job": 10, "control": 10}, rank=2, df=18.0, errors="hc2")
    >>> estimate = Estimate(
    ...     analysis="A", estimand="E1", outcome="work", month=None, contrast=("job", "control"),
    ...     method="difference_in_means", primary=True, point=0.2, std_error=0.15,
    ...     interval=Interval(low=-0.12, high=0.52, confidence=0.95), p=0.2, fit=fit, means={},
    ... )
    >>> judge(estimate).verdict
    'not_shown'
    """
    interval, basis = _counting_interval(estimate)
    reason = _silence(estimate, interval)
    if reason is not None:
        return Finding(estimate, "cannot_tell", interval, basis, reason=reason)
    direction = direction_of(interval)
    if direction is None:
        return Finding(estimate, "not_shown", interval, basis)
    if not _stands_in_family(estimate):
        return Finding(estimate, "not_shown", interval, basis, held_back=direction)
    return Finding(estimate, direction, interval, basis)


def direction_of(interval: Interval) -> Direction | None:
    """Return on which side of zero a whole interval lies; None when zero is in it or on its edge."""
    low, high = bounds(interval)
    if low > 0:
        return "higher"
    return "lower" if high < 0 else None


def bounds(interval: Interval) -> tuple[float, float]:
    """Return an interval's bounds, infinite where it has none."""
    low, high = interval.low, interval.high
    return (
        -math.inf if low is None or math.isnan(low) else low,
        math.inf if high is None or math.isnan(high) else high,
    )


def _counting_interval(estimate: Estimate) -> tuple[Interval, Basis]:
    """Return the interval by which a difference is shown or not."""
    robust = estimate.first_stage.anderson_rubin if estimate.first_stage else None
    usual = estimate.simultaneous or estimate.interval
    if robust is not None and direction_of(usual) is not None and direction_of(robust) != direction_of(usual):
        return robust, "anderson_rubin"
    return usual, "simultaneous" if estimate.simultaneous else "pointwise"


def _silence(estimate: Estimate, interval: Interval) -> Reason | None:
    """Return why nothing can be said, if so."""
    first = estimate.first_stage
    # Turned round, so that an F that could not be computed (NaN) counts as weak.
    if first is not None and not first.f_statistic >= WEAK_FIRST_STAGE_F:
        return "weak"
    robust = first.anderson_rubin if first is not None else None
    if robust is not None and not all(math.isfinite(bound) for bound in bounds(robust)):
        return "weak_interval"
    usual = estimate.simultaneous or estimate.interval
    if robust is not None and {direction_of(robust), direction_of(usual)} == {"higher", "lower"}:
        return "contradiction"
    no_limit = bounds(interval) == (-math.inf, math.inf)
    return "unbounded" if no_limit or not math.isfinite(estimate.point) else None


def _stands_in_family(estimate: Estimate) -> bool:
    """Tell whether the adjusted p-value, where there is one, allows a claim."""
    if estimate.p_adjusted is None:
        return True
    return estimate.p_adjusted <= 1 - estimate.interval.confidence
