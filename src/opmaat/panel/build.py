"""Build the panel from a prepared file: every value checked, every problem told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from opmaat.core.codes import Codes, combined
from opmaat.core.errors import DataFileError, Issue
from opmaat.core.tables import Table
from opmaat.panel import columns
from opmaat.panel.columns import Rule, codes, labelled, matching, numbers, require_present
from opmaat.panel.model import Panel, Variable
from opmaat.panel.participants import Participants, constant, included, participants
from opmaat.protocol.assignment import Clustered
from opmaat.protocol.data import Covariate, Data, Outcome
from opmaat.protocol.model import Protocol

_Months = Mapping[int | None, NDArray[np.float64]]


def build(protocol: Protocol, data: Data, table: Table, *, sources: Mapping[str, str]) -> Panel:
    """Return the panel of a prepared file.

    Parameters
    ----------
    protocol
        Says what the outcomes and covariates are.
    data
        The protocol's mapping of columns.
    table
        The columns that :func:`needed_columns` names.
    sources
        Logical name and digest of the file.

    Raises
    ------
    DataFileError
        With every cell that does not fit, every participant that stands twice, every arm that is unknown.
    """
    issues: list[Issue] = []
    table, excluded = included(data, table)
    if table.rows == 0:
        problem = "No row is left for the analysis."
        raise DataFileError([Issue("no-rows", table.name, problem, "Check the file and 'include'.")])
    for column in required_columns(data):
        require_present(table, column, issues)
    period = None
    if data.period is not None:
        period = numbers(table, data.period, issues, rules=(columns.MONTH,), decimal=data.file.decimal)
    people = participants(data, table, issues, period=period)
    reader = _Reader(table, data, people, issues, period=period)
    panel = Panel(
        arm=reader.arm(protocol),
        outcomes={name: reader.outcome(protocol, name) for name in protocol.outcomes},
        baselines=reader.baselines(protocol),
        covariates={name: reader.covariate(name, item) for name, item in (protocol.covariates or {}).items()},
        stratum=reader.stratum(),
        household=reader.unit(data.household),
        cluster=reader.unit(data.cluster),
        probability=reader.at_start(data.probability, columns.CHANCE),
        response_weight=reader.at_start(data.response_weight, columns.WEIGHT),
        take_up=reader.take_up(),
        excluded=excluded,
        sources=sources,
    )
    issues.extend(_split_units(protocol, data, table, panel))
    if issues:
        raise DataFileError(issues)
    return panel


def needed_columns(protocol: Protocol, data: Data) -> list[str]:
    """Return every column of the file that the protocol uses, each once."""
    wanted = [data.arm.column, data.participant, data.period, data.household, data.cluster, *data.strata]
    wanted += [data.probability, data.response_weight, data.take_up]
    wanted += [inclusion.column for inclusion in data.include]
    wanted += _variable_columns(protocol)
    return list(dict.fromkeys(column for column in wanted if column is not None))


def required_columns(data: Data) -> list[str]:
    """Return the columns in which no cell may be missing."""
    wanted = [data.arm.column, data.participant, data.period, data.household, data.cluster, *data.strata]
    return [column for column in [*wanted, data.probability] if column is not None]


def _variable_columns(protocol: Protocol) -> Iterator[str]:
    """Yield the columns of covariates, outcomes and baseline measures."""
    for name, covariate in (protocol.covariates or {}).items():
        yield covariate.column or name
    for name, outcome in protocol.outcomes.items():
        yield outcome.column or name
        if outcome.baseline is not None and outcome.baseline.column is not None:
            yield outcome.baseline.column


class _Reader:
    """Reads the variables of one table; problems go to one list."""

    def __init__(
        self,
        table: Table,
        data: Data,
        people: Participants,
        issues: list[Issue],
        *,
        period: NDArray[np.float64] | None,
    ) -> None:
        self._table = table
        self._data = data
        self._people = people
        self._issues = issues
        self._period = period
        self._at_start = (
            people.first
            if period is None
            else _rows_at(people, period, np.min(period, initial=np.inf, where=~np.isnan(period)))
        )

    def _numbers(self, column: str, *rules: Rule) -> NDArray[np.float64]:
        """Return a column as numbers, one per row."""
        decimal = self._data.file.decimal
        return numbers(self._table, column, self._issues, rules=rules, decimal=decimal)

    def arm(self, protocol: Protocol) -> Codes:
        """Return everybody's arm; a value that the protocol does not know is an issue."""
        spec, names = self._data.arm, tuple(protocol.arms)
        found = constant(self._table, spec.column, self._people, self._issues)
        known = {code: names.index(spec.values[value]) for value, code in matching(found, spec.values)}
        translation = np.array(
            [known.get(code, -1) for code in range(len(found.names))] + [-1], dtype=np.int64
        )
        for code in sorted(set(found.codes.tolist()) - set(known) - {-1}):
            row = int(self._people.first[np.flatnonzero(found.codes == code)[0]])
            label = self._table.columns[spec.column].value_labels.get(found.names[code])
            named = f" (the file's label for it is '{label}')" if label else ""
            problem = f"'{found.names[code]}'{named} is not a value of an arm."
            fix = "Add it to 'data: arm: values' in the protocol, or correct the file."
            place = self._table.place(row, spec.column)
            self._issues.append(Issue("unknown-arm-value", place, problem, fix))
        return Codes(translation[found.codes], names)

    def outcome(self, protocol: Protocol, name: str) -> _Months:
        """Return an outcome at every month that an estimand asks for."""
        outcome = protocol.outcomes[name]
        values = self._measure(outcome, outcome.column or name)
        if self._period is None:
            return {None: values}
        months = {estimand.month for estimand in protocol.estimands if estimand.outcome == name}
        return {
            month: self._at(month, values) for month in sorted(month for month in months if month is not None)
        }

    def baselines(self, protocol: Protocol) -> dict[str, NDArray[np.float64]]:
        """Return the baseline measure of the outcomes that have one."""
        found = {}
        for name, outcome in protocol.outcomes.items():
            if outcome.baseline is None:
                continue
            values = self._measure(outcome, outcome.baseline.column or outcome.column or name)
            month = outcome.baseline.month
            found[name] = self._numbers_at_start(values) if month is None else self._at(month, values)
        return found

    def _measure(self, outcome: Outcome, column: str) -> NDArray[np.float64]:
        """Return a measure in the outcome's unit, one per row."""
        rules = columns.RULES_OF_KIND[outcome.kind]
        if outcome.transform == "log":
            rules = (*rules, columns.POSITIVE)
        values = self._numbers(column, *rules) * outcome.scale
        if outcome.transform == "log":
            values = np.log(np.where(values > 0, values, np.nan))
        return values

    def _at(self, month: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values of one period, one per participant; NaN for who has no row then."""
        rows = _rows_at(self._people, self._period, month) if self._period is not None else self._at_start
        if not (rows >= 0).any():
            problem = f"The file has no row for month {month}."
            fix = "Correct the month in the protocol, or give the whole file."
            self._issues.append(
                Issue("no-such-month", f"{self._table.name}, column '{self._data.period}'", problem, fix)
            )
        return np.where(rows >= 0, values[rows], np.nan)

    def _numbers_at_start(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values before the start, one per participant; NaN for who has no row then."""
        return np.where(self._at_start >= 0, values[self._at_start], np.nan)

    def covariate(self, name: str, covariate: Covariate) -> Variable:
        """Return a covariate as it was before the start: in the first period of the file."""
        column = covariate.column or name
        if covariate.kind == "categorical":
            found = codes(self._table, column)
            at_start = np.where(self._at_start >= 0, found.codes[self._at_start], -1)
            labels = self._table.columns[column].value_labels
            return Variable("categorical", Codes(at_start, labelled(found.names, labels)))
        rules = (columns.ZERO_OR_ONE,) if covariate.kind == "binary" else ()
        if covariate.transform == "log":
            rules = (*rules, columns.POSITIVE)
        values = self._numbers_at_start(self._numbers(column, *rules))
        if covariate.transform == "log":
            values = np.log(np.where(values > 0, values, np.nan))
        return Variable(covariate.kind, values**2 if covariate.transform == "square" else values)

    def stratum(self) -> Codes | None:
        """Return everybody's stratum: the combination of the columns that make it."""
        parts = [constant(self._table, name, self._people, self._issues) for name in self._data.strata]
        return combined(parts) if parts else None

    def unit(self, column: str | None) -> NDArray[np.int64] | None:
        """Return everybody's household or cluster."""
        return None if column is None else constant(self._table, column, self._people, self._issues).codes

    def at_start(self, column: str | None, rule: Rule) -> NDArray[np.float64] | None:
        """Return a number that belongs to the participant."""
        return None if column is None else self._numbers(column, rule)[self._people.first]

    def take_up(self) -> NDArray[np.float64] | None:
        """Return who took up what the arm offers, in any period."""
        if self._data.take_up is None:
            return None
        values = self._numbers(self._data.take_up, columns.ZERO_OR_ONE)
        ever = np.full(self._people.count, np.nan)
        known = ~np.isnan(values)
        np.fmax.at(ever, self._people.of_row[known], values[known])
        return ever


def _rows_at(people: Participants, period: NDArray[np.float64], month: float) -> NDArray[np.int64]:
    """Return each participant's row of one period, -1 for who has none."""
    rows = np.flatnonzero(period == month)
    found = np.full(people.count, -1, dtype=np.int64)
    found[people.of_row[rows]] = rows
    return found


def _split_units(protocol: Protocol, data: Data, table: Table, panel: Panel) -> Iterator[Issue]:
    """Yield an issue per unit of the draw whose members are in different arms."""
    drawn = {
        "cluster": (data.cluster, panel.cluster if isinstance(protocol.assignment, Clustered) else None),
        "household": (data.household, panel.household if protocol.population.unit == "household" else None),
    }
    for word, (column, units) in drawn.items():
        if units is None:
            continue
        order = np.argsort(units, kind="stable")
        same = units[order][1:] == units[order][:-1]
        other = panel.arm.codes[order][1:] != panel.arm.codes[order][:-1]
        times = len(np.unique(units[order][1:][same & other]))
        if times:
            problem = f"The members of {times} {word}s are in different arms, while the {word} was drawn."
            yield Issue(
                f"split-{word}", f"{table.name}, column '{column}'", problem, "Correct the arms in the file."
            )
