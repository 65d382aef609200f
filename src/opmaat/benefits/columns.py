"""What each column of households' months holds, and what cannot be in it.

A number is a whole number and a flag is true or false: a fraction of a cent, a text, a missing value or a
flag in the place of a number is refused, never converted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opmaat.core.errors import Issue, did_you_mean
from opmaat.core.money import text_from_cents
from opmaat.core.month import Month

HIGHEST_PLAUSIBLE_CENTS = 10_000_000
_HIGHEST_WEALTH_CENTS = 100 * HIGHEST_PLAUSIBLE_CENTS
NO_CHILD = -1
_OLDEST_MONTHS = 120 * 12
_MOST_HOUSEMATES = 50
_SHOWN_PER_KIND = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that cannot be: a short name, what is wrong, and the way to mend it."""

    code: str
    problem: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberColumn:
    """Whole numbers from ``least`` to ``most``, and what is wrong below and above."""

    default: int
    least: int
    most: int
    too_low: Fault
    too_high: Fault
    per_adult: bool = False
    kept_as: type[np.generic] = np.int64


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagColumn:
    """True or false."""

    default: bool
    per_adult: bool = False


Column = NumberColumn | FlagColumn


def _too_much(name: str, what: str) -> Fault:
    """Say that an amount is above what can be."""
    problem = f"{what} above {text_from_cents(HIGHEST_PLAUSIBLE_CENTS)} euro in one month."
    return Fault(f"absurd-{name}", problem, "Amounts are whole eurocents; check the unit.")


_CORRECT = "Correct the amount in the delivery; a repayment belongs to the month it was earned in."
_KIND = Fault(
    "unknown-household-kind",
    "The kind of household is not known.",
    "Use 0 (single), 1 (couple) or 2 (partner without right).",
)
DAYS = Fault(
    "days-outside-month",
    "The days with a right lie outside the month.",
    "Use the first and last day, or 0 and 0 for a month without a right.",
)
_CHILD = Fault("absurd-age", "A child cannot have this age.", "Give months, or -1 without a child.")
_AGE = Fault("absurd-age", "An adult cannot have this age.", "Give it in months; check the date of birth.")
_REDUCTION = Fault(
    "reduction-above-100-percent",
    "A reduction lies between 0% and 100%.",
    "Write it in basis points: 5% is 500.",
)
_HOUSEMATES = Fault(
    "absurd-cost-sharers",
    f"The number of cost sharers is not from 0 to {_MOST_HOUSEMATES}.",
    "Count those of art. 19a, without the household itself.",
)
_NORM = Fault("negative-norm", "A norm is below zero.", "Use -1 for a norm that was not established.")
_TRIAL = Fault(
    "unknown-trial", "There is no disregard of a trial with this number.", "Use 0 for the ordinary rules."
)
_WEALTH = Fault(
    "absurd-wealth",
    f"Wealth is more than {text_from_cents(_HIGHEST_WEALTH_CENTS)} euro.",
    "Amounts are whole eurocents; check the unit.",
)


def _cents(too_low: Fault, too_high: Fault, *, per_adult: bool = False) -> NumberColumn:
    """Return a column of amounts in cents, from 0 to what is plausible in a month."""
    return NumberColumn(
        default=0,
        least=0,
        most=HIGHEST_PLAUSIBLE_CENTS,
        too_low=too_low,
        too_high=too_high,
        per_adult=per_adult,
    )


def _numbers(
    default: int, bounds: tuple[int, int], fault: Fault, kept_as: type[np.generic] = np.int64
) -> NumberColumn:
    """Return a column of numbers for which too low and too high are the same fault."""
    low, high = bounds
    return NumberColumn(default=default, least=low, most=high, too_low=fault, too_high=fault, kept_as=kept_as)


