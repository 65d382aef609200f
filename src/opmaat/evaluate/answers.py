"""An answer to one question, and what every kind of fit needs to make it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.evaluate.model import Estimate, FirstStage, Fit, Interval
from opmaat.evaluate.questions import Question
from opmaat.evaluate.sample import Sample
from opmaat.protocol.questions import Pair
from opmaat.stats.arrays import Floats
from opmaat.stats.design_matrix import Dropped
from opmaat.stats.errors import NotEstimableError
from opmaat.stats.intervals import t_interval, two_sided_p

_ROUNDING = 1e-12  # of the size of the outcome: below it a standard error is what rounding left


@dataclass(frozen=True, slots=True)
class Answer:
    """An estimate, and what every unit (u,) contributes to its error, where a family may need it.

    ``units`` are participants, clusters where the errors are clustered, and with classical errors units of
    the fit alone, which all its answers share.
    """

    estimate: Estimate
    units: NDArray[np.int64] | None = None
    influence: Floats | None = None


def make_estimate(
    question: Question,
    pair: Pair,
    sample: Sample,
    *,
    point: float,
    std_error: float,
    outcome: Floats,
    fit: Fit,
    first_stage: FirstStage | None = None,
) -> Estimate:
    """Return the estimate of one contrast from its fit; ``outcome`` (n,) gives the means of the arms."""
    _refuse_no_error(std_error, outcome, question)
    analysis = question.analysis
    low, high = t_interval(point, std_error, fit.df, confidence=analysis.confidence)
    return Estimate(
        analysis=analysis.id,
        estimand=question.estimand.id,
        outcome=question.estimand.outcome,
        month=question.estimand.month,
        contrast=pair,
        method=analysis.method,
        primary=question.estimand.primary,
        point=point,
        std_error=std_error,
        interval=Interval(low=float(low), high=float(high), confidence=analysis.confidence),
        p=float(two_sided_p(point, std_error, fit.df)),
        fit=fit,
        means=_means(sample, outcome),
        first_stage=first_stage,
        notes=sample.notes,
    )


def fit_summary(
    sample: Sample, question: Question, *, n: int, rank: int, df: float, dropped: Sequence[Dropped]
) -> Fit:
    """Return what a reader must know of a fitted model."""
    return Fit(
        n=n,
        n_by_arm=sample.n_by_arm,
        rank=rank,
        df=df,
        errors=question.analysis.errors,
        clusters=None if sample.clusters is None else len(counted_clusters(sample)),
        dropped=tuple(dropped),
    )


def _refuse_no_error(std_error: float, outcome: Floats, question: Question) -> None:
    """Refuse an error of zero up to rounding: it comes from a fit without residuals, and shows nothing."""
    name = question.estimand.outcome
    if not np.isfinite(std_error):
        raise NotEstimableError("not-finite", f"the numbers of '{name}' are too large to compute with")
    if std_error <= _ROUNDING * np.abs(outcome).max():
        detail = f"arms, strata and covariates tell the outcome '{name}' exactly, so its error is unknown"
        raise NotEstimableError("no-variation", detail)


def _means(sample: Sample, outcome: Floats) -> dict[str, float]:
    """Return the (weighted) mean outcome of every arm."""
    arm, arms, weights = sample.regressors.arm, sample.regressors.arms, sample.regressors.frequency
    sums = np.bincount(arm, outcome if weights is None else outcome * weights, minlength=len(arms))
    totals = np.bincount(arm, weights, minlength=len(arms))
    return {
        name: float(part / whole) for name, part, whole in zip(arms, sums, totals, strict=True) if whole > 0
    }


def counted_clusters(sample: Sample) -> NDArray[np.int64]:
    """Return the clusters that have a row of positive weight, in the order of their codes."""
    clusters = sample.clusters if sample.clusters is not None else sample.rows
    return np.unique(clusters if sample.weights is None else clusters[sample.weights > 0])


def refuse_small_arms(sample: Sample, pairs: Sequence[Pair]) -> None:
    """Refuse an arm of a contrast that has nobody, one person, or one cluster of clustered errors."""
    counts = sample.n_by_arm
    for arm in dict.fromkeys(arm for pair in pairs for arm in pair):
        if counts[arm] < 2:
            people = "nobody" if counts[arm] == 0 else "one participant"
            raise NotEstimableError("arm-too-small", f"the arm '{arm}' has {people} with this outcome")
        if sample.clusters is not None and _in_one_cluster(sample, sample.clusters, arm):
            detail = f"all participants of the arm '{arm}' with this outcome are in one cluster"
            raise NotEstimableError("single-cluster", detail)


def _in_one_cluster(sample: Sample, clusters: NDArray[np.int64], arm: str) -> bool:
    """Tell whether everybody who counts in an arm is in one cluster, if there is anybody."""
    own = sample.regressors.arm == sample.regressors.arms.index(arm)
    if sample.weights is not None:
        own &= sample.weights > 0
    return bool((clusters[own] == clusters[np.argmax(own)]).all())


def refuse_empty_cells(sample: Sample, pairs: Sequence[Pair]) -> None:
    """Refuse a stratum in which an arm of a contrast has nobody, naming every one."""
    regressors = sample.regressors
    if regressors.stratum is None:
        return
    strata = regressors.stratum
    counts = np.zeros((len(regressors.arms), len(strata.names)), dtype=np.int64)
    np.add.at(counts, (regressors.arm, strata.codes), 1)
    wanted = dict.fromkeys(arm for pair in pairs for arm in pair)
    empty = [
        f"'{arm}' in stratum '{strata.names[code]}'"
        for arm in wanted
        for code in np.flatnonzero((counts[regressors.arms.index(arm)] == 0) & (counts.sum(axis=0) > 0))
    ]
    if empty:
        raise NotEstimableError("empty-cell", f"nobody with this outcome is in the arm {', or '.join(empty)}")


def told(error: NotEstimableError, questions: Sequence[Question], sample: Sample) -> NotEstimableError:
    """Return a refusal of the statistics in the words of the study: outcomes and arms have their names."""
    if error.code == "no-variation" and error.column is not None:
        name = questions[error.column].estimand.outcome
        return NotEstimableError(error.code, f"the outcome '{name}' is the same for everybody")
    if error.code == "leverage-one" and error.row is not None:
        regressors = sample.regressors
        place = f"the arm '{regressors.arms[regressors.arm[error.row]]}'"
        if regressors.stratum is not None:
            place += f", stratum '{regressors.stratum.names[regressors.stratum.codes[error.row]]}'"
        detail = f"a participant in {place} is the only one of a kind, so the error is unknown"
        return NotEstimableError(error.code, detail)
    return error
