"""Answer questions by least squares: differences in means, with strata, with covariates, Lin's way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from opmaat.evaluate.answers import (
    Answer,
    counted_clusters,
    fit_summary,
    make_estimate,
    refuse_empty_cells,
    refuse_small_arms,
)
from opmaat.evaluate.designs import Form, arm_column, independent_design
from opmaat.evaluate.questions import Question
from opmaat.evaluate.sample import Sample
from opmaat.protocol.analyses import Analysis, Lin, StrataRule
from opmaat.protocol.questions import Pair, adjustment
from opmaat.stats.arrays import Floats, Integers
from opmaat.stats.cells import CellsFit, SufficientStats, fit_cells
from opmaat.stats.cluster_robust import RowFit
from opmaat.stats.covariance import contrasts, influence
from opmaat.stats.design_matrix import Dropped, contrast_matrix
from opmaat.stats.ols import fit_ols
from opmaat.stats.stratified import fit_saturated, stratum_contrasts


@dataclass(frozen=True, slots=True)
class _Model:
    """A fitted regression, and the contrasts (k, p) that were asked of it."""

    fit: RowFit | CellsFit
    contrast: Floats
    dropped: tuple[Dropped, ...]


def answer_by_regression(
    questions: Sequence[Question], sample: Sample, outcomes: Floats, *, strata: StrataRule
) -> list[Answer]:
    """Answer questions that share an analysis, arms and participants, with one decomposition.

    Parameters
    ----------
    questions
        The questions, m of them.
    sample
        Their participants, n of them.
    outcomes
        Shape (n, m).
    strata
        How the analysis treats strata.

    Raises
    ------
    NotEstimableError
        When the data cannot identify what is asked for.
    """
    pairs = _all_pairs(questions)
    refuse_small_arms(sample, pairs)
    model = _fit(sample, outcomes, _form(questions[0].analysis, strata), pairs=pairs)
    return _read_off(model, questions, sample, outcomes)


def answer_by_cells(
    questions: Sequence[Question], cells: Sample, stats: SufficientStats, *, strata: StrataRule
) -> list[Answer]:
    """Answer questions from the sums of their outcomes per cell; ``cells`` has one place per cell.

    Raises NotEstimableError when the data cannot identify what is asked for.
    """
    pairs = _all_pairs(questions)
    refuse_small_arms(cells, pairs)
    form = _form(questions[0].analysis, strata)
    if form.strata == "within":
        refuse_empty_cells(cells, pairs)
    design, dropped = independent_design(
        cells.regressors, form, weights=cells.regressors.frequency, needed=_arms(pairs)
    )
    contrast = _contrast_matrix(design.names, cells.regressors.arms, pairs)
    return _read_off(_Model(fit_cells(stats, design), contrast, dropped), questions, cells, stats.mean)


def _form(analysis: Analysis, strata: StrataRule) -> Form:
    """Return the form of an analysis's regression."""
    adjust = adjustment(analysis)
    return Form(
        pairwise=adjust is not None and adjust.interactions == "pairwise",
        arm_products=isinstance(analysis, Lin),
        strata=strata,
    )


def _read_off(model: _Model, questions: Sequence[Question], sample: Sample, outcomes: Floats) -> list[Answer]:
    """Read the answers off a fitted model."""
    pairs = _all_pairs(questions)
    found = contrasts(
        model.fit, model.contrast, errors=questions[0].analysis.errors, clusters=sample.clusters
    )
    parts = _influence(model, questions[0], sample)
    units = None if parts is None else _units(sample, questions[0].analysis, len(parts))
    summary = fit_summary(
        sample,
        questions[0],
        n=model.fit.n_observations,
        rank=model.fit.rank,
        df=float(model.fit.df_residual),
        dropped=model.dropped,
    )
    answers = []
    for column, question in enumerate(questions):
        for pair in question.pairs:
            place = pairs.index(pair), column
            estimate = make_estimate(
                question,
                pair,
                sample,
                outcome=outcomes[:, column],
                point=float(found.point[place]),
                std_error=float(found.std_error[place]),
                fit=replace(summary, df=float(found.df[place])),
            )
            influence_of = None if parts is None else parts[:, place[0], place[1]]
            answers.append(Answer(estimate, units, influence_of))
    return answers


def _arms(pairs: Sequence[Pair]) -> list[str]:
    """Return the arms of some contrasts, each once."""
    return list(dict.fromkeys(arm for pair in pairs for arm in pair))


def _all_pairs(questions: Sequence[Question]) -> list[Pair]:
    """Return every contrast that some question asks for, each once."""
    return list(dict.fromkeys(pair for question in questions for pair in question.pairs))


def _fit(sample: Sample, outcomes: Floats, form: Form, *, pairs: Sequence[Pair]) -> _Model:
    """Fit the outcomes: by cell means within strata where there are no covariates, else by least squares."""
    regressors = sample.regressors
    if form.strata == "within":
        refuse_empty_cells(sample, pairs)
        if not regressors.covariates and regressors.stratum is not None:
            strata = regressors.stratum.codes
            saturated = fit_saturated(outcomes, regressors.arm, strata, weights=sample.weights)
            codes = [(regressors.arms.index(first), regressors.arms.index(second)) for first, second in pairs]
            return _Model(saturated, stratum_contrasts(saturated, codes), ())
    design, dropped = independent_design(regressors, form, weights=sample.weights, needed=_arms(pairs))
    contrast = _contrast_matrix(design.names, regressors.arms, pairs)
    return _Model(fit_ols(outcomes, design, weights=sample.weights), contrast, dropped)


def _contrast_matrix(names: tuple[str, ...], arms: tuple[str, ...], pairs: Sequence[Pair]) -> Floats:
    """Return the contrasts between arms as weights of the columns; the first arm has none."""
    rows = []
    for first, second in pairs:
        signs = {arm_column(first): 1.0, arm_column(second): -1.0}
        rows.append({name: sign for name, sign in signs.items() if name != arm_column(arms[0])})
    matrix: Floats = contrast_matrix(names, rows)
    return matrix


def _influence(model: _Model, question: Question, sample: Sample) -> Floats | None:
    """Return the contributions to the errors (u, k, m), where the family's correlations need them."""
    rule = question.analysis.multiplicity
    if rule is None or rule.method != "max_t" or isinstance(model.fit, CellsFit):
        return None
    parts: Floats = influence(
        model.fit, model.contrast, errors=question.analysis.errors, clusters=sample.clusters
    )
    return parts


def _units(sample: Sample, analysis: Analysis, count: int) -> Integers:
    """Return whose contributions the influence holds."""
    if analysis.errors == "classical":
        return np.arange(count)
    return sample.rows if sample.clusters is None else counted_clusters(sample)
