"""Check outcomes that are made of registers or answers: each can be made, for the months that are asked."""

from __future__ import annotations

from collections.abc import Iterator

from opmaat.protocol.assignment import Recorded
from opmaat.protocol.data import Outcome, OutcomeKind
from opmaat.protocol.definitions import (
    Amount,
    Definition,
    EarningsBand,
    MonthsOnBenefit,
    ScaleScore,
)
from opmaat.protocol.finding import Finding, KeyPath, unknown
from opmaat.protocol.model import Protocol


def check_definitions(protocol: Protocol) -> Iterator[Finding]:
    """Yield every definition that cannot be carried out, and everything that it needs and that is not there.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> list(check_definitions(load_protocol(Path("studies/nsw-1975"))))
    []
    """
    defined = [outcome for outcome in protocol.outcomes.values() if outcome.definition is not None]
    for name, outcome in protocol.outcomes.items():
        path: KeyPath = ("outcomes", name)
        if outcome.definition is not None:
            yield from _check_source(protocol, outcome, path)
            yield from _check_definition(protocol, outcome, outcome.definition, path)
        elif defined and protocol.data is None:
            problem = f"'{name}' has no definition, and there is no prepared file with a column for it."
            yield Finding(path, "missing-definition", problem, "Add 'definition'.")
    yield from _check_months(protocol)
    yield from _check_period(protocol, needed=bool(defined))


def _check_source(protocol: Protocol, outcome: Outcome, path: KeyPath) -> Iterator[Finding]:
    """Check that an outcome is a column of a prepared file, or has a definition, and not both."""
    if protocol.data is not None or outcome.column is not None:
        problem = f"'{path[-1]}' is made of registers or answers, and also read from a prepared file."
        fix = "Leave out 'definition', or leave out 'data' and 'column'."
        yield Finding((*path, "definition"), "column-or-definition", problem, fix)


def _check_definition(
    protocol: Protocol, outcome: Outcome, definition: Definition, path: KeyPath
) -> Iterator[Finding]:
    """Check that a definition gives what the outcome is called, and that its baseline can be made."""
    if outcome.kind not in _kinds(definition):
        problem = f"'{path[-1]}' is called {outcome.kind}, and its definition does not give that."
        fix = f"Use 'kind: {_kinds(definition)[0]}'."
        yield Finding((*path, "kind"), "kind-does-not-fit", problem, fix)
    if isinstance(definition, EarningsBand) and not _is_band(definition):
        problem = f"No wages lie in the band of '{path[-1]}'."
        fix = "Give 'at_least', a higher 'below', or both."
        yield Finding((*path, "definition"), "empty-band", problem, fix)
    baseline = outcome.baseline
    if baseline is None:
        return
    if baseline.month is None or baseline.month > 0:
        problem = f"The baseline of '{path[-1]}' is not a month before the start."
        yield Finding((*path, "baseline"), "wrong-baseline", problem, "Use 'month: 0', or an earlier one.")
    elif isinstance(definition, ScaleScore) and not _has_wave(protocol, baseline.month):
        yield _no_wave((*path, "baseline", "month"), str(path[-1]), baseline.month)


def _kinds(definition: Definition) -> tuple[OutcomeKind, ...]:
    """Return what an outcome with this definition can be called."""
    match definition:
        case Amount():
            return "mostly_zero", "continuous"
        case MonthsOnBenefit():
            return "count", "continuous"
        case ScaleScore():
            return ("continuous",)
    return ("binary",)


def _is_band(band: EarningsBand) -> bool:
    """Tell whether a band has a side, and its sides are in order."""
    if band.at_least is None or band.below is None:
        return band.at_least is not None or band.below is not None
    return band.at_least < band.below


def _has_wave(protocol: Protocol, month: int) -> bool:
    """Tell whether there is a wave in a month."""
    return any(wave.month == month for wave in protocol.waves)


def _no_wave(path: KeyPath, outcome: str, month: int) -> Finding:
    """Return the finding that a scale is asked for in a month without a wave."""
    problem = f"'{outcome}' is asked in a questionnaire, and there is no wave in month {month}."
    return Finding(path, "no-wave", problem, "Name the month of a wave, or add the wave to 'waves'.")


def _check_months(protocol: Protocol) -> Iterator[Finding]:
    """Check that estimands ask outcomes with a definition at a month in which there is something to see."""
    for position, estimand in enumerate(protocol.estimands):
        outcome = protocol.outcomes.get(estimand.outcome)
        definition = None if outcome is None else outcome.definition
        path: KeyPath = ("estimands", position)
        if definition is None or protocol.data is not None:
            continue
        if estimand.month is None:
            problem = f"The estimand '{estimand.id}' does not say at which month the outcome is taken."
            yield Finding(path, "missing-month", problem, "Add 'month'.")
        elif estimand.month < 1:
            problem = f"Month {estimand.month} lies before the start; the first month of the trial is 1."
            yield Finding((*path, "month"), "month-before-start", problem, "Name a month after the start.")
        elif isinstance(definition, ScaleScore):
            if not _has_wave(protocol, estimand.month):
                yield _no_wave((*path, "month"), estimand.outcome, estimand.month)
        elif not isinstance(definition, Amount | MonthsOnBenefit) and (
            definition.sustained_months > estimand.month
        ):
            problem = f"Nothing lasted {definition.sustained_months} months by month {estimand.month}."
            yield Finding((*path, "month"), "spell-too-long", problem, "Name a later month.")


def _check_period(protocol: Protocol, *, needed: bool) -> Iterator[Finding]:
    """Check that the first day of the trial, and of every later round, is known."""
    rounds = () if isinstance(protocol.assignment, Recorded) else protocol.assignment.rounds[1:]
    if protocol.period is None:
        if needed and protocol.data is None:
            problem = "Months are counted from the first day of the trial, and none is named."
            yield Finding(("outcomes",), "missing-period", problem, "Add 'period'.")
        return
    for name in protocol.period.later_rounds:
        if name not in rounds:
            yield unknown(("period", "later_rounds", name), "round", name, rounds)
    for name in rounds:
        if needed and name not in protocol.period.later_rounds:
            problem = f"The first day of the round '{name}' is not named."
            yield Finding(("period",), "round-without-day", problem, "Add it to 'later_rounds'.")
    if protocol.period.last_day <= protocol.period.first_day:
        problem = "The last day of the trial is not after its first."
        yield Finding(("period", "last_day"), "period-not-ascending", problem, "Correct one of the days.")
