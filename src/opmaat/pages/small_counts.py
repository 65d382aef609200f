"""Counts below ten are not told in public, nor what would tell them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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


def hidden_in_table(
    table: Sequence[Sequence[int]], *, first: int | None = None
) -> frozenset[tuple[int, int]]:
    """Return the places (row, column) that are not shown in a table of which all sums are told.

    The last column holds the sums of the columns before it; the sum of every column is told too. Cells below
    ten are hidden, and then others, until no sum tells a hidden cell, or hidden cells that together are fewer
    than ten. In a column the row ``first`` is the first to go, in a row the smallest cell.

    >>> sorted(hidden_in_table([[30, 41, 71], [4, 12, 16], [60, 50, 110]], first=2))
    [(1, 0), (1, 1), (2, 0), (2, 1)]
    """
    told = {(r, c): count for r, row in enumerate(table) for c, count in enumerate(row)}
    places: set[tuple[int, int]] = {place for place, count in told.items() if count < SMALLEST}
    lines = list(_lines(table, first=first))
    while True:
        exposed = [line for line in lines if _is_exposed(line, places, told)]
        if not exposed:
            return frozenset(places)
        places |= {next(place for place in line if place not in places) for line in exposed}


_Place = tuple[int, int]


def _lines(table: Sequence[Sequence[int]], *, first: int | None) -> Iterator[list[_Place]]:
    """Yield the places of every column and row, in the order in which they are hidden."""
    rows, columns = range(len(table)), range(len(table[0]))
    for c in columns:
        yield sorted(((r, c) for r in rows), key=lambda place: (place[0] != first, table[place[0]][place[1]]))
    for r in rows:
        yield sorted(((r, c) for c in columns), key=lambda place: table[place[0]][place[1]])


def _is_exposed(line: Sequence[_Place], places: Collection[_Place], told: Mapping[_Place, int]) -> bool:
    """Tell whether a sum tells the hidden cells of a line, and there is one more to hide."""
    inside = [told[place] for place in line if place in places]
    return 0 < len(inside) < len(line) and (len(inside) == 1 or sum(inside) < SMALLEST)


def merged(counts: Mapping[Name, int]) -> frozenset[Name]:
    """Return the names whose counts are told as one: those below ten, and then the smallest until it is ten.

    >>> sorted(merged({"withdrew": 16, "removed": 0, "moved": 3})), merged({"withdrew": 16, "moved": 12})
    (['moved', 'removed', 'withdrew'], frozenset())
    """
    ascending = sorted(counts, key=lambda name: counts[name])
    small = sum(count < SMALLEST for count in counts.values())
    while 0 < small < len(ascending) and sum(counts[name] for name in ascending[:small]) < SMALLEST:
        small += 1
    return frozenset(ascending[:small])
