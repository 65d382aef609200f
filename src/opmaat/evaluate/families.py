"""Adjust the p-values of a family of estimates, over all analyses that name it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

import numpy as np

from opmaat.core.errors import DataFileError, Issue
from opmaat.evaluate.answers import Answer
from opmaat.evaluate.model import Estimate, Interval
from opmaat.protocol.analyses import Analysis, Multiplicity
from opmaat.protocol.model import Protocol
from opmaat.stats.arrays import Floats
from opmaat.stats.multiplicity import Beside, benjamini_hochberg, holm, max_t


def adjust_families(
    protocol: Protocol, answers: Sequence[Answer], *, beside: Beside = nullcontext
) -> list[Estimate]:
    """Return the estimates in their order, those in a family with adjusted p-values.

    ``beside`` is as for :func:`opmaat.stats.multiplicity.max_t`.
    """
    rules = {analysis.id: analysis for analysis in protocol.analyses}
    estimates = [answer.estimate for answer in answers]
    members: dict[str, list[int]] = {}
    for position, estimate in enumerate(estimates):
        rule = rules[estimate.analysis].multiplicity
        if rule is not None:
            members.setdefault(rule.family, []).append(position)
    for positions in members.values():
        analysis = rules[estimates[positions[0]].analysis]
        adjusted = _adjusted([answers[position] for position in positions], analysis, beside)
        for position, estimate in zip(positions, adjusted, strict=True):
            estimates[position] = estimate
    return estimates


def _adjusted(answers: Sequence[Answer], analysis: Analysis, beside: Beside) -> list[Estimate]:
    """Return the estimates of one family, adjusted by its rule."""
    rule = analysis.multiplicity
    estimates = [answer.estimate for answer in answers]
    if rule is None:
        return estimates
    if rule.method == "max_t":
        return _by_max_t(answers, rule, analysis.confidence, beside)
    p = [estimate.p for estimate in estimates]
    adjusted = holm(p) if rule.method == "holm" else benjamini_hochberg(p)
    return [
        replace(estimate, family=rule.family, adjustment=rule.method, p_adjusted=float(value))
        for estimate, value in zip(estimates, adjusted, strict=True)
    ]


def _by_max_t(
    answers: Sequence[Answer], rule: Multiplicity, confidence: float, beside: Beside
) -> list[Estimate]:
    """Return the estimates with max-t p-values and simultaneous intervals, on the family's smallest df."""
    _refuse_several_fits(answers, rule)
    estimates = [answer.estimate for answer in answers]
    points = np.array([estimate.point for estimate in estimates])
    errors = np.array([estimate.std_error for estimate in estimates])
    df = min(estimate.df for estimate in estimates)
    found = max_t(points, errors, _correlation(answers), df, confidence=confidence, beside=beside)
    half = found.critical_value * errors
    return [
        replace(
            estimate,
            family=rule.family,
            adjustment="max_t",
            p_adjusted=float(found.p_adjusted[place]),
            simultaneous=Interval(
                low=float(points[place] - half[place]),
                high=float(points[place] + half[place]),
                confidence=confidence,
            ),
        )
        for place, estimate in enumerate(estimates)
    ]


def _refuse_several_fits(answers: Sequence[Answer], rule: Multiplicity) -> None:
    """Refuse a max-t family with classical errors over several fits: nothing tells how those correlate."""
    classical = any(answer.estimate.fit.errors == "classical" for answer in answers)
    if classical and any(answer.units is not answers[0].units for answer in answers):
        problem = "The classical errors of several fits have no correlation, which max-t needs."
        fix = "Use errors hc2 in the family, or 'method: holm'."
        raise DataFileError([Issue("max-t-over-fits", f"family '{rule.family}'", problem, fix)])


def _correlation(answers: Sequence[Answer]) -> Floats:
    """Return the correlation of the estimates, from what every participant or cluster contributes to each."""
    size = 1 + max(int(answer.units.max()) for answer in answers if answer.units is not None)
    parts = np.zeros((size, len(answers)))
    for column, answer in enumerate(answers):
        if answer.units is None or answer.influence is None:
            raise ValueError("a max-t family needs the contributions of every participant")
        parts[answer.units, column] = answer.influence
    covariance = parts.T @ parts
    scale = np.sqrt(np.diag(covariance))
    correlation: Floats = covariance / np.outer(scale, scale)
    return correlation
