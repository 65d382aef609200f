"""Households from persons: persons whose household field is the same are one household."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.rows import Fault, Rows
from opmaat.protocol.population import Coded


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


def with_duplicates(rows: Rows, unit_field: str) -> Rows:
    """Return the rows with a fault for every person in more than one row, as nobody is drawn twice."""
    persons, units = rows.values[rows.layout.person].tolist(), rows.values[unit_field].tolist()
    times = Counter(persons)
    places: dict[Any, list[int]] = {}
    for row, person in enumerate(persons):
        if person is not None and times[person] > 1:
            places.setdefault(person, []).append(row)
    faults = []
    for found in places.values():
        code, problem = _kind_of_duplicate(rows, units, found)
        faults += [Fault(row, rows.layout.person, code, problem) for row in found]
    return rows.with_faults(faults)


def _kind_of_duplicate(rows: Rows, units: list[Any], places: list[int]) -> tuple[str, str]:
    """Say in what way a person stands in several rows."""
    if len({units[row] for row in places}) > 1:
        return "person-in-two-households", "The person stands in rows of different households."
    columns = rows.values.values()
    if len({tuple(str(column[row]) for column in columns) for row in places}) == 1:
        return "duplicate-row", "The row stands more than once, the same in all that is read of it."
    return "duplicate-person", "The person stands in more than one row, and nobody can be drawn twice."


def with_alike(rows: Rows, field: str) -> Rows:
    """Return the rows with a fault where what tells who differs only in capitals or spaces from another."""
    texts = set(rows.values[field].tolist()) - {None}
    times = Counter(map(_folded, texts))
    if len(times) == len(texts):
        return rows
    alike = {text for text in texts if times[_folded(text)] > 1}
    problem = "The value differs only in capitals or spaces from another, and may be the same household."
    found = [row for row, text in enumerate(rows.values[field]) if text in alike]
    return rows.with_faults([Fault(row, field, "alike-values", problem) for row in found])


def _folded(text: str) -> str:
    """Return a text without spaces and capitals."""
    return text.replace(" ", "").casefold()


def with_contradictions(rows: Rows, unit_field: str, coded: Iterable[Coded]) -> Rows:
    """Return the rows with a fault where a characteristic differs from that of the household before it.

    Codes that the protocol gives one name are the same.
    """
    found = {
        (row, item.field): None
        for item in sorted(coded, key=lambda item: item.field)
        for row in _contradictions(rows, unit_field, item)
    }
    problem = "The code differs from that of another person of the household, which would be in two strata."
    return rows.with_faults([Fault(row, field, "household-in-two-strata", problem) for row, field in found])


def with_impossible_days(rows: Rows, fields: list[str], *, first: date, last: date) -> Rows:
    """Return the rows with a fault for every date before the first possible day or after the last."""
    start, end = np.datetime64(first), np.datetime64(last)
    problem = f"The date lies after the reference date ({last}), or more than 120 years before it."
    faults = [
        Fault(int(row), field, "impossible-date", problem)
        for field in fields
        for row in np.flatnonzero((rows.values[field] > end) | (rows.values[field] < start))
    ]
    return rows.with_faults(faults)


def _contradictions(rows: Rows, unit_field: str, item: Coded) -> Iterator[int]:
    """Yield every row whose named code differs from the first of its household."""
    first: dict[Any, Any] = {}
    pairs = zip(rows.values[unit_field].tolist(), rows.values[item.field].tolist(), strict=True)
    for row, (household, code) in enumerate(pairs):
        name = item.values.get(code, code)
        if household is not None and first.setdefault(household, name) != name:
            yield row


def grouped(rows: Rows, unit_field: str, *, refused: Set[str] = frozenset()) -> Households:
    """Return the households of the rows, leaving out every household that has a row with a fault.

    A household cannot be read in part. A faulty row whose household is not readable is left out by itself.
    ``refused`` names households that are left out as well.
    """
    numbers: dict[Any, int] = {}
    of_row = np.array(
        [numbers.setdefault(name, len(numbers)) for name in rows.values[unit_field].tolist()], dtype=np.int64
    )
    bad = np.zeros(len(numbers), dtype=np.bool_)
    bad[of_row[rows.faulty]] = True
    bad[[number for name, number in numbers.items() if name in refused]] = True
    kept = ~bad[of_row] if len(of_row) else np.zeros(0, dtype=np.bool_)
    _, renumbered = np.unique(of_row[kept], return_inverse=True)
    return Households(rows.kept(kept), renumbered.astype(np.int64), int((~bad).sum()))
