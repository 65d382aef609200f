"""Check the numbers of a protocol: each is one that can be computed with and written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from math import isfinite

from opmaat.protocol.finding import Finding, KeyPath
from opmaat.protocol.model import Protocol
from opmaat.protocol.shape import shown

_LARGEST_WHOLE = 2**63 - 1


def check_numbers(protocol: Protocol) -> Iterator[Finding]:
    """Yield every number that is not finite, or too large for a file of data.

    Shares are left to the check of arms, which says more.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> list(check_numbers(load_protocol(Path("studies/nsw-1975"))))
    []
    """
    for path, number in _numbers(protocol, ()):
        is_share = len(path) == 3 and path[0] == "arms" and path[2] == "share"
        if not is_share and not _is_usable(number):
            problem = f"The number {shown(number)} cannot be used."
            yield Finding(path, "not-finite", problem, "Use a finite number of at most 18 digits.")


def _is_usable(number: float) -> bool:
    """Tell whether a number is finite, and fits in the files of data when it is written as a whole number."""
    return abs(number) <= _LARGEST_WHOLE if isinstance(number, int) else isfinite(number)


def _numbers(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, float]]:
    """Yield every number with the keys that lead to it."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value
    for key, item in _parts(value):
        yield from _numbers(item, (*path, key))


def _parts(value: object) -> Iterator[tuple[str | int, object]]:
    """Yield what a value consists of, each with its key or position."""
    if is_dataclass(value):
        yield from ((field.name, getattr(value, field.name)) for field in fields(value))
    elif isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, tuple | list):
        yield from enumerate(value)
