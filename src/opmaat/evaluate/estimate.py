"""Estimate what the frozen protocol planned, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from typing import Any

import numpy as np

from opmaat.core.beside import beside
from opmaat.core.errors import DataFileError, Issue
from opmaat.core.receipt import Receipt
from opmaat.core.version import __version__
from opmaat.evaluate.answers import Answer, told
from opmaat.evaluate.cells import cells_serve, to_cells
from opmaat.evaluate.describe import baseline_balance, drawn_by_arm, missing_outcomes, taken_up_by_arm
from opmaat.evaluate.families import adjust_families
from opmaat.evaluate.instrument import answer_by_instrument
from opmaat.evaluate.model import Estimate, Estimates, Unanswered, estimates_digest
from opmaat.evaluate.questions import Question, questions
from opmaat.evaluate.regress import answer_by_cells, answer_by_regression
from opmaat.evaluate.sample import (
    Eligible,
    Regressors,
    Sample,
    covariate_term,
    eligible,
    outcome_of,
    take_sample,
)
from opmaat.panel.cells import Cells
from opmaat.panel.model import Panel
from opmaat.protocol.analyses import Ancova, Late
from opmaat.protocol.model import Protocol
from opmaat.protocol.questions import Pair, is_trial, strata_rule
from opmaat.stats.error_kinds import CLUSTERED
from opmaat.stats.errors import NotEstimableError

Progress = Callable[[int, int], None]

_FIXES = {
    "arm-too-small": "Leave the arm out of the contrast, or find its participants.",
    "collinear-contrast": "Leave out the covariate that says which arm someone is in.",
    "empty-cell": "Merge strata in the protocol, or use 'strata: fixed_effects' and say so.",
    "leverage-one": "Merge small strata or leave out the covariate, or use errors hc1.",
    "no-first-stage": "Check the column of take-up; the draw must make a difference to it.",
    "no-residual-df": "Use fewer covariates than there are participants.",
    "no-variation": "Check the columns of the outcome and the covariates, or leave the outcome out.",
}
_FIXES_WITH_CLUSTERS = {
    "leverage-one": "Leave the arm out of the contrast, merge strata, or leave out the covariate.",
    "single-cluster": "Check the column of the cluster; every arm of a contrast needs at least two.",
}


@dataclass(frozen=True, slots=True)
class _Batch:
    """Questions that one fit answers: same analysis, arms and participants."""

    questions: tuple[Question, ...]
    who: Eligible


def estimate(protocol: Protocol, panel: Panel, *, progress: Progress | None = None) -> Estimates:
    """Answer every question of the protocol with the panel.

    Parameters
    ----------
    protocol
        As frozen, see :func:`opmaat.read_frozen`.
    panel
        As read by :func:`opmaat.read_panel`.
    progress
        Called with the number of fits done and in all. Without it half of them are done beside the others.

    Raises
    ------
    DataFileError
        With one issue for every question that a prepared file cannot answer; then nothing is estimated. For a
        trial such questions are told in ``unanswered``, unless there is no other.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat import load_protocol, read_panel
    >>> study = Path("studies/nsw-1975")
    >>> protocol = load_protocol(study)
    >>> answers = estimate(protocol, read_panel(protocol, study))
    >>> [round(answer.point, 2) for answer in answers.estimates]
    [1794.34, 1794.34, 1672.43]
    """
    batches = _batches(protocol, panel)
    if progress is None and len(batches) > 1:
        found = _found(protocol, _beside(protocol, panel, batches))
    else:
        found = _found(protocol, _each(protocol, panel, batches, progress))
    return _estimates(protocol, panel, found.in_order(protocol), _unanswered(found.refused))


def estimates_alone(protocol: Protocol, panel: Panel) -> tuple[Estimate, ...]:
    """Return the estimates only, without the balance and counts that a reader needs beside them.

    For simulation, which throws those away. Raises what :func:`estimate` raises.

    >>> from pathlib import Path
    >>> from opmaat import load_protocol, read_panel
    >>> study = Path("studies/nsw-1975")
    >>> protocol = load_protocol(study)
    >>> round(estimates_alone(protocol, read_panel(protocol, study))[0].point, 2)
    1794.34
    """
    found = _found(protocol, _each(protocol, panel, _batches(protocol, panel), None))
    return tuple(adjust_families(protocol, found.in_order(protocol)))


def _beside(protocol: Protocol, panel: Panel, batches: Sequence[_Batch]) -> list[_Found]:
    """Answer every batch, half of them beside the others."""
    with beside(partial(_each, protocol, panel, batches[1::2], None)) as others:
        own = _each(protocol, panel, batches[::2], None)
        answered = zip_longest(own, others())
    return [found for pair in answered for found in pair if found is not None]


def _each(
    protocol: Protocol, panel: Panel, batches: Sequence[_Batch], progress: Progress | None
) -> list[_Found]:
    """Answer batches one after the other."""
    found = []
    for done, batch in enumerate(batches, start=1):
        found.append(_answer(protocol, panel, batch))
        if progress is not None:
            progress(done, len(batches))
    return found


def _found(protocol: Protocol, parts: Iterable[_Found]) -> _Found:
    """Put together what was found; raises DataFileError when what was not answered may not be left out."""
    found = _Found({}, [])
    for part in parts:
        found.add(part)
    if found.refused and not (is_trial(protocol) and found.answers):
        raise DataFileError([_issue(batch.questions, error) for batch, error in found.refused])
    return found


@dataclass(frozen=True, slots=True)
class _Found:
    """Answers by analysis, estimand and contrast, and what could not be answered."""

    answers: dict[tuple[str, str, Pair], Answer]
    refused: list[tuple[_Batch, NotEstimableError]]

    def add(self, other: _Found) -> None:
        """Add what was found elsewhere."""
        self.answers.update(other.answers)
        self.refused.extend(other.refused)

    def in_order(self, protocol: Protocol) -> list[Answer]:
        """Return the answers in the order in which the protocol asks."""
        asked = [
            (item.analysis.id, item.estimand.id, pair) for item in questions(protocol) for pair in item.pairs
        ]
        return [self.answers[key] for key in asked if key in self.answers]


def _answer(protocol: Protocol, panel: Panel, batch: _Batch) -> _Found:
    """Fit a batch; of a trial, where it cannot be fitted as a whole, part by part."""
    try:
        return _Found({_key(answer): answer for answer in _answers(protocol, panel, batch)}, [])
    except NotEstimableError as error:
        parts = list(_parts(batch)) if is_trial(protocol) else []
        if len(parts) < 2:
            return _Found({}, [(batch, error)])
    found = _Found({}, [])
    for part in parts:
        found.add(_answer(protocol, panel, part))
    return found


def _key(answer: Answer) -> tuple[str, str, Pair]:
    """Return what an answer is the answer to."""
    estimate = answer.estimate
    return estimate.analysis, estimate.estimand, estimate.contrast


def _parts(batch: _Batch) -> Iterator[_Batch]:
    """Yield the questions of a batch one by one, or the contrasts of its only question."""
    if len(batch.questions) > 1:
        yield from (_Batch((question,), batch.who) for question in batch.questions)
    else:
        question = batch.questions[0]
        yield from (_Batch((replace(question, pairs=(pair,)),), batch.who) for pair in question.pairs)


def _unanswered(refused: Sequence[tuple[_Batch, NotEstimableError]]) -> tuple[Unanswered, ...]:
    """Return the questions that could not be answered, and why."""
    return tuple(
        Unanswered(
            analysis=question.analysis.id,
            estimand=question.estimand.id,
            contrasts=question.pairs,
            code=error.code,
            reason=error.detail,
        )
        for batch, error in refused
        for question in batch.questions
    )


def estimate_cells(protocol: Protocol, analysis: str, cells: Cells) -> tuple[Estimate, ...]:
    """Answer one analysis from sums per cell, as :func:`opmaat.panel.cells.read_cells` reads them.

    The numbers are those of :func:`estimate` on the rows. Raises DataFileError when the data cannot answer.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> import duckdb, opmaat
    >>> study, file = Path("studies/nsw-1975"), Path(mkdtemp()) / "made-up.parquet"
    >>> rows = duckdb.sql("SELECT i % 2 AS train, i % 7 AS re78 FROM range(40) AS r(i)")
    >>> rows.write_parquet(str(file))
    >>> protocol = opmaat.load_protocol(study)
    >>> cells = opmaat.read_cells(protocol, "difference-hc2", study, file)
    >>> answer = estimate_cells(protocol, "difference-hc2", cells)[0]
    >>> answer.fit.n, round(answer.point)
    (40, -50)
    """
    (question,) = (item for item in questions(protocol) if item.analysis.id == analysis)
    counts = cells.stats.n
    place = np.array([question.arms.index(arm) for arm in cells.arm.names])
    strata = strata_rule(protocol, question.analysis)
    regressors = Regressors(
        arm=place[cells.arm.codes],
        arms=question.arms,
        covariates={covariate_term(name): item for name, item in cells.covariates.items()},
        stratum=None if strata == "ignored" else cells.stratum,
        frequency=counts.astype(np.float64),
    )
    rows = np.arange(len(counts))
    sample = Sample(rows=rows, regressors=regressors, clusters=None, notes=(), participants=counts)
    try:
        answers = answer_by_cells([question], sample, cells.stats, strata=strata)
    except NotEstimableError as error:
        raise DataFileError([_issue([question], told(error, [question], sample))]) from None
    return tuple(answer.estimate for answer in answers)


def _batches(protocol: Protocol, panel: Panel) -> list[_Batch]:
    """Put questions together that one fit can answer."""
    alone: list[_Batch] = []
    together: dict[tuple[object, ...], _Batch] = {}
    for question in questions(protocol):
        who = eligible(panel, question)
        if _fitted_alone(panel, question, who):
            alone.append(_Batch((question,), who))
            continue
        key = (question.analysis.id, question.arms, who.key())
        others = together[key].questions if key in together else ()
        together[key] = _Batch((*others, question), who)
    return [*together.values(), *alone]


def _fitted_alone(panel: Panel, question: Question, who: Eligible) -> bool:
    """Tell whether a question has a fit of its own.

    It has where its regressors depend on the outcome, and where everybody has the same outcome, so that the
    refusal names no other question.
    """
    values = outcome_of(panel, question)[who.known]
    constant = bool(len(values)) and bool((values == values[0]).all())
    return constant or isinstance(question.analysis, Ancova | Late)


def _answers(protocol: Protocol, panel: Panel, batch: _Batch) -> list[Answer]:
    """Fit a batch, and return the answers in the order of its questions and their contrasts."""
    first = batch.questions[0]
    sample = take_sample(protocol, panel, first, batch.who)
    try:
        return _fitted(protocol, panel, batch, sample)
    except NotEstimableError as error:
        raise told(error, batch.questions, sample) from None


def _fitted(protocol: Protocol, panel: Panel, batch: _Batch, sample: Sample) -> list[Answer]:
    """Fit a sample by the way that serves it."""
    first = batch.questions[0]
    outcomes = np.column_stack([outcome_of(panel, question)[sample.rows] for question in batch.questions])
    strata = strata_rule(protocol, first.analysis)
    if isinstance(first.analysis, Late) and panel.take_up is not None:
        take_up = panel.take_up[sample.rows]
        return answer_by_instrument(first, sample, outcomes[:, 0], take_up=take_up, strata=strata)
    if cells_serve(sample, first.analysis):
        cells, stats = to_cells(sample, outcomes)
        return answer_by_cells(batch.questions, cells, stats, strata=strata)
    return answer_by_regression(batch.questions, sample, outcomes, strata=strata)


def _issue(asked: Sequence[Question], error: NotEstimableError) -> Issue:
    """Say why questions cannot be answered, and what to do."""
    where = "; ".join(dict.fromkeys(question.place() for question in asked))
    clustered = asked[0].analysis.errors in CLUSTERED
    fixes = _FIXES | _FIXES_WITH_CLUSTERS if clustered else _FIXES
    fix = fixes.get(error.code, "Check the columns that the analysis names.")
    return Issue(error.code, where, f"This cannot be estimated: {error.detail}.", fix)


def _estimates(
    protocol: Protocol, panel: Panel, answers: Sequence[Answer], unanswered: tuple[Unanswered, ...]
) -> Estimates:
    """Put the answers together with what a reader needs to judge them, and write the receipt."""
    content: dict[str, Any] = {
        "protocol_id": protocol.id,
        "estimates": tuple(adjust_families(protocol, answers, beside=beside)),
        "drawn": drawn_by_arm(panel),
        "taken_up": taken_up_by_arm(panel),
        "excluded": panel.excluded,
        "balance": baseline_balance(protocol, panel),
        "missing": missing_outcomes(protocol, panel),
    }
    if unanswered:
        content["unanswered"] = unanswered
    receipt = Receipt(
        stage="estimate",
        inputs=panel.sources,
        output=estimates_digest(content),
        protocol=protocol.digest(),
        version=__version__,
    )
    return Estimates(**content, receipt=receipt)
