"""The facts of households in a stretch of months, as arrays, and what makes them impossible.

Everything stands per month and household; what differs between the partners has a first axis of two. A person
who is single is the first adult; the second adult's facts are then not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opmaat.core.errors import DataFileError, Issue, did_you_mean
from opmaat.core.money import text_from_cents
from opmaat.core.month import Month
from opmaat.params.load import legal_amount

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NO_CHILD = -1
HIGHEST_PLAUSIBLE_CENTS = 10_000_000
_SHOWN_PER_KIND = 20


class HouseholdKind(IntEnum):
    """Who the household is for the norm: art. 3, 4 and 24 Participatiewet."""

    SINGLE = 0
    COUPLE = 1
    PARTNER_WITHOUT_RIGHT = 2


def household_kind(name: str, where: str) -> HouseholdKind:
    """Return the kind with this name; raises DataFileError with the nearest name.

    >>> household_kind("partner_without_right", "households.csv:2")
    <HouseholdKind.PARTNER_WITHOUT_RIGHT: 2>
    """
    known = {kind.name.lower(): kind for kind in HouseholdKind}
    if name not in known:
        problem = f"'{name}' is not a kind of household."
        raise DataFileError([Issue("unknown-household-kind", where, problem, did_you_mean(name, known))])
    return known[name]


def age_months(birth_month_index: int, birth_day: int, month: Month) -> int:
    """Return the completed months of age on the first day of a month.

    The norm of a month follows the ages on its first day. Someone born on the first is a month older on the
    first; someone born on 29 February is a year older on 1 March.

    Examples
    --------
    >>> born = Month(1991, 3).index
    >>> age_months(born, 1, Month(2018, 3)), age_months(born, 2, Month(2018, 3))
    (324, 323)
    """
    return month.index - birth_month_index - (1 if birth_day > 1 else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdMonths:
    """The facts of ``households`` in ``months`` months; make one with :func:`household_months`.

    Parameters
    ----------
    first_month
        The month of the first row.
    kind
        :class:`HouseholdKind`, (months, households).
    children
        Whether there are dependent children, (months, households).
    youngest_child_months
        Age of the youngest dependent child on the first of the month; -1 without one, (months, households).
    age_months
        Completed months of age of each adult on the first of the month, (2, months, households).
    in_institution
        Whether each adult lives in an institution, (2, months, households).
    cost_sharers
        Number of cost-sharing co-residents (art. 19a), without the household itself, (months, households).
    first_day, last_day
        First and last day of the month with a right to benefit; 0 and 0 without one, (months, households).
    earnings_cents
        Net wage including holiday pay, in the month in which it was earned, (2, months, households).
    other_income_cents
        Other income that counts in full, (months, households).
    wealth_cents
        Wealth that is tested, see :func:`opmaat.benefits.means.tested_wealth`, (months, households).
    contributes
        Whether the municipality finds that the work contributes to finding work, (2, months, households).
    medically_limited, wage_cost_subsidy, hours_cannot_grow
        Circumstances of each adult for disregards y, z and aa, (2, months, households).
    trial
        0 for the ordinary rules, k for the k-th disregard of the trial, (months, households).
    reduction_bp
        Reduction of art. 18, basis points, (months, households).
    set_off_claim_cents
        What may be set off in this month under art. 58.4, (months, households).
    norm_cents
        The norm of the days with a right where it was established elsewhere, or -1: a move in mid-month.
    """

    first_month: Month
    kind: NDArray[np.int8]
    children: Flags
    youngest_child_months: Ints
    age_months: Ints
    in_institution: Flags
    cost_sharers: Ints
    first_day: Ints
    last_day: Ints
    earnings_cents: Ints
    other_income_cents: Ints
    wealth_cents: Ints
    contributes: Flags
    medically_limited: Flags
    wage_cost_subsidy: Flags
    hours_cannot_grow: Flags
    trial: NDArray[np.int8]
    reduction_bp: Ints
    set_off_claim_cents: Ints
    norm_cents: Ints

    @property
    def shape(self) -> tuple[int, int]:
        """Number of months and number of households."""
        months, households = self.kind.shape
        return months, households

    @property
    def months(self) -> list[Month]:
        """The calendar months of the rows."""
        return [self.first_month + row for row in range(self.shape[0])]

    def block(self, start: int, stop: int) -> HouseholdMonths:
        """Return the same months for the households from ``start`` up to ``stop``, without copying."""
        parts: dict[str, Any] = {name: column[..., start:stop] for name, column in self.columns()}
        return replace(self, **parts)

    def part(self, start: int, stop: int) -> HouseholdMonths:
        """Return the months from row ``start`` up to row ``stop``, without copying."""
        parts: dict[str, Any] = {name: column[..., start:stop, :] for name, column in self.columns()}
        return replace(self, first_month=self.first_month + start, **parts)

    def row(self, month: int) -> MonthRow:
        """Return the facts of one month: each column without its axis of months."""
        return MonthRow(
            self.first_month + month, {name: column[..., month, :] for name, column in self.columns()}
        )

    def columns(self) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yield the name and the array of each column."""
        for field in fields(self):
            if field.name != "first_month":
                yield field.name, getattr(self, field.name)


