"""Cells that are missing: empty ones, and those with a code that stands for a missing value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.core.tables import Column, number_from_text, number_text

EMPTY = "empty"


def number_column(numbers: NDArray[np.float64], reasons: Mapping[str, str]) -> Column:
    """Return numbers in which every missing one is NaN, with a count per reason.

    >>> number_column(np.array([1.0, -9.0, np.nan]), {"-9": "refused"}).missing
    {'empty': 1, 'refused': 1}
    """
    counts = Counter({EMPTY: int(np.isnan(numbers).sum())})
    cells = numbers.copy()
    for code, reason in reasons.items():
        hits = cells == number_from_text(code)
        counts[reason] += int(hits.sum())
        cells[hits] = np.nan
    return Column(cells, missing={reason: times for reason, times in counts.items() if times})


def text_column(texts: NDArray[Any], reasons: Mapping[str, str], *, decimal: str = ".") -> Column:
    """Return text in which every missing cell is None, with a count per reason.

    A cell has a code when it is the same text, or when both are numbers and equal.

    >>> text_column(np.array(["a", "", "?", "-9.0"], dtype=object), {"?": "unknown", "-9": "refused"}).missing
    {'empty': 1, 'unknown': 1, 'refused': 1}
    """
    known: dict[str | None, str | None] = {None: EMPTY, "": EMPTY}
    known.update(reasons)
    by_number = {number_from_text(code): reason for code, reason in reasons.items() if is_number(code)}
    if by_number:
        for text in set(texts.tolist()) - known.keys():
            known[text] = by_number.get(number_from_text(text, decimal=decimal))
    found = enumerate(texts.tolist())
    missing = [(row, reason) for row, text in found if (reason := known.get(text)) is not None]
    cells = texts.copy()
    cells[[row for row, _ in missing]] = None
    return Column(cells, missing=dict(Counter(reason for _, reason in missing)))


def with_description(column: Column, *, label: str | None, value_labels: Mapping[Any, str]) -> Column:
    """Return the column with the label and the value labels that the file gives it."""
    named = {
        number_text(code) if isinstance(code, float | int) else str(code): text
        for code, text in value_labels.items()
    }
    return Column(column.cells, label=label, value_labels=named, missing=column.missing)


def is_number(code: str) -> bool:
    """Tell whether a code is a number.

    >>> is_number("-9"), is_number("?")
    (True, False)
    """
    return not np.isnan(number_from_text(code))
