"""Households from persons: persons whose household field is the same are one household."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.rows import Fault, Rows


@dataclass(frozen=True, slots=True)
class Households:
    """Rows without faults, grouped: ``of_row`` (rows,) is the number of each row's household."""

    rows: Rows
    of_row: NDArray[np.int64]
    count: int

    def any_row(self, marks: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell per household whether any of its rows is marked."""
        return np.bincount(self.of_row[marks], minlength=self.count) > 0

    def every_row(self, marks: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell per household whether all of its rows are marked."""
        return ~self.any_row(~marks)

    @property
    def first_row(self) -> NDArray[np.int64]:
        """The first row of each household."""
        return np.unique(self.of_row, return_index=True)[1]

    @property
    def persons(self) -> NDArray[np.int64]:
        """Number of persons of each household."""
        return np.bincount(self.of_row, minlength=self.count)


def with_duplicates(rows: Rows) -> Rows:
    """Return the rows with a fault for every person who stands in more than one row.

    A person in two households is one of these: nobody can be drawn twice.
    """
    persons = rows.values[rows.layout.person]
    times = Counter(persons)
    problem = "The person stands in more than one row, and nobody can be drawn twice."
    faults = [
        rows.fault(row, rows.layout.person, code="duplicate-person", problem=problem)
        for row, person in enumerate(persons)
        if person is not None and times[person] > 1
    ]
    return _with_faults(rows, [*rows.faults, *faults])


def with_contradictions(rows: Rows, unit_field: str, coded: list[str]) -> Rows:
    """Return the rows with a fault where a code differs from that of an earlier row of the household."""
    faults = [*rows.faults, *(fault for field in coded for fault in _contradictions(rows, unit_field, field))]
    return _with_faults(rows, faults)


def with_impossible_days(rows: Rows, fields: list[str], *, first: date, last: date) -> Rows:
    """Return the rows with a fault for every date before the first possible day or after the last."""
    start, end = np.datetime64(first), np.datetime64(last)
    problem = "The date lies after the reference date, or more than 120 years before it."
    faults = [
        rows.fault(int(row), field, code="impossible-date", problem=problem)
        for field in fields
        for row in np.flatnonzero((rows.values[field] > end) | (rows.values[field] < start))
    ]
    return _with_faults(rows, [*rows.faults, *faults])


def _contradictions(rows: Rows, unit_field: str, field: str) -> Iterator[Fault]:
    """Yield a fault for every row whose code differs from the first of its household."""
    first: dict[Any, Any] = {}
    problem = "The code differs from that of another person of the household, which would be in two strata."
    pairs = zip(rows.values[unit_field], rows.values[field], strict=True)
    for row, (household, code) in enumerate(pairs):
        if household is not None and first.setdefault(household, code) != code:
            yield rows.fault(row, field, code="household-in-two-strata", problem=problem)


def _with_faults(rows: Rows, faults: list[Fault]) -> Rows:
    """Return the rows with these faults, in the order of the rows."""
    return Rows(rows.table, rows.layout, rows.values, tuple(sorted(faults, key=lambda fault: fault.row)))


def grouped(rows: Rows, unit_field: str) -> Households:
    """Return the households of the rows, leaving out every household that has a row with a fault.

    A household cannot be read in part. A faulty row whose household is not readable is left out by itself.
    """
    numbers: dict[Any, int] = {}
    of_row = np.array(
        [numbers.setdefault(name, len(numbers)) for name in rows.values[unit_field]], dtype=np.int64
    )
    bad = np.zeros(len(numbers), dtype=np.bool_)
    bad[of_row[rows.faulty]] = True
    kept = ~bad[of_row] if len(of_row) else np.zeros(0, dtype=np.bool_)
    _, renumbered = np.unique(of_row[kept], return_inverse=True)
    return Households(rows.kept(kept), renumbered.astype(np.int64), int((~bad).sum()))
