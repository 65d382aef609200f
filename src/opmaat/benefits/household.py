"""The facts of households in a stretch of months, as arrays, and what makes them impossible.

Everything stands per month and household; what differs between the partners has a first axis of two. A person
who is single is the first adult; the second adult's facts are then not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opmaat.benefits.columns import COLUMNS, DAYS, NO_CHILD, Fault, Reading, places, unknown_columns
from opmaat.core.errors import DataFileError, Issue, did_you_mean
from opmaat.core.month import Month
from opmaat.params.load import legal_amount

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


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
        Whether there are dependent children, (months, households); when left out, where there is a youngest
        child.
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
    new_job
        Whether the municipality applies art. 34a anew from this month on, for a new job (art. 34a.3), (2,
        months, households).
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
    new_job: Flags
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


def household_months(
    first_month: Month, *, months: int, households: int, **columns: ArrayLike
) -> HouseholdMonths:
    """Return the facts of households in months; columns not given have their ordinary value.

    A column may have any shape that spreads over (months, households), or over (2, months, households) where
    it stands per adult: a single number then holds for both adults. The ordinary household is a single person
    of 40 without earnings, with a right to the whole month. Raises DataFileError with all that is impossible:
    first what is wrong within columns, then what cannot be together.

    Examples
    --------
    >>> facts = household_months(Month(2018, 1), months=2, households=3, earnings_cents=[[[40_000], [0]]])
    >>> facts.shape, facts.earnings_cents[0, 0].tolist()
    ((2, 3), [40000, 40000, 40000])
    """
    shape = (_size("months", months, least=1), _size("households", households, least=0))
    issues = list(unknown_columns(columns))
    reading = Reading(first_month, shape)
    given = {**_ordinary(first_month, months, columns), **columns}
    read = {name: reading.column(name, given[name]) for name in COLUMNS}
    issues += reading.issues
    if issues:
        raise DataFileError(issues)
    facts = HouseholdMonths(first_month=first_month, **cast("dict[str, Any]", read))
    contradictions = list(_contradictions(facts))
    if contradictions:
        raise DataFileError(contradictions)
    return facts


def _size(name: str, size: int, *, least: int) -> int:
    """Return a number of months or households; raises DataFileError when there cannot be so many."""
    if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < least:
        fix = f"Give a whole number from {least}."
        raise DataFileError([Issue("wrong-size", name, f"'{size}' is not a number of {name}.", fix)])
    return int(size)


def _ordinary(first_month: Month, months: int, given: Mapping[str, ArrayLike]) -> dict[str, ArrayLike]:
    """Return the ordinary value of each column; who has a youngest child has children."""
    ordinary: dict[str, ArrayLike] = {name: column.default for name, column in COLUMNS.items()}
    ordinary["last_day"] = [[(first_month + row).days] for row in range(months)]
    youngest = np.asarray(given.get("youngest_child_months", NO_CHILD))
    ordinary["children"] = youngest >= 0 if youngest.dtype.kind in "iu" else False
    return ordinary


def _contradictions(facts: HouseholdMonths) -> Iterator[Issue]:
    """Yield what cannot be together, at most twenty of each kind."""
    for fault, wrong in _TOGETHER:
        yield from places(wrong(facts), fault, facts.first_month)


def _adult_under_18(facts: HouseholdMonths) -> Flags:
    young = facts.age_months < 18 * 12
    wrong: Flags = young[0] | (young[1] & (facts.kind != HouseholdKind.SINGLE))
    return wrong


def _child_not_younger(facts: HouseholdMonths) -> Flags:
    first, second = facts.age_months
    oldest = np.where(facts.kind != HouseholdKind.SINGLE, np.maximum(first, second), first)
    wrong: Flags = facts.youngest_child_months >= oldest
    return wrong


def _child_of_age(facts: HouseholdMonths) -> Flags:
    wrong: Flags = (facts.youngest_child_months >= 18 * 12) & ~_child_not_younger(facts)
    return wrong


def _child_without_children(facts: HouseholdMonths) -> Flags:
    wrong: Flags = (facts.youngest_child_months >= 0) & ~facts.children
    return wrong


def _days_outside_month(facts: HouseholdMonths) -> Flags:
    days = np.array([[month.days] for month in facts.months])
    first, last = facts.first_day, facts.last_day
    no_right = (first == 0) & (last == 0)
    wrong: Flags = ~no_right & ((first < 1) | (last > days) | (first > last))
    return wrong


_BIRTHS = "Check the dates of birth."
_TOGETHER: tuple[tuple[Fault, Callable[[HouseholdMonths], Flags]], ...] = (
    (Fault("adult-under-18", "An adult is younger than 18.", "Check the date of birth."), _adult_under_18),
    (
        Fault("child-older-than-parent", "The youngest child is not younger than its parent.", _BIRTHS),
        _child_not_younger,
    ),
    (Fault("child-of-age", "The youngest dependent child is 18 or older.", _BIRTHS), _child_of_age),
    (
        Fault(
            "child-without-children",
            "The youngest child has an age, and there are no children.",
            "Leave 'children' out, or give -1 as the age.",
        ),
        _child_without_children,
    ),
    (DAYS, _days_outside_month),
)