class MonthRow:
    """One month of :class:`HouseholdMonths`: the same column names, (households,) or (2, households)."""

    def __init__(self, month: Month, columns: dict[str, NDArray[Any]]) -> None:
        self.month = month
        self._columns = columns

    def __getattr__(self, name: str) -> NDArray[Any]:
        try:
            return self._columns[name]
        except KeyError:
            raise AttributeError(name) from None

    @cached_property
    def pension_age(self) -> Flags:
        """Whether each adult has reached the state pension age on the first of the month: art. 7a AOW."""
        reached: Flags = self.age_months >= legal_amount("pension_age", self.month)
        return reached

    def changed(self, **columns: NDArray[Any]) -> MonthRow:
        """Return the same month with some columns replaced."""
        return MonthRow(self.month, {**self._columns, **columns})


_PER_ADULT = (
    "age_months",
    "in_institution",
    "earnings_cents",
    "contributes",
    "medically_limited",
    "wage_cost_subsidy",
    "hours_cannot_grow",
)
_DEFAULTS: dict[str, tuple[Any, Any]] = {
    "kind": (HouseholdKind.SINGLE, np.int8),
    "children": (False, np.bool_),
    "youngest_child_months": (NO_CHILD, np.int64),
    "age_months": (480, np.int64),
    "in_institution": (False, np.bool_),
    "cost_sharers": (0, np.int64),
    "first_day": (1, np.int64),
    "earnings_cents": (0, np.int64),
    "other_income_cents": (0, np.int64),
    "wealth_cents": (0, np.int64),
    "contributes": (True, np.bool_),
    "medically_limited": (False, np.bool_),
    "wage_cost_subsidy": (False, np.bool_),
    "hours_cannot_grow": (False, np.bool_),
    "trial": (0, np.int8),
    "reduction_bp": (0, np.int64),
    "set_off_claim_cents": (0, np.int64),
    "norm_cents": (-1, np.int64),
}


def household_months(
    first_month: Month, *, months: int, households: int, **columns: ArrayLike
) -> HouseholdMonths:
    """Return the facts of households in months; columns not given have their ordinary value.

    A column may have any shape that spreads over (months, households), or over (2, months, households) where
    it stands per adult: a single number then holds for both adults. The ordinary household is a single person
    of 40 without earnings, with a right to the whole month. Raises DataFileError with all that is impossible
    in the facts.

    Examples
    --------
    >>> facts = household_months(Month(2018, 1), months=2, households=3, earnings_cents=[[[40_000], [0]]])
    >>> facts.shape, facts.earnings_cents[0, 0].tolist()
    ((2, 3), [40000, 40000, 40000])
    """
    shape = (months, households)
    unknown = sorted(set(columns) - set(_DEFAULTS) - {"last_day"})
    if unknown:
        raise TypeError(f"household_months() got columns that do not exist: {', '.join(unknown)}")
    spread: dict[str, Any] = {}
    for name, (default, kind) in _DEFAULTS.items():
        target = (2, *shape) if name in _PER_ADULT else shape
        spread[name] = np.broadcast_to(_whole(name, columns.get(name, default), kind), target)
    days = np.array([[(first_month + row).days] for row in range(months)], dtype=np.int64)
    spread["last_day"] = np.broadcast_to(np.asarray(columns.get("last_day", days), np.int64), shape)
    facts = HouseholdMonths(first_month=first_month, **spread)
    issues = list(_impossible(facts))
    if issues:
        raise DataFileError(issues)
    return facts


