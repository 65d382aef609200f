"""Variables with named values: strata, arms, characteristics of a household, covariates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.core.tables import number_from_text


@dataclass(frozen=True, slots=True)
class Codes:
    """A variable with named values: ``codes`` (n,) points into ``names``; -1 is missing."""

    codes: NDArray[np.int64]
    names: tuple[str, ...]


def combined(parts: Sequence[Codes]) -> Codes:
    """Return the combinations of several codes that occur, named 'a, b'; missing where any part is.

    >>> combined([Codes(np.array([0, 1]), ("m", "f")), Codes(np.array([1, -1]), ("x", "y"))])
    Codes(codes=array([ 0, -1]), names=('m, y',))
    """
    joint = np.zeros(len(parts[0].codes), dtype=np.int64)
    for part in parts:
        joint = joint * len(part.names) + part.codes
    whole = np.all([part.codes >= 0 for part in parts], axis=0)
    levels, first, inverse = np.unique(joint[whole], return_index=True, return_inverse=True)
    found = np.full(len(joint), -1, dtype=np.int64)
    found[whole] = inverse
    rows = np.flatnonzero(whole)[first]
    names = tuple(", ".join(part.names[part.codes[row]] for part in parts) for row in rows[: len(levels)])
    return Codes(found, names)


def joined(parts: Sequence[Codes]) -> Codes:
    """Return the codes of several files, one after another, into the names of all of them.

    Names keep their order where every part has the same, as arms do; else they are put in order.

    >>> joined([Codes(np.array([0]), ("b",)), Codes(np.array([0, -1]), ("a",))])
    Codes(codes=array([ 1,  0, -1]), names=('a', 'b'))
    """
    names = parts[0].names
    if len({part.names for part in parts}) > 1:
        names = tuple(sorted({name for part in parts for name in part.names}, key=natural_order))
    place = {name: code for code, name in enumerate(names)}
    moved = [np.array([*(place[name] for name in part.names), -1])[part.codes] for part in parts]
    return Codes(np.concatenate(moved), names)


def natural_order(text: str) -> tuple[bool, float, str]:
    """Order numbers by size, then other texts by the alphabet.

    >>> sorted(["b", "10", "9"], key=natural_order)
    ['9', '10', 'b']
    """
    value = number_from_text(text)
    return (bool(np.isnan(value)), 0.0 if np.isnan(value) else value, text)