COLUMNS: Mapping[str, Column] = {
    "kind": _numbers(0, (0, 2), _KIND, np.int8),
    "children": FlagColumn(default=False),
    "youngest_child_months": _numbers(NO_CHILD, (NO_CHILD, _OLDEST_MONTHS), _CHILD),
    "age_months": NumberColumn(
        default=480, least=0, most=_OLDEST_MONTHS, too_low=_AGE, too_high=_AGE, per_adult=True
    ),
    "in_institution": FlagColumn(default=False, per_adult=True),
    "cost_sharers": _numbers(0, (0, _MOST_HOUSEMATES), _HOUSEMATES),
    "first_day": _numbers(1, (0, 31), DAYS),
    "last_day": _numbers(31, (0, 31), DAYS),
    "earnings_cents": _cents(
        Fault("negative-earnings", "Earnings are below zero.", _CORRECT),
        _too_much("earnings", "Earnings are"),
        per_adult=True,
    ),
    "other_income_cents": _cents(
        Fault("negative-income", "Other income is below zero.", _CORRECT),
        _too_much("income", "Other income is"),
    ),
    "wealth_cents": _numbers(0, (-_HIGHEST_WEALTH_CENTS, _HIGHEST_WEALTH_CENTS), _WEALTH),
    "contributes": FlagColumn(default=True, per_adult=True),
    "medically_limited": FlagColumn(default=False, per_adult=True),
    "wage_cost_subsidy": FlagColumn(default=False, per_adult=True),
    "hours_cannot_grow": FlagColumn(default=False, per_adult=True),
    "new_job": FlagColumn(default=False, per_adult=True),
    "trial": _numbers(0, (0, 127), _TRIAL, np.int8),
    "reduction_bp": _numbers(0, (0, 10_000), _REDUCTION),
    "set_off_claim_cents": _cents(
        Fault(
            "negative-claim",
            "The amount to set off is below zero.",
            "Pay what is owed to the household outside the set-off.",
        ),
        _too_much("claim", "The amount to set off is"),
    ),
    "norm_cents": NumberColumn(
        default=-1,
        least=-1,
        most=HIGHEST_PLAUSIBLE_CENTS,
        too_low=_NORM,
        too_high=_too_much("norm", "The norm is"),
    ),
}


class Reading:
    """Reads columns into arrays of one shape and collects what cannot be."""

    def __init__(self, first_month: Month, shape: tuple[int, int]) -> None:
        self.issues: list[Issue] = []
        self._first_month = first_month
        self._shape = shape

    def column(self, name: str, values: ArrayLike) -> NDArray[Any] | None:
        """Return the values of a column in its shape, or None with an issue of what is wrong."""
        column = COLUMNS[name]
        read = _true_or_false if isinstance(column, FlagColumn) else exact
        array = read(name, values, self.issues)
        if array is None:
            return None
        target = (2, *self._shape) if column.per_adult else self._shape
        try:
            spread = np.broadcast_to(array, target)
        except ValueError:
            problem = f"The shape {array.shape} does not spread over {target}."
            fix = "Give one value, or one for each (adult,) month and household."
            self.issues.append(Issue("wrong-shape", name, problem, fix))
            return None
        if isinstance(column, FlagColumn):
            return spread
        for fault, outside in _outside(array, column):
            self.issues += places(np.broadcast_to(outside, target), fault, self._first_month)
        return spread.astype(column.kept_as, copy=False)


def exact(name: str, values: ArrayLike, issues: list[Issue]) -> NDArray[Any] | None:
    """Return an array of whole numbers, or None with an issue for anything else.

    >>> exact("earnings_cents", [40_000.5], issues := []), issues[0].code
    (None, 'not-whole-numbers')
    """
    array = np.asarray(values)
    if not array.size:
        return array.astype(np.int64)
    if array.dtype.kind in "iu":
        return array
    problem = f"{name} holds something else than whole numbers (cents, months, basis points)."
    fix = "Give whole numbers: cents instead of euros, no missing values, no true or false."
    issues.append(Issue("not-whole-numbers", name, problem, fix))
    return None


def _true_or_false(name: str, values: ArrayLike, issues: list[Issue]) -> NDArray[np.bool_] | None:
    """Return an array of true and false, or None with an issue for anything else."""
    array = np.asarray(values)
    if array.dtype.kind == "b" or not array.size:
        return array.astype(np.bool_, copy=False)
    problem = f"{name} holds something else than true and false."
    issues.append(Issue("not-true-or-false", name, problem, "Give True or False for each."))
    return None


def _outside(array: NDArray[Any], column: NumberColumn) -> Iterator[tuple[Fault, NDArray[np.bool_]]]:
    """Yield the faults that occur, and where; nothing is compared place by place when all is well."""
    if not array.size:
        return
    if array.min() < column.least:
        yield column.too_low, array < column.least
    if array.max() > column.most:
        yield column.too_high, array > column.most


def places(wrong: NDArray[np.bool_], fault: Fault, first_month: Month) -> Iterator[Issue]:
    """Yield an issue for each household and month in which something is wrong, at most twenty.

    ``wrong`` is (months, households), or (2, months, households) for what stands per adult.
    """
    either = wrong.any(axis=0) if wrong.ndim == 3 else wrong
    for month, household in np.argwhere(either)[:_SHOWN_PER_KIND]:
        where = f"household {household}, {first_month + int(month)}"
        yield Issue(fault.code, where, fault.problem, fault.fix)


def unknown_columns(given: Mapping[str, object]) -> Iterator[Issue]:
    """Yield an issue for each column that does not exist, with the nearest name."""
    for name in sorted(set(given) - set(COLUMNS)):
        yield Issue("unknown-column", name, f"There is no column '{name}'.", did_you_mean(name, COLUMNS))
