"""Who is in a fit, with what: the rows of the panel that can answer a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.core.codes import Codes
from opmaat.evaluate.model import Note, NoteCode
from opmaat.evaluate.questions import Question
from opmaat.panel.model import Panel, Variable
from opmaat.protocol.analyses import Ancova, DifferenceInDifferences, Estimand, Late
from opmaat.protocol.model import Protocol
from opmaat.protocol.questions import adjustment, cluster_unit, strata_rule

BASELINE = "baseline measure"
_NO_CODE = -2


def covariate_term(name: str) -> str:
    r"""Return what a covariate is called in a model, like nothing else in it whatever its name.

    >>> covariate_term("age"), covariate_term("age' missing")
    ("covariate 'age'", 'covariate "age\' missing"')
    """
    return f"covariate {name!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regressors:
    """Everything on the right-hand side, one place per row (n,).

    ``arm`` holds codes into ``arms``. ``covariates`` have the names of :func:`covariate_term`. ``frequency``
    is how much a row counts in a mean, None for all alike: its weight, or the participants of a cell.
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
    clusters: NDArray[np.int64] | None
    notes: tuple[Note, ...]
    participants: NDArray[np.int64] | None = None

    @property
    def weights(self) -> NDArray[np.float64] | None:
        """Weights of the fit, None for all alike; cells have none."""
        return self.regressors.frequency if self.participants is None else None

    @property
    def n_by_arm(self) -> dict[str, int]:
        """Participants by arm."""
        counts = np.bincount(self.regressors.arm, self.participants, minlength=len(self.regressors.arms))
        return {arm: int(count) for arm, count in zip(self.regressors.arms, counts, strict=True)}


@dataclass(frozen=True, slots=True)
class Eligible:
    """Who can be in a fit, and of the others in its arms what they miss; each (n,) of the panel."""

    known: NDArray[np.bool_]
    without_outcome: NDArray[np.bool_]
    without_baseline: NDArray[np.bool_]
    left_out: NDArray[np.bool_]

    def notes(self) -> tuple[Note, ...]:
        """Return how many are not in the fit, and why."""
        counts: dict[NoteCode, int] = {
            "missing-outcome": int(self.without_outcome.sum()),
            "missing-baseline": int(self.without_baseline.sum()),
            "left-out": int(self.left_out.sum()),
        }
        return tuple(Note(code=code, participants=count) for code, count in counts.items() if count)

    def key(self) -> tuple[bytes, ...]:
        """Return what tells this from the eligible of another question."""
        masks = (self.known, self.without_outcome, self.without_baseline)
        return tuple(mask.tobytes() for mask in masks)


def outcome_of(panel: Panel, question: Question) -> NDArray[np.float64]:
    """Return what a question measures, per participant: the outcome, or its change since the baseline."""
    values = measured(panel, question.estimand)
    if isinstance(question.analysis, DifferenceInDifferences):
        return values - panel.baselines[question.estimand.outcome]
    return values


def measured(panel: Panel, estimand: Estimand) -> NDArray[np.float64]:
    """Return the outcome, NaN from the month in which something happened that makes it missing from then."""
    values = panel.outcomes[estimand.outcome][estimand.month]
    for what, strategy in estimand.intercurrent.items():
        if strategy == "missing_from_then" and estimand.month is not None and what in panel.intercurrent:
            values = np.where(panel.intercurrent[what] <= estimand.month, np.nan, values)
    return values


def asked_about(panel: Panel, estimand: Estimand) -> NDArray[np.bool_]:
    """Return whom an estimand is about: everybody drawn, or those who joined, or one subgroup of them."""
    about = np.ones(panel.participants, dtype=np.bool_)
    if estimand.among == "joined" and panel.joined is not None:
        about &= panel.joined
    for name, level in estimand.subgroup.items():
        values = panel.covariates[name].values
        if isinstance(values, Codes):
            about &= values.codes == (values.names.index(level) if level in values.names else _NO_CODE)
        else:
            about &= values == float(level)
    return about


def eligible(panel: Panel, question: Question) -> Eligible:
    """Return who can be in the fit: asked about, in one of its arms, with everything that must be known."""
    in_arms = np.isin(panel.arm.codes, [panel.arm.names.index(arm) for arm in question.arms])
    in_arms &= asked_about(panel, question.estimand)
    unmeasured = np.isnan(measured(panel, question.estimand))
    without_outcome = in_arms & unmeasured
    without_baseline = in_arms & ~unmeasured & np.isnan(outcome_of(panel, question))
    known = in_arms & ~without_outcome & ~without_baseline
    left_out = known & _lacking(panel, question)
    return Eligible(known & ~left_out, without_outcome, without_baseline, left_out)


def _lacking(panel: Panel, question: Question) -> NDArray[np.bool_]:
    """Return who misses take-up, a weight or a covariate that the analysis cannot do without."""
    lacking = np.zeros(panel.participants, dtype=bool)
    if isinstance(question.analysis, Late) and panel.take_up is not None:
        lacking |= np.isnan(panel.take_up)
    if "response" in question.analysis.weights and panel.response_weight is not None:
        lacking |= np.isnan(panel.response_weight)
    adjust = adjustment(question.analysis)
    if adjust is not None and adjust.missing == "exclude":
        for variable in _variables(panel, question).values():
            lacking |= missing(variable)
    return lacking


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
        found |= {covariate_term(name): panel.covariates[name] for name in adjust.covariates}
    return found


def take_sample(protocol: Protocol, panel: Panel, question: Question, who: Eligible) -> Sample:
    """Return the sample of those who can be in the fit."""
    rows = np.flatnonzero(who.known)
    place = np.full(len(panel.arm.names) + 1, -1, dtype=np.int64)
    for code, arm in enumerate(question.arms):
        place[panel.arm.names.index(arm)] = code
    use_strata = panel.stratum is not None and strata_rule(protocol, question.analysis) != "ignored"
    regressors = Regressors(
        arm=place[panel.arm.codes[rows]],
        arms=question.arms,
        covariates={name: _at(item, rows) for name, item in _variables(panel, question).items()},
        stratum=_codes_at(panel.stratum, rows) if use_strata and panel.stratum is not None else None,
        frequency=_weights(panel, question, rows),
    )
    return Sample(
        rows=rows,
        regressors=regressors,
        clusters=_clusters(protocol, panel, question, rows),
        notes=who.notes(),
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
    unit = cluster_unit(protocol, question.analysis)
    units = {"household": panel.household, "cluster": panel.cluster, None: None}[unit]
    return None if units is None else units[rows]
