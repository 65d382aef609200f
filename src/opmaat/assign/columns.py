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
    columns = [_texts(caseload.characteristics[name], places) for name in names]
    return levels(", ".join(cells) for cells in zip(*columns, strict=True))


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


def _texts(item: Codes | NDArray[np.float64], places: NDArray[np.int64]) -> list[str]:
    """Return a characteristic as text; the caseload has refused missing ones."""
    if isinstance(item, Codes):
        return [item.names[code] if code >= 0 else "" for code in item.codes[places]]
    return [f"{number:g}" for number in item[places]]
