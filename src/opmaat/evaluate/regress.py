"""Answer questions by least squares: differences in means, with strata, with covariates, Lin's way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.evaluate.answers import (
    Answer,
    counted_clusters,
    fit_summary,
    make_estimate,
    refuse_empty_cells,
    refuse_small_arms,
)
from opmaat.evaluate.cells import cells_serve, fit_by_cells
from opmaat.evaluate.designs import Form, arm_column, independent_design
from opmaat.evaluate.model import Estimate
from opmaat.evaluate.questions import Pair, Question
from opmaat.evaluate.sample import Sample, adjustment
from opmaat.protocol.analyses import Lin
from opmaat.stats.cells import CellsFit
from opmaat.stats.cluster_robust import RowFit
from opmaat.stats.covariance import contrasts, influence
from opmaat.stats.design_matrix import Dropped, contrast_matrix
from opmaat.stats.ols import fit_ols
from opmaat.stats.stratified import fit_saturated, stratum_contrasts

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Model:
    """A fitted regression, and the contrasts (k, p) that were asked of it."""

    fit: RowFit | CellsFit
    contrast: Floats
    dropped: tuple[Dropped, ...]


def answer_by_regression(
    questions: Sequence[Question], sample: Sample, outcomes: Floats, *, strata: str
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
    analysis, pairs = questions[0].analysis, _all_pairs(questions)
    refuse_small_arms(sample, pairs)
    adjust = adjustment(analysis)
    form = Form(
        pairwise=adjust is not None and adjust.interactions == "pairwise",
        arm_products=isinstance(analysis, Lin),
        strata=strata,
    )
    model = _fit(sample, outcomes, form, pairs=pairs, by_cells=cells_serve(sample, analysis))
    found = contrasts(model.fit, model.contrast, errors=analysis.errors, clusters=sample.clusters)
    parts = _influence(model, questions[0], sample)
    answers = []
    for column, question in enumerate(questions):
        for pair in question.pairs:
            place = pairs.index(pair), column
            fit = fit_summary(
                sample,
                question,
                n=model.fit.n_observations,
                rank=model.fit.rank,
                df=float(found.df[place]),
                dropped=model.dropped,
            )
            estimate = make_estimate(
                question,
                pair,
                sample,
                outcome=outcomes[:, column],
                point=float(found.point[place]),
                std_error=float(found.std_error[place]),
                fit=fit,
            )
            answers.append(_with_influence(estimate, sample, parts, place))
    return answers


def _all_pairs(questions: Sequence[Question]) -> list[Pair]:
    """Return every contrast that some question asks for, each once."""
    return list(dict.fromkeys(pair for question in questions for pair in question.pairs))


def _fit(sample: Sample, outcomes: Floats, form: Form, *, pairs: Sequence[Pair], by_cells: bool) -> _Model:
    """Fit the outcomes by the shortest way that gives the same numbers."""
    regressors = sample.regressors
    if form.strata == "within":
        refuse_empty_cells(sample, pairs)
    if form.strata == "within" and not regressors.covariates and regressors.stratum is not None:
        saturated = fit_saturated(outcomes, regressors.arm, regressors.stratum.codes, weights=sample.weights)
        codes = [(regressors.arms.index(first), regressors.arms.index(second)) for first, second in pairs]
        return _Model(saturated, stratum_contrasts(saturated, codes), ())
    needed = dict.fromkeys(arm for pair in pairs for arm in pair)
    if by_cells:
        cells, dropped = fit_by_cells(regressors, outcomes, form, needed=needed)
        return _Model(cells, _contrast_matrix(cells.names, regressors.arms, pairs), dropped)
    design, dropped = independent_design(regressors, form, weights=sample.weights, needed=needed)
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


def _with_influence(
    estimate: Estimate, sample: Sample, parts: Floats | None, place: tuple[int, int]
) -> Answer:
    """Join an estimate to the contributions of its units."""
    if parts is None:
        return Answer(estimate)
    units = sample.rows if sample.clusters is None else counted_clusters(sample)
    return Answer(estimate, units, parts[:, place[0], place[1]])
