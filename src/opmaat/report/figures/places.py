"""Where rows of a figure stand: their labels, their numbers and what is drawn, in pixels."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

LINE = 17


@dataclass(frozen=True, slots=True)
class Layout:
    """Where labels, marks and numbers stand, in pixels."""

    width: int
    marks: tuple[int, int]
    label_letters: int
    number_letters: int
    numbers_at: int | None

    @property
    def title_letters(self) -> int:
        """How many letters of the axis title fit on a line."""
        return (self.marks[1] - self.marks[0]) // 6

    @property
    def stacked(self) -> bool:
        """Whether the labels stand above the marks."""
        return self.numbers_at is None


@dataclass(frozen=True, slots=True)
class Place:
    """The lines of a row's label and numbers, and where they and the marks are, from the top."""

    label: tuple[str, ...]
    numbers: tuple[str, ...]
    label_at: float
    numbers_at: float
    mark_at: float
    bottom: float


NARROW = Layout(width=328, marks=(10, 318), label_letters=40, number_letters=46, numbers_at=None)
WIDE = Layout(width=760, marks=(262, 530), label_letters=33, number_letters=30, numbers_at=546)


def places(rows: Sequence[tuple[str, tuple[str, ...]]], layout: Layout) -> list[Place]:
    """Return where each row stands; what is too long for one line is broken."""
    placed: list[Place] = []
    top = 10.0
    for label, numbers in rows:
        lines = wrapped([label], layout.label_letters)
        values = wrapped(numbers, layout.number_letters)
        place = _stacked(lines, values, top) if layout.stacked else _beside(lines, values, top)
        placed.append(place)
        top = place.bottom
    return placed


def wrapped(texts: Sequence[str], letters: int) -> tuple[str, ...]:
    """Break texts into lines of at most so many letters."""
    return tuple(line for text in texts for line in textwrap.wrap(text, letters))


def _stacked(lines: tuple[str, ...], numbers: tuple[str, ...], top: float) -> Place:
    """Place label, numbers and marks under each other."""
    numbers_at = top + LINE * len(lines)
    mark_at = numbers_at + LINE * len(numbers) + 12
    return Place(lines, numbers, top + LINE / 2, numbers_at + LINE / 2, mark_at, mark_at + 24)


def _beside(lines: tuple[str, ...], numbers: tuple[str, ...], top: float) -> Place:
    """Place label, marks and numbers beside each other, on one middle line."""
    height = max(LINE * len(lines), LINE * len(numbers), 20) + 14
    middle = top + height / 2
    label_at = middle - LINE * (len(lines) - 1) / 2
    numbers_at = middle - LINE * (len(numbers) - 1) / 2
    return Place(lines, numbers, label_at, numbers_at, middle, top + height)
