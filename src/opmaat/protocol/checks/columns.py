"""Check the columns of the data: a value leads to one arm, and what comes after the draw decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from opmaat.core.tables import number_from_text
from opmaat.protocol.data import Data, Scalar
from opmaat.protocol.finding import Finding, KeyPath
from opmaat.protocol.model import Protocol


def check_columns(protocol: Protocol) -> Iterator[Finding]:
    """Yield every column or value of the data that is used for what it cannot be used for.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> list(check_columns(load_protocol(Path("studies/nsw-1975"))))
    []
    """
    if protocol.data is not None:
        yield from _check_values(protocol.data)
        yield from _check_inclusions(protocol, protocol.data)
    yield from _check_covariates(protocol)
    yield from _check_baselines(protocol)


def _check_values(data: Data) -> Iterator[Finding]:
    """Check that no two values of the arm's column are the same, as text or as numbers that differ in arm."""
    earlier: dict[Scalar, str] = {}
    for value, arm in data.arm.values.items():
        path: KeyPath = ("data", "arm", "values", value if isinstance(value, int) else str(value))
        for other, its_arm in earlier.items():
            if str(value) == str(other):
                problem = f"The value '{value}' stands there twice, as a number and as a text."
                yield Finding(path, "same-value", problem, "Keep one.")
            elif arm != its_arm and _is_same_number(value, other):
                problem = f"'{value}' and '{other}' are the same number, and lead to '{arm}' and '{its_arm}'."
                yield Finding(path, "same-value", problem, "Give the arms values that are different numbers.")
        earlier[value] = arm


def _is_same_number(value: Scalar, other: Scalar) -> bool:
    """Tell whether two values are the same number, however each is written."""
    number = number_from_text(str(value))
    return isfinite(number) and number == number_from_text(str(other))


def _check_inclusions(protocol: Protocol, data: Data) -> Iterator[Finding]:
    """Check that nobody is kept out for what came after the draw."""
    after = _after_the_draw(protocol)
    for position, inclusion in enumerate(data.include):
        if inclusion.column in after:
            held = after[inclusion.column]
            problem = f"Rows are kept by the column '{inclusion.column}', which holds {held}."
            path = ("data", "include", position, "column")
            fix = "Keep rows only by what was known before the draw."
            yield Finding(path, "known-after-draw", problem, fix)


def _check_covariates(protocol: Protocol) -> Iterator[Finding]:
    """Check that no covariate is what came after the draw."""
    after = _after_the_draw(protocol)
    for name, covariate in (protocol.covariates or {}).items():
        column = covariate.column or name
        if column in after:
            problem = f"The covariate '{name}' is the column '{column}', which holds {after[column]}."
            fix = "Use what was known before the draw; an earlier measure of an outcome is its 'baseline'."
            yield Finding(("covariates", name), "known-after-draw", problem, fix)


def _after_the_draw(protocol: Protocol) -> dict[str, str]:
    """Return the columns that hold what came after the draw, and what each holds."""
    found = {outcome.column or name: f"the outcome '{name}'" for name, outcome in protocol.outcomes.items()}
    if protocol.data is not None and protocol.data.take_up is not None:
        found[protocol.data.take_up] = "who took up the offer"
    return found


def _check_baselines(protocol: Protocol) -> Iterator[Finding]:
    """Check that a baseline is another measure than the outcome, from before each estimand's month."""
    for name, outcome in protocol.outcomes.items():
        if outcome.baseline is not None and outcome.baseline.column == (outcome.column or name):
            problem = f"The baseline of '{name}' is the column of the outcome itself."
            path: KeyPath = ("outcomes", name, "baseline")
            yield Finding(path, "wrong-baseline", problem, "Name the column of the earlier measure.")
    for position, estimand in enumerate(protocol.estimands):
        asked = protocol.outcomes.get(estimand.outcome)
        first = asked.baseline.month if asked is not None and asked.baseline is not None else None
        if first is not None and estimand.month is not None and estimand.month <= first:
            problem = f"'{estimand.id}' is of month {estimand.month}, and its baseline of month {first}."
            fix = "Use a month after that of the baseline."
            yield Finding(("estimands", position, "month"), "baseline-not-before", problem, fix)
