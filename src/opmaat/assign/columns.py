"""Characteristics of the eligible households as strata, factors and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.characteristics import levels
from opmaat.caseload.model import Caseload
from opmaat.core.codes import Codes


@dataclass(frozen=True, slots=True)
class Numeric:
    """Columns of numbers (units, columns): numbers as they are, and 0 or 1 for each level of a name."""

    names: tuple[tuple[str, str | None], ...]
    values: NDArray[np.float64]


def combined(caseload: Caseload, names: Sequence[str], places: NDArray[np.int64]) -> Codes:
    """Return the combinations of characteristics that the units at these places have, ascending by name."""
    columns = [_named(caseload.characteristics[name], places) for name in names]
    kind = np.zeros(len(places), dtype=np.int64)
    for column in columns:  # one number for each combination so far; a missing value has the code -1
        kind = np.unique(kind * len(column.names) + column.codes + 1, return_inverse=True)[1]
    examples = np.unique(kind, return_index=True)[1].tolist()
    found = levels(", ".join(column.names[column.codes[at]] for column in columns) for at in examples)
    return Codes(found.codes[kind], found.names)


def numeric(caseload: Caseload, names: Sequence[str], places: NDArray[np.int64]) -> Numeric:
    """Return characteristics as columns of numbers; a missing number becomes the mean of the known ones."""
    found: list[tuple[tuple[str, str | None], NDArray[np.float64]]] = []
    for name in names:
        item = caseload.characteristics[name]
        if isinstance(item, Codes):
            codes = item.codes[places]
            found += [
                ((name, level), (codes == code).astype(np.float64)) for code, level in enumerate(item.names)
            ]
        else:
            numbers = item[places]
            known = numbers[~np.isnan(numbers)]
            mean = known.mean() if len(known) else 0.0
            found.append(((name, None), np.where(np.isnan(numbers), mean, numbers)))
    columns = [column for _, column in found]
    values = np.stack(columns, axis=1) if columns else np.empty((len(places), 0))
    return Numeric(tuple(name for name, _ in found), values)


def _named(item: Codes | NDArray[np.float64], places: NDArray[np.int64]) -> Codes:
    """Return a characteristic with named values, of which the last, for missing, is empty."""
    if isinstance(item, Codes):
        return Codes(item.codes[places], (*item.names, ""))
    numbers, codes = np.unique(item[places], return_inverse=True)
    return Codes(codes.astype(np.int64), (*(f"{number:g}" for number in numbers), ""))
