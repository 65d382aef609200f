"""Line charts, drawn as SVG directly: a page for participants makes one at every request.

The words of the lines stand above them, each with a piece of its line; on a wide screen they may stand at the
ends of the lines instead.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from opmaat.pages import svg
from opmaat.pages.figure import BAND, GRID, QUIET, Figure

_ROW = 18
_ABOVE, _BELOW = 42, 48
_LEFT, _RIGHT, _BESIDE = 58, 14, 200
_LETTERS_BESIDE = 28
_TICKS = 5
_NEAR_EDGE = 20

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its words, its points and the number of its style; None is what others are compared with.

    The same thing has the same style in every chart of a page, also where others are missing. ``hidden`` are
    values across at which there is something that is not shown: no line is drawn over them.
    """

    label: str
    points: Sequence[Point]
    style: int | None
    hidden: Collection[float] = ()

    @property
    def stretches(self) -> list[list[Point]]:
        """The points in stretches between which something is hidden.

        >>> Line("job", [(1, 5), (2, 6), (4, 7)], 0, hidden=[3]).stretches
        [[(1, 5), (2, 6)], [(4, 7)]]
        """
        found: list[list[Point]] = []
        for point in self.points:
            last = found[-1][-1][0] if found else math.inf
            if found and not any(last < x < point[0] for x in self.hidden):
                found[-1].append(point)
            else:
                found.append([point])
        return found


@dataclass(frozen=True, slots=True)
class Band:
    """Stretches of the axis across, to be shaded, and their words."""

    label: str
    stretches: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Axis:
    """The words of an axis, its two ends, and its ticks: where, and what is written there."""

    words: str
    ends: tuple[float, float]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """Lines on two axes.

    ``across_at`` and ``upwards_at`` are values of an axis with words, drawn as a thin line through the chart.
    ``beside`` puts the words of the lines at their ends where there is room.
    """

    lines: Sequence[Line]
    across: Axis
    upwards: Axis
    bands: Sequence[Band] = ()
    across_at: tuple[float, str] | None = None
    upwards_at: tuple[float, str] | None = None
    beside: bool = False


def round_axis(words: str, values: Sequence[float], tell: Callable[[float], str], *, least: float) -> Axis:
    """Return an axis with round ends at or beyond all values, in about five steps of at least ``least``.

    >>> round_axis("earnings", [0, 1500], str, least=1).ends
    (0, 1500)
    >>> [text for _, text in round_axis("share", [0.02, 0.31], "{:.0%}".format, least=0.01).ticks]
    ['0%', '10%', '20%', '30%', '40%']
    """
    low, high = min(values), max(values)
    step = round_step(max(high - low, least), _TICKS, least=least)
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    ticks = [round(place * step, 9) for place in range(first, last + 1)]
    return Axis(words, (ticks[0], ticks[-1]), tuple((tick, tell(tick)) for tick in ticks))


