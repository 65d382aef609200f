"""Cells that are missing: empty ones, and those with a code that stands for a missing value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.core.tables import Column, number_text

EMPTY = "empty"


def number_column(numbers: NDArray[np.float64], reasons: Mapping[str, str]) -> Column:
    """Return numbers in which every missing one is NaN, with a count per reason.

    >>> number_column(np.array([1.0, -9.0, np.nan]), {"-9": "refused"}).missing
    {'empty': 1, 'refused': 1}
    """
    counts = Counter({EMPTY: int(np.isnan(numbers).sum())})
    cells = numbers.copy()
    for code, reason in reasons.items():
        hits = cells == _number(code)
        counts[reason] += int(hits.sum())
        cells[hits] = np.nan
    return Column(cells, missing={reason: times for reason, times in counts.items() if times})


def text_column(texts: NDArray[Any], reasons: Mapping[str, str]) -> Column:
    """Return text in which every missing cell is None, with a count per reason.

    >>> text_column(np.array(["a", "", "?"], dtype=object), {"?": "unknown"}).cells.tolist()
    ['a', None, None]
    """
    known: dict[str | None, str] = {None: EMPTY, "": EMPTY}
    known.update(reasons)
    why = [known.get(text) for text in texts]
    cells = np.array(
        [text if reason is None else None for text, reason in zip(texts, why, strict=True)], dtype=object
    )
    return Column(cells, missing=dict(Counter(reason for reason in why if reason is not None)))


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
    return not np.isnan(_number(code))


def _number(code: str) -> float:
    """Return a code as a number; a code that is none equals no cell."""
    try:
        return float(code)
    except ValueError:
        return float("nan")
