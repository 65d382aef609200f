"""Outcomes from what registers know month by month: one array operation per definition, no loop over persons.

What is unknown stays unknown, and no more than that: a state is known where every way to fill the unknown
months gives the same answer (strong Kleene logic). Months before the first of the trial count in no spell and
no sum; month 0 and before, which serve as baseline, are judged by the month itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.core.month import Month
from opmaat.panel.months import PersonMonths
from opmaat.params.load import parameter
from opmaat.protocol.definitions import (
    Amount,
    CbsExit,
    EarningsAboveBenefit,
    EarningsBand,
    Hours,
    MonthsOnBenefit,
    OnBenefit,
    PermanentContract,
    RegisterDefinition,
    SelfEmployed,
    StateDefinition,
    WorksWithBenefit,
)

_Numbers = NDArray[np.float64]
_Truth = NDArray[np.bool_]
_MONTHS_A_YEAR, _WEEKS_A_YEAR = 12, 52
_CENTS = 100
_PARTS = 10_000


@dataclass(frozen=True, slots=True)
class _State:
    """A state per person and month: whether it can hold and whether it can fail, given what is unknown."""

    can_hold: _Truth
    can_fail: _Truth

    def met_with(self, other: _State) -> _State:
        """Return where both hold."""
        return _State(self.can_hold & other.can_hold, self.can_fail | other.can_fail)

    def as_numbers(self) -> _Numbers:
        """Return 1 where it holds, 0 where it does not, NaN where that is unknown."""
        return np.where(self.can_hold & self.can_fail, np.nan, self.can_hold * 1.0)


def outcome_values(
    definition: RegisterDefinition, months: PersonMonths, start_month: NDArray[np.int64], month: int
) -> NDArray[np.float64]:
    """Return an outcome in a month of the trial for every person, NaN where registers do not tell.

    Parameters
    ----------
    definition
        How the outcome is made of registers.
    months
        What the registers know.
    start_month
        The calendar month of everybody's first month in the trial, as :attr:`opmaat.core.month.Month.index`,
        shape (persons,).
    month
        Month of the trial: 1 is the first, 0 the one before it.

    Raises
    ------
    MissingValueError
        When an earnings band asks the minimum wage of a month for which it is not known.

    Examples
    --------
    >>> import numpy as np
    >>> known, no = np.ones(3, dtype=bool), np.zeros((1, 3), dtype=bool)
    >>> months = PersonMonths(
    ...     persons=("p",), household=np.array([0]), first_month=Month(2017, 12),
    ...     benefit_known=known, wages_known=known, on_benefit=np.array([[True, True, False]]),
    ...     exit_code=np.zeros((1, 3), dtype=np.int8), benefit_cents=np.array([[90_000, 90_000, 0]]),
    ...     norm_cents=np.array([[99_212, 99_212, 0]]), wage_cents=np.array([[0, 0, 160_000]]),
    ...     hours=np.array([[0.0, 0.0, 140.0]]), permanent=no, self_employed=no, provenance={},
    ... )
    >>> start = np.array([Month(2018, 1).index])
    >>> [outcome_values(CbsExit(rule="cbs_exit"), months, start, month)[0] for month in (1, 2, 3)]
    [np.float64(0.0), np.float64(1.0), np.float64(nan)]
    """
    timeline = _Timeline(months, start_month, last=month)
    match definition:
        case Amount():
            amounts = _amounts(definition, months, timeline)
            return amounts[:, -1] if definition.when == "in_month" else _sum(amounts)
        case MonthsOnBenefit():
            return _sum(timeline.of_trial(months.on_benefit * 1.0, months.benefit_known))
    state = timeline.state_of_trial(_state(definition, months, timeline))
    spell = _sustained(state, definition.sustained_months if month >= 1 else 1)
    return (_ever(spell) if definition.when == "by_month" else _last(spell)).as_numbers()


def values_by_month(
    definition: Amount | StateDefinition, months: PersonMonths, start_month: NDArray[np.int64], last: int
) -> NDArray[np.float64]:
    """Return what an amount or a state is in each month of the trial by itself, shape (persons, last).

    Parameters are those of :func:`outcome_values`; ``last`` is the last month. Where the definition asks for
    one month, a column holds what that function returns for it. Raises what it raises.
    """
    timeline = _Timeline(months, start_month, last=last)
    if isinstance(definition, Amount):
        return _amounts(definition, months, timeline)
    return timeline.state_of_trial(_state(definition, months, timeline)).as_numbers()


class _Timeline:
    """Moves between calendar months, which registers have, and months of the trial, up to the last asked.

    Who starts in the same month has the same calendar months, so that each start takes one stretch of them.
    """

    def __init__(self, months: PersonMonths, start_month: NDArray[np.int64], *, last: int) -> None:
        first = min(last, 1)
        self._shape = len(start_month), last + 1 - first
        known = len(months.benefit_known)
        self.used = np.zeros(known, dtype=np.bool_)
        self._stretches: list[tuple[NDArray[np.int64] | slice, slice, slice]] = []
        starts, of_person = np.unique(start_month, return_inverse=True)
        for number, start in enumerate(starts.tolist()):
            begin = start + first - 1 - months.first_month.index
            calendar = slice(min(max(begin, 0), known), min(max(begin + self._shape[1], 0), known))
            trial = slice(calendar.start - begin, calendar.stop - begin)
            rows = slice(None) if len(starts) == 1 else np.flatnonzero(of_person == number)
            if calendar.start < calendar.stop:
                self.used[calendar] = True
                self._stretches.append((rows, calendar, trial))

    def of_trial(self, values: NDArray[Any], known: _Truth) -> _Numbers:
        """Return values (persons, calendar months) by month of the trial, NaN where there was no delivery."""
        return self._moved(np.where(known, values, np.nan), outside=np.nan)

    def state_of_trial(self, state: _State) -> _State:
        """Return a state by month of the trial, unknown outside the registers."""
        return _State(self._moved(state.can_hold, outside=True), self._moved(state.can_fail, outside=True))

    def _moved(self, values: NDArray[Any], *, outside: float) -> NDArray[Any]:
        """Return values by month of the trial, the persons of a month beside each other in memory."""
        found = np.full(self._shape, outside, dtype=values.dtype, order="F")
        for rows, calendar, trial in self._stretches:
            found[rows, trial] = values[rows, calendar]
        return found


def _amounts(definition: Amount, months: PersonMonths, timeline: _Timeline) -> _Numbers:
    """Return an amount in each month of the trial, in euros."""
    cents = months.wage_cents if definition.of == "wages" else months.benefit_cents
    known = months.wages_known if definition.of == "wages" else months.benefit_known
    return timeline.of_trial(cents / _CENTS, known)


def _sum(values: _Numbers) -> _Numbers:
    """Return the sum over the months, NaN where one of them is unknown."""
    total: _Numbers = np.ascontiguousarray(values).sum(axis=1)
    return total


def _ever(state: _State) -> _State:
    """Return whether a state holds in any of the months."""
    return _State(np.any(state.can_hold, axis=1), np.all(state.can_fail, axis=1))


def _last(state: _State) -> _State:
    """Return whether a state holds in the last month."""
    return _State(state.can_hold[:, -1], state.can_fail[:, -1])


def _of_register(values: _Truth, known: _Truth) -> _State:
    """Return a state that a register tells, unknown in the months without a delivery."""
    return _State(values | ~known, ~values | ~known)


def _state(definition: StateDefinition, months: PersonMonths, timeline: _Timeline) -> _State:
    """Return a state in each calendar month."""
    benefit = _of_register(months.on_benefit, months.benefit_known)
    match definition:
        case OnBenefit():
            return benefit
        case CbsExit():
            return _left_for_work(benefit, _of_register(months.wage_cents > 0, months.wages_known))
        case WorksWithBenefit():
            return benefit.met_with(_of_register(months.wage_cents > 0, months.wages_known))
        case EarningsAboveBenefit():
            return _above_norm(months)
    return _of_register(_of_wages(definition, months, timeline), months.wages_known)


def _of_wages(
    definition: Hours | EarningsBand | PermanentContract | SelfEmployed,
    months: PersonMonths,
    timeline: _Timeline,
) -> _Truth:
    """Return a state that the register of wages tells alone."""
    match definition:
        case Hours():
            return months.hours * _MONTHS_A_YEAR / _WEEKS_A_YEAR > definition.above_per_week
        case PermanentContract():
            return months.permanent
        case SelfEmployed():
            return months.self_employed
    wages, whole = months.wage_cents * _PARTS, _minimum_wages(months, timeline)
    held = wages > 0 if definition.at_least is None else wages >= _parts(definition.at_least) * whole
    return held if definition.below is None else held & (wages < _parts(definition.below) * whole)


def _parts(share: float) -> int:
    """Return a share in ten-thousandths, in which wages and the minimum wage are compared exactly."""
    return round(share * _PARTS)


def _minimum_wages(months: PersonMonths, timeline: _Timeline) -> NDArray[np.int64]:
    """Return the gross minimum wage of an adult in each calendar month asked for, in cents."""
    wage = parameter("minimum_wage_gross_month")
    cents = np.zeros(len(timeline.used), dtype=np.int64)
    for column in np.flatnonzero(timeline.used & months.wages_known).tolist():
        cents[column] = wage.at(Month.from_index(months.first_month.index + column)).amount
    return cents


def _above_norm(months: PersonMonths) -> _State:
    """Return whether wages lie above the norm: of the month, or the last known of who left benefit."""
    known = months.benefit_known & (months.norm_cents > 0)
    columns = np.where(known, np.arange(len(months.benefit_known)), -1)
    latest = np.maximum.accumulate(columns, axis=1)
    norm = np.take_along_axis(months.norm_cents, np.maximum(latest, 0), axis=1)
    return _of_register(months.wage_cents > norm, months.wages_known & (latest >= 0))


def _left_for_work(benefit: _State, work: _State) -> _State:
    """Return who is off benefit and had work in the first month without it, month after month.

    Goes through the months with everything that can be so far: on benefit, off it for work, off it for
    something else. Before the first month of the registers all three can be.
    """
    may_be_on, may_be_off = _by_month(benefit.can_hold), _by_month(benefit.can_fail)
    may_work, may_not_work = _by_month(work.can_hold), _by_month(work.can_fail)
    can_hold, can_fail = np.empty_like(may_be_on), np.empty_like(may_be_on)
    on = for_work = otherwise = np.ones(may_be_on.shape[1], dtype=bool)
    for month, off in enumerate(may_be_off):
        for_work = off & (for_work | (on & may_work[month]))
        otherwise = off & (otherwise | (on & may_not_work[month]))
        on = may_be_on[month]
        can_hold[month], can_fail[month] = for_work, on | otherwise
    return _State(can_hold.T, can_fail.T)


def _by_month(values: _Truth) -> _Truth:
    """Return values with the persons of a month beside each other in memory."""
    return np.ascontiguousarray(values.T)


def _sustained(state: _State, months: int) -> _State:
    """Return whether a state held so many months on end, by the last of them; not in fewer months."""
    can_hold, can_fail = np.zeros_like(state.can_hold), np.ones_like(state.can_fail)
    enough = state.can_hold.shape[1] - months + 1
    if enough > 0:
        shifts = [slice(back, back + enough) for back in range(months)]
        can_hold[:, months - 1 :] = np.all([state.can_hold[:, shift] for shift in shifts], axis=0)
        can_fail[:, months - 1 :] = np.any([state.can_fail[:, shift] for shift in shifts], axis=0)
    return _State(can_hold, can_fail)