def _whole(name: str, values: ArrayLike, kind: type[np.generic]) -> NDArray[Any]:
    """Return an array of the column's type; fractions of a cent are refused, not cut off."""
    array = np.asarray(values)
    if array.dtype.kind == "f":
        raise TypeError(f"{name} holds whole numbers (cents, months, basis points), not floating point")
    return array.astype(kind, copy=False)


def _impossible(facts: HouseholdMonths) -> Iterator[Issue]:
    """Yield what cannot be, at most twenty of each kind."""
    for check in _CHECKS:
        for month, household in np.argwhere(check.wrong(facts))[:_SHOWN_PER_KIND]:
            where = f"household {household}, {facts.first_month + int(month)}"
            yield Issue(check.code, where, check.problem, check.fix)


class _Check(NamedTuple):
    """Something that cannot be: where it is so, what is wrong, and how to mend it."""

    code: str
    wrong: Callable[[HouseholdMonths], NDArray[np.bool_]]
    problem: str
    fix: str


def _adult_under_18(facts: HouseholdMonths) -> Flags:
    young = facts.age_months < 18 * 12
    wrong: Flags = young[0] | (young[1] & (facts.kind != HouseholdKind.SINGLE))
    return wrong


def _child_not_younger(facts: HouseholdMonths) -> Flags:
    first, second = facts.age_months
    oldest = np.where(facts.kind != HouseholdKind.SINGLE, np.maximum(first, second), first)
    wrong: Flags = facts.youngest_child_months >= oldest
    return wrong


def _days_outside_month(facts: HouseholdMonths) -> Flags:
    days = np.array([[month.days] for month in facts.months])
    first, last = facts.first_day, facts.last_day
    no_right = (first == 0) & (last == 0)
    wrong: Flags = ~no_right & ((first < 1) | (last > days) | (first > last))
    return wrong


_CORRECT = "Correct the amount in the delivery; a repayment belongs to the month it was earned in."
_CHECKS = (
    _Check(
        "unknown-household-kind",
        lambda facts: ~np.isin(facts.kind, [int(kind) for kind in HouseholdKind]),
        "The kind of household is not known.",
        "Use 0 (single), 1 (couple) or 2 (partner without right).",
    ),
    _Check(
        "negative-earnings",
        lambda facts: (facts.earnings_cents[0] < 0) | (facts.earnings_cents[1] < 0),
        "Earnings are below zero.",
        _CORRECT,
    ),
    _Check(
        "absurd-earnings",
        lambda facts: np.maximum(*facts.earnings_cents) > HIGHEST_PLAUSIBLE_CENTS,
        f"Earnings are above {text_from_cents(HIGHEST_PLAUSIBLE_CENTS)} euro in one month.",
        "Amounts are whole eurocents; check the unit.",
    ),
    _Check(
        "negative-income", lambda facts: facts.other_income_cents < 0, "Other income is below zero.", _CORRECT
    ),
    _Check("adult-under-18", _adult_under_18, "An adult is younger than 18.", "Check the date of birth."),
    _Check(
        "child-older-than-parent",
        _child_not_younger,
        "The youngest child is not younger than its parent.",
        "Check the dates of birth.",
    ),
    _Check(
        "days-outside-month",
        _days_outside_month,
        "The days with a right lie outside the month.",
        "Use the first and last day, or 0 and 0 for a month without a right.",
    ),
    _Check(
        "reduction-above-100-percent",
        lambda facts: (facts.reduction_bp < 0) | (facts.reduction_bp > 10_000),
        "A reduction lies between 0% and 100%.",
        "Write it in basis points: 5% is 500.",
    ),
    _Check(
        "negative-claim",
        lambda facts: facts.set_off_claim_cents < 0,
        "The amount to set off is below zero.",
        "Pay what is owed to the household outside the set-off.",
    ),
)