def line_figure(chart: LineChart, *, title: str, alt: str) -> Figure:
    """Return the chart; ``alt`` says in words what it shows.

    Examples
    --------
    >>> axes = [round_axis(words, [0, 10], str, least=1) for words in ("months", "weeks")]
    >>> chart = LineChart(lines=[Line("job", [(0, 2), (10, 4)], 0)], across=axes[0], upwards=axes[1])
    >>> line_figure(chart, title="Work", alt="Rises from 2 to 4.").wide[:43]
    '<svg role="img" aria-label="Rises from 2 to'
    """
    narrow = _svg(chart, alt, width=328, height=230, letters=40, beside=False)
    return Figure(
        title, alt, narrow, _svg(chart, alt, width=700, height=320, letters=88, beside=chart.beside)
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the lines are drawn, in pixels, and the ends of the two axes."""

    left: int
    right: int
    top: int
    height: int
    across: tuple[float, float]
    upwards: tuple[float, float]

    @property
    def bottom(self) -> int:
        """The lower edge."""
        return self.top + self.height

    def x(self, value: float) -> float:
        """Return how far from the left a value stands."""
        low, high = self.across
        return self.left + (value - low) / (high - low) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Return how far from the top a value stands."""
        low, high = self.upwards
        return self.top + (high - value) / (high - low) * self.height


def _svg(chart: LineChart, alt: str, *, width: int, height: int, letters: int, beside: bool) -> str:
    """Return the chart in one size."""
    above = [*([] if beside else [line.label for line in chart.lines]), *(band.label for band in chart.bands)]
    wrapped = [textwrap.wrap(label, letters) for label in above]
    frame = _Frame(
        left=_LEFT,
        right=width - (_BESIDE if beside else _RIGHT),
        top=_ROW * sum(map(len, wrapped)) + _ABOVE,
        height=height,
        across=chart.across.ends,
        upwards=chart.upwards.ends,
    )
    parts = (
        *_shaded(chart, frame),
        *_key(wrapped, [] if beside else [line.style for line in chart.lines]),
        *_axes(chart, frame),
        *_marked(chart, frame),
        *_drawn(chart, frame),
        *(_words_beside(chart, frame) if beside else ()),
    )
    return svg.image(parts, width=width, height=frame.bottom + _BELOW, alt=alt)


def round_step(length: float, parts: int, *, least: float = 0.0) -> float:
    """Return a round step, 1, 2 or 5 times a power of ten, of which at most so many make a length.

    >>> round_step(1500, 5), round_step(420, 5), round_step(0.31, 5, least=0.01), round_step(3.2e-7, 4)
    (500, 100, 0.1, 1e-07)
    """
    wanted = max(length / parts, least)
    exponent = math.floor(math.log10(wanted) + 1e-9)
    step = next(part for part in (1, 2, 5, 10) if part * 10.0**exponent >= wanted * (1 - 1e-9))
    return step * 10**exponent if exponent >= 0 else round(step * 10.0**exponent, -exponent)


def _shaded(chart: LineChart, frame: _Frame) -> Iterator[str]:
    """Yield the shaded stretches."""
    for band in chart.bands:
        for ends in band.stretches:
            left, right = (frame.x(end) for end in ends)
            yield svg.box(left, frame.top, width=right - left, height=frame.height, fill=BAND)


def _key(wrapped: Sequence[Sequence[str]], styles: Sequence[int | None]) -> Iterator[str]:
    """Yield a piece of each line, and of each band after them, with its words, from the top."""
    row = 0
    for number, lines in enumerate(wrapped):
        top = _ROW * row
        if number < len(styles):
            yield svg.line(styles[number], [(0, top + _ROW / 2), (34, top + _ROW / 2)])
        else:
            yield svg.box(0, top + 3, width=34, height=12, fill=BAND, stroke=GRID)
        for text in lines:
            yield svg.words(text, 42, _ROW * (row + 0.5) + 4)
            row += 1


def _axes(chart: LineChart, frame: _Frame) -> Iterator[str]:
    """Yield grid, ticks and words of both axes."""
    for value, text in chart.upwards.ticks:
        y = frame.y(value)
        yield svg.rule([(frame.left, y), (frame.right, y)])
        yield svg.words(text, frame.left - 6, y + 4, anchor="end")
    for value, text in chart.across.ticks:
        x = frame.x(value)
        yield svg.rule([(x, frame.bottom), (x, frame.bottom + 5)], colour=QUIET)
        yield svg.words(
            text, x, frame.bottom + 20, anchor="end" if x > frame.right - _NEAR_EDGE else "middle"
        )
    if chart.upwards.words:
        yield svg.words(chart.upwards.words, 0, frame.top - 15)
    yield svg.words(chart.across.words, frame.right, frame.bottom + 40, anchor="end")


def _marked(chart: LineChart, frame: _Frame) -> Iterator[str]:
    """Yield the thin lines at values with words."""
    if chart.upwards_at is not None:
        value, text = chart.upwards_at
        y = frame.y(value)
        yield svg.rule([(frame.left, y), (frame.right, y)], colour=QUIET, dashed=True)
        yield svg.words(text, frame.left + 4, y - 5)
    if chart.across_at is not None:
        value, text = chart.across_at
        x = frame.x(value)
        yield svg.rule([(x, frame.top), (x, frame.bottom)], colour=QUIET, dashed=True)
        middle = (frame.left + frame.right) / 2
        yield svg.words(text, x, frame.top - 5, anchor="end" if x > middle else "start")


def _drawn(chart: LineChart, frame: _Frame) -> Iterator[str]:
    """Yield the lines, a dot for a stretch of one point."""
    for line in chart.lines:
        for stretch in line.stretches:
            places = [(frame.x(x), frame.y(y)) for x, y in stretch]
            yield svg.line(line.style, places) if len(places) > 1 else svg.spot(line.style, *places[0])


def _words_beside(chart: LineChart, frame: _Frame) -> Iterator[str]:
    """Yield the words at the end of each line, moved apart, with a thin line from the one to the other."""
    blocks = [
        (frame.y(line.points[-1][1]), textwrap.wrap(line.label, _LETTERS_BESIDE), line)
        for line in sorted(chart.lines, key=lambda line: -line.points[-1][1])
    ]
    middles = apart(
        [y for y, _, _ in blocks],
        [_ROW * len(texts) for _, texts, _ in blocks],
        within=(frame.top - _ABOVE, frame.bottom + _BELOW),
    )
    for (y, texts, line), middle in zip(blocks, middles, strict=True):
        start = frame.x(line.points[-1][0])
        yield svg.rule([(start + 2, y), (frame.right + 14, middle)], colour=QUIET)
        for row, text in enumerate(texts):
            yield svg.words(text, frame.right + 18, middle + _ROW * (row - (len(texts) - 1) / 2) + 4)


def apart(wanted: Sequence[float], heights: Sequence[float], *, within: tuple[float, float]) -> list[float]:
    """Return middles near the wanted ones, in their order, of blocks that do not overlap.

    Blocks that would leave the space between both ends are pushed back into it, as far as there is room.

    >>> apart([10, 12, 50], [18, 18, 18], within=(0, 60))
    [10.0, 28.0, 50.0]
    """
    low, high = within
    middles: list[float] = []
    edge = low
    for place, height in zip(wanted, heights, strict=True):
        middles.append(max(place, edge + height / 2))
        edge = middles[-1] + height / 2
    edge = high
    for number in reversed(range(len(middles))):
        middles[number] = min(middles[number], edge - heights[number] / 2)
        edge = middles[number] - heights[number] / 2
    return [float(middle) for middle in middles]
