"""Characteristics of households on the reference date, from the rows of their persons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.households import Households
from opmaat.core.codes import Codes
from opmaat.protocol.population import Characteristic, Coded, YearsSince


def characteristic(item: Characteristic, households: Households, day: date) -> Codes | NDArray[np.float64]:
    """Return a characteristic of every household: named levels, or numbers (households,) with NaN."""
    if isinstance(item, Coded):
        cells = households.rows.values[item.field][households.first_row]
        return named_levels(cells, item.values)
    if isinstance(item, YearsSince):
        days = _per_household(households, households.rows.values[item.field], item.of)
        numbers = years_between(days, day)
    else:
        numbers = households.persons.astype(np.float64)
    return banded(numbers, item.bands) if item.bands else numbers


def levels(cells: Iterable[str | None]) -> Codes:
    """Return texts as levels in the order of the alphabet.

    >>> levels(["b", None, "a"])
    Codes(codes=array([ 1, -1,  0]), names=('a', 'b'))
    """
    texts = list(cells)
    names = sorted({text for text in texts if text is not None})
    place: dict[str | None, int] = {name: code for code, name in enumerate(names)} | {None: -1}
    return Codes(np.fromiter(map(place.__getitem__, texts), np.int64, len(texts)), tuple(names))


def named_levels(cells: NDArray[Any], names: Mapping[str, str]) -> Codes:
    """Return cells as levels, by the name that their text has; a text without a name is its own.

    >>> named_levels(np.array(["1", None, "2"], dtype=object), {"1": "man"})
    Codes(codes=array([ 1, -1,  0]), names=('2', 'man'))
    """
    found = list(cells)
    name = {cell: None if cell is None else names.get(str(cell), str(cell)) for cell in set(found)}
    return levels(map(name.__getitem__, found))


def years_between(days: NDArray[Any], day: date) -> NDArray[np.float64]:
    """Return the whole years from each day to a later one; NaN where the day is missing.

    >>> years_between(np.array(["1990-09-02", "NaT"], dtype="datetime64[D]"), date(2017, 9, 1)).tolist()
    [26.0, nan]
    """
    known = np.where(np.isnat(days), np.datetime64(day), days)
    months = known.astype("datetime64[M]")
    in_year = months.astype(np.int64) % 12 + 1
    in_month = (known - months).astype(np.int64) + 1
    ahead = (in_year > day.month) | ((in_year == day.month) & (in_month > day.day))
    years = day.year - (known.astype("datetime64[Y]").astype(np.int64) + 1970) - ahead
    return np.where(np.isnat(days), np.nan, years.astype(np.float64))


def banded(numbers: NDArray[np.float64], bands: tuple[float, ...]) -> Codes:
    """Return numbers in bands named by their first and last whole number.

    >>> banded(np.array([1.0, 2, 7, np.nan]), (2, 5))
    Codes(codes=array([ 0,  1,  2, -1]), names=('0-1', '2-4', '5+'))
    """
    starts = (0.0, *bands)
    names = [f"{low:g}" if high == low + 1 else f"{low:g}-{high - 1:g}" for low, high in pairwise(starts)]
    codes = np.searchsorted(np.array(bands), numbers, side="right")
    return Codes(np.where(np.isnan(numbers), -1, codes), (*names, f"{starts[-1]:g}+"))


def _per_household(households: Households, days: NDArray[Any], of: str) -> NDArray[Any]:
    """Return the earliest or latest day of each household, leaving out missing ones."""
    order = np.lexsort((days, households.of_row))
    known = order[~np.isnat(days[order])]
    found = np.full(households.count, np.datetime64("NaT"), dtype="datetime64[D]")
    chosen = known[::-1] if of == "earliest" else known
    found[households.of_row[chosen]] = days[chosen]
    return found
