"""Counts below ten are not told in public, nor what would tell them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

SMALLEST = 10
BELOW = f"<{SMALLEST}"

Name = TypeVar("Name", bound=str)


def hidden(counts: Sequence[int]) -> frozenset[int]:
    """Return the places of counts that are not shown beside the total that they add up to.

    Those are the counts below ten, and one more where these together are one count, or fewer than ten.

    >>> sorted(hidden([40, 3, 12])), sorted(hidden([40, 3, 12, 8])), sorted(hidden([40, 12]))
    ([1, 2], [1, 3], [])
    """
    ascending = sorted(range(len(counts)), key=lambda place: counts[place])
    small = sum(count < SMALLEST for count in counts)
    together = sum(counts[place] for place in ascending[:small])
    if small and (small == 1 or together < SMALLEST):
        small += 1
    return frozenset(ascending[:small])


def shown(counts: Mapping[Name, int], *, withheld: str) -> dict[Name, str | None]:
    """Return what stands for each count that is not shown, and None for a count that is.

    ``withheld`` stands for a count of ten or more that would tell a smaller one.

    >>> shown({"work": 40, "moved": 3, "other": 12}, withheld="not shown")
    {'work': None, 'moved': '<10', 'other': 'not shown'}
    """
    places = hidden(list(counts.values()))
    return {
        name: None if place not in places else BELOW if count < SMALLEST else withheld
        for place, (name, count) in enumerate(counts.items())
    }
