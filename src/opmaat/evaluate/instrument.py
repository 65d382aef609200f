"""Answer questions about those who take up because they were drawn, by two-stage least squares."""

from __future__ import annotations

import numpy as np

from opmaat.evaluate.answers import (
    Answer,
    fit_summary,
    make_estimate,
    refuse_empty_cells,
    refuse_small_arms,
)
from opmaat.evaluate.designs import Form, arm_column, independent_design
from opmaat.evaluate.model import FirstStage, Interval
from opmaat.evaluate.questions import Question
from opmaat.evaluate.sample import Sample
from opmaat.protocol.analyses import StrataRule
from opmaat.protocol.questions import adjustment
from opmaat.stats.arrays import Floats
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.errors import NotEstimableError
from opmaat.stats.iv import ConfidenceSet, Instrumented, TwoStage, anderson_rubin, fit_2sls


def answer_by_instrument(
    question: Question, sample: Sample, outcome: Floats, *, take_up: Floats, strata: StrataRule
) -> list[Answer]:
    """Answer a question about those who take up because they were drawn.

    The draw of the first arm of the contrast against the second is the instrument for take-up. The effect of
    taking up is the same whichever arm is named first.

    Parameters
    ----------
    question
        With one contrast.
    sample
        Its participants, n of them.
    outcome, take_up
        Shape (n,).
    strata
        How the analysis treats strata; the columns of the strata are exogenous.

    Raises
    ------
    NotEstimableError
        When the data cannot identify the effect, such as when the draw did not move take-up.
    """
    (pair,) = question.pairs
    analysis = question.analysis
    refuse_small_arms(sample, question.pairs)
    if strata == "within":
        refuse_empty_cells(sample, question.pairs)
    if (take_up == take_up[0]).all():
        raise NotEstimableError("no-first-stage", "take-up is the same for everybody")
    adjust = adjustment(analysis)
    form = Form(pairwise=adjust is not None and adjust.interactions == "pairwise", strata=strata)
    design, dropped = independent_design(sample.regressors, form, weights=sample.weights, needed=pair)
    instrument, exogenous = _split(design, arm_column(sample.regressors.arms[1]))
    if pair[0] == sample.regressors.arms[0]:
        instrument = -instrument
    data = Instrumented(
        outcome,
        take_up,
        exogenous,
        instrument,
        errors=analysis.errors,
        weights=sample.weights,
        clusters=sample.clusters,
    )
    stages = fit_2sls(data)
    kept = anderson_rubin(data, confidence=analysis.confidence)
    fit = fit_summary(
        sample, question, n=stages.n_observations, rank=stages.rank, df=stages.df, dropped=dropped
    )
    estimate = make_estimate(
        question,
        pair,
        sample,
        outcome=outcome,
        point=stages.point,
        std_error=stages.std_error,
        fit=fit,
        first_stage=_first_stage(stages, kept, analysis.confidence),
    )
    return [Answer(estimate)]


def _split(design: DesignMatrix, column: str) -> tuple[Floats, DesignMatrix]:
    """Return one column of a design, and the design without it."""
    if column not in design.names:
        raise NotEstimableError("collinear-contrast", f"the column '{column}' depends on the covariates")
    place = design.names.index(column)
    rest = tuple(name for name in design.names if name != column)
    return design.values[:, place], DesignMatrix(rest, np.delete(design.values, place, axis=1))


def _first_stage(stages: TwoStage, kept: ConfidenceSet, confidence: float) -> FirstStage:
    """Return how strongly the draw moved take-up; its F has one degree of freedom above the line."""
    return FirstStage(
        take_up_difference=float(stages.first_stage[0]),
        std_error=float(stages.first_stage_std_error[0]),
        f_statistic=stages.first_stage_f,
        df=stages.first_stage_df[1],
        anderson_rubin=_interval(kept, confidence),
    )


def _interval(kept: ConfidenceSet, confidence: float) -> Interval | None:
    """Return the set as an interval; two rays are told as the whole line, which holds them."""
    if kept.kind == "empty":
        return None
    if kept.kind == "interval":
        return Interval(low=kept.lower, high=kept.upper, confidence=confidence)
    return Interval(low=None, high=None, confidence=confidence)
