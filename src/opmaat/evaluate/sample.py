"""Who is in a fit, with what: the rows of the panel that can answer a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.evaluate.model import Note
from opmaat.evaluate.questions import Question
from opmaat.panel.model import Codes, Panel, Variable
from opmaat.protocol.analyses import Ancova, DifferenceInDifferences, Late
from opmaat.protocol.model import Protocol
from opmaat.protocol.questions import adjustment, cluster_column, strata_rule

BASELINE = "baseline measure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regressors:
    """Everything on the right-hand side, one place per row (n,).

    ``arm`` holds codes into ``arms``; ``frequency`` is how much a row counts in a mean, None for all alike.
    """

    arm: NDArray[np.int64]
    arms: tuple[str, ...]
    covariates: Mapping[str, Variable]
    stratum: Codes | None = None
    frequency: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The participants of one fit: ``rows`` (n,) of the panel, and what the fit needs of them.

    ``participants`` (n,) is how many a row stands for where rows are cells, None for one each.
    """

    rows: NDArray[np.int64]
    regressors: Regressors
    weights: NDArray[np.float64] | None
    clusters: NDArray[np.int64] | None
    notes: tuple[Note, ...]
    participants: NDArray[np.int64] | None = None

    @property
    def n_by_arm(self) -> dict[str, int]:
        """Participants by arm."""
        counts = np.bincount(self.regressors.arm, self.participants, minlength=len(self.regressors.arms))
        return {arm: int(count) for arm, count in zip(self.regressors.arms, counts, strict=True)}


def outcome_of(protocol: Protocol, panel: Panel, question: Question) -> NDArray[np.float64]:
    """Return what a question measures, per participant: the outcome, or its change since the baseline."""
    name = question.estimand.outcome
    values = panel.outcomes[name][question.estimand.month]
    if isinstance(question.analysis, DifferenceInDifferences):
        return values - panel.baselines[name]
    return values


def usable(protocol: Protocol, panel: Panel, question: Question) -> NDArray[np.bool_]:
    """Return who can be in the fit: in one of its arms, and with everything that must be known."""
    in_arms = np.isin(panel.arm.codes, [panel.arm.names.index(arm) for arm in question.arms])
    known = in_arms & ~np.isnan(outcome_of(protocol, panel, question))
    if isinstance(question.analysis, Late) and panel.take_up is not None:
        known &= ~np.isnan(panel.take_up)
    if "response" in question.analysis.weights and panel.response_weight is not None:
        known &= ~np.isnan(panel.response_weight)
    adjust = adjustment(question.analysis)
    if adjust is not None and adjust.missing == "exclude":
        for variable in _variables(panel, question).values():
            known &= ~missing(variable)
    return known


def missing(variable: Variable) -> NDArray[np.bool_]:
    """Return for whom a covariate is not known."""
    hidden: NDArray[np.bool_] = (
        variable.values.codes < 0 if isinstance(variable.values, Codes) else np.isnan(variable.values)
    )
    return hidden


def _variables(panel: Panel, question: Question) -> dict[str, Variable]:
    """Return the covariates of a question in the order in which they enter, its baseline measure first."""
    adjust = adjustment(question.analysis)
    found = {}
    if isinstance(question.analysis, Ancova):
        found[BASELINE] = Variable("continuous", panel.baselines[question.estimand.outcome])
    if adjust is not None:
        found |= {name: panel.covariates[name] for name in adjust.covariates}
    return found


def take_sample(protocol: Protocol, panel: Panel, question: Question, known: NDArray[np.bool_]) -> Sample:
    """Return the sample of those who can be in the fit."""
    rows = np.flatnonzero(known)
    weights = _weights(panel, question, rows)
    place = np.full(len(panel.arm.names) + 1, -1, dtype=np.int64)
    for code, arm in enumerate(question.arms):
        place[panel.arm.names.index(arm)] = code
    use_strata = panel.stratum is not None and strata_rule(protocol, question.analysis) != "ignored"
    regressors = Regressors(
        arm=place[panel.arm.codes[rows]],
        arms=question.arms,
        covariates={name: _at(item, rows) for name, item in _variables(panel, question).items()},
        stratum=_codes_at(panel.stratum, rows) if use_strata and panel.stratum is not None else None,
        frequency=weights,
    )
    return Sample(
        rows=rows,
        regressors=regressors,
        weights=weights,
        clusters=_clusters(protocol, panel, question, rows),
        notes=tuple(_notes(protocol, panel, question, known)),
    )


def _at(variable: Variable, rows: NDArray[np.int64]) -> Variable:
    """Return a covariate of some participants."""
    if isinstance(variable.values, Codes):
        return Variable(variable.kind, _codes_at(variable.values, rows))
    return Variable(variable.kind, variable.values[rows])


def _codes_at(codes: Codes, rows: NDArray[np.int64]) -> Codes:
    """Return the codes of some participants."""
    return Codes(codes.codes[rows], codes.names)


def _weights(panel: Panel, question: Question, rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
    """Return one over the chance of the arm, times the response weight, as the analysis asks."""
    weights = np.ones(len(rows))
    if "assignment" in question.analysis.weights and panel.probability is not None:
        weights /= panel.probability[rows]
    if "response" in question.analysis.weights and panel.response_weight is not None:
        weights *= panel.response_weight[rows]
    return weights if question.analysis.weights else None


def _clusters(
    protocol: Protocol, panel: Panel, question: Question, rows: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Return the cluster of each row, where the errors are clustered."""
    column = cluster_column(protocol, question.analysis)
    if column is None or protocol.data is None:
        return None
    units = panel.household if column == protocol.data.household else panel.cluster
    return None if units is None else units[rows]


def _notes(protocol: Protocol, panel: Panel, question: Question, known: NDArray[np.bool_]) -> Iterator[Note]:
    """Yield who is not in the fit, and why."""
    in_arms = np.isin(panel.arm.codes, [panel.arm.names.index(arm) for arm in question.arms])
    without = int((in_arms & np.isnan(outcome_of(protocol, panel, question))).sum())
    others = int(in_arms.sum()) - int(known.sum()) - without
    if without:
        yield Note(code="missing-outcome", participants=without)
    if others:
        yield Note(code="left-out", participants=others)
