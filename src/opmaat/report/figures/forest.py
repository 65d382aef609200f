"""The forest plot: a dot and an interval for each estimate."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opmaat.core.texts import Language
from opmaat.pages import svg
from opmaat.pages.figure import BLUE, QUIET, Figure
from opmaat.report.figures.axis import Scale, rows_image
from opmaat.report.figures.places import NARROW, WIDE, Layout, places

_BESIDE = 7


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One estimate, in the unit of the axis; an interval without a bound is infinite there."""

    label: str
    numbers: tuple[str, ...]
    point: float
    interval: tuple[float, float]
    simultaneous: tuple[float, float] | None
    shown: bool


def forest_figure(
    rows: Sequence[ForestRow],
    *,
    title: str,
    axis: Sequence[str],
    alt: str,
    ends: tuple[float, float],
    language: Language,
) -> Figure:
    """Return a forest plot: a dot, its interval, its label and its numbers for each row.

    ``ends`` are the smallest and largest value that the axis must hold; a simultaneous interval is a thinner
    line beside the pointwise one, and an interval that goes on beyond the axis ends in an arrow.
    """

    def drawing(layout: Layout) -> str:
        """Return the plot in one width."""
        placed = places([(row.label, row.numbers) for row in rows], layout)
        scale = Scale(_padded(ends), layout)
        drawn = [
            part
            for row, place in zip(rows, placed, strict=True)
            for part in _marks(row, place.mark_at, scale)
        ]
        return rows_image(drawn, placed, scale, words=axis, alt=alt, language=language)

    return Figure(title, alt, drawing(NARROW), drawing(WIDE))


def _marks(row: ForestRow, at: float, scale: Scale) -> Iterator[str]:
    """Yield the intervals of one estimate, and its dot where it has one."""
    if row.simultaneous is not None:
        yield from _interval(row.simultaneous, at + _BESIDE, scale, width=1.5, colour=QUIET)
    yield from _interval(row.interval, at, scale, width=4, colour=BLUE)
    if math.isfinite(row.point):
        yield svg.dot(scale.x(row.point), at, radius=5, filled=row.shown)


def _interval(
    ends: tuple[float, float], at: float, scale: Scale, *, width: float, colour: str
) -> Iterator[str]:
    """Yield an interval within the axis, with an arrow at an end that goes on."""
    low, high = (scale.x(end) for end in ends)
    yield svg.rule([(low, at), (high, at)], colour=colour, width=width)
    if ends[0] < scale.domain[0]:
        yield svg.arrow_head(low - 4, at, to_right=False)
    if ends[1] > scale.domain[1]:
        yield svg.arrow_head(high + 4, at, to_right=True)


def _padded(ends: tuple[float, float]) -> tuple[float, float]:
    """Return an axis that is a little longer than what it holds."""
    low, high = ends
    room = 0.05 * (high - low) or 1.0
    return low - room, high + room
