"""The picture of what one keeps: earnings and benefit together against earnings, a line for each arm.

Drawn as SVG directly: it is a handful of lines, and a page for participants makes it at every request. It is
drawn for a narrow and for a wide screen, so that its letters keep their size. Lines differ in their dashes as
well as in colour, so that they can be told apart in black and white.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

_INK, _QUIET, _BLUE, _GRID, _BAND = "#1a1a1a", "#555555", "#00518f", "#d9dde1", "#e8ebee"
_LETTERS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
_STYLES = (
    (_INK, "7 4"),
    (_BLUE, ""),
    (_BLUE, "2 3"),
    (_INK, "9 3 2 3"),
    (_BLUE, "9 3"),
    (_INK, ""),
)
_ROW = 18
_ABOVE, _BELOW = 42, 48
_RIGHT = 14
_TICKS = 5


@dataclass(frozen=True, slots=True)
class KeepLine:
    """One line: its words, and its corners (earnings, total) in whole cents."""

    label: str
    corners: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class KeepBand:
    """Stretches of earnings, from and up to whole cents, to be shaded, and their words."""

    label: str
    stretches: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class KeepAxes:
    """The words across and upwards, and how an amount of whole euros is written on an axis."""

    across: str
    upwards: str
    euros: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The same picture for two widths of screen."""

    narrow: str
    wide: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """Sizes in pixels, and the whole euros at the ends of the two axes."""

    width: int
    height: int
    left: int
    top: int
    across: tuple[int, int]
    upwards: tuple[int, int]

    def x(self, cents: float) -> float:
        """Return how far from the left an amount stands."""
        low, high = self.across
        return self.left + (cents / 100 - low) / (high - low) * (self.width - self.left - _RIGHT)

    def y(self, cents: float) -> float:
        """Return how far from the top an amount stands."""
        low, high = self.upwards
        return self.top + (high - cents / 100) / (high - low) * self.height


def keep_drawing(
    lines: Sequence[KeepLine], axes: KeepAxes, *, alt: str, bands: Sequence[KeepBand] = ()
) -> Drawing:
    """Return the picture, with a key of words above the lines, in the order of the lines and then the bands.

    Examples
    --------
    >>> line = KeepLine("ordinary", [(0, 99_212), (80_800, 119_412)])
    >>> axes = KeepAxes("earnings", "in all", str)
    >>> keep_drawing([line], axes, alt="Rises.").wide.startswith('<svg role="img" aria-label="Rises."')
    True
    """
    narrow = _svg(lines, bands, axes, alt, width=328, height=230, letters=40)
    return Drawing(narrow, _svg(lines, bands, axes, alt, width=700, height=320, letters=88))


def _svg(
    lines: Sequence[KeepLine],
    bands: Sequence[KeepBand],
    axes: KeepAxes,
    alt: str,
    *,
    width: int,
    height: int,
    letters: int,
) -> str:
    """Return the picture in one size."""
    labels = [*(line.label for line in lines), *(band.label for band in bands)]
    words = [textwrap.wrap(label, letters) for label in labels]
    points = [point for line in lines for point in line.corners]
    frame = _Frame(
        width=width,
        height=height,
        left=58,
        top=_ROW * sum(map(len, words)) + _ABOVE,
        across=_whole_ends([x for x, _ in points]),
        upwards=_whole_ends([y for _, y in points]),
    )
    whole = frame.top + height + _BELOW
    opening = f'<svg role="img" aria-label="{escape(alt)}" viewBox="0 0 {width} {whole}" '
    style = f'style="max-width:{width}px" font-family="{_LETTERS}" font-size="12.5" fill="{_INK}">'
    shaded = (_band(ends, frame) for band in bands for ends in band.stretches)
    drawn = (_line(number, line, frame) for number, line in enumerate(lines))
    return (
        opening + style + "".join((*shaded, *_key(words, len(lines)), *_axes(axes, frame), *drawn)) + "</svg>"
    )


def _whole_ends(cents: Sequence[int]) -> tuple[int, int]:
    """Return whole euros on the axis at or beyond the lowest and highest amount."""
    low, high = min(cents) / 100, max(cents) / 100
    step = _step(max(high - low, 1.0))
    return step * math.floor(low / step), step * max(math.ceil(high / step), math.floor(low / step) + 1)


def _step(length: float) -> int:
    """Return a round number of euros that fits about five times into a length.

    >>> _step(1500), _step(420)
    (500, 100)
    """
    least = length / _TICKS
    size = int(10 ** max(0, math.floor(math.log10(least))))
    return next(size * part for part in (1, 2, 5, 10) if size * part >= least)


def _key(words: Sequence[Sequence[str]], lines: int) -> Iterator[str]:
    """Yield a piece of each line, and of each band after them, with its words, from the top."""
    row = 0
    for number, wrapped in enumerate(words):
        top = _ROW * row
        if number < lines:
            yield _path(number, [(0, top + _ROW / 2), (34, top + _ROW / 2)])
        else:
            yield f'<rect x="0" y="{top + 3}" width="34" height="12" fill="{_BAND}" stroke="{_GRID}"/>'
        for text in wrapped:
            yield _text(text, 42, _ROW * (row + 0.5) + 4)
            row += 1


def _band(ends: tuple[int, int], frame: _Frame) -> str:
    """Return a shaded stretch of earnings."""
    left, right = (frame.x(cents) for cents in ends)
    across = f'x="{left:.1f}" width="{right - left:.1f}"'
    return f'<rect {across} y="{frame.top}" height="{frame.height}" fill="{_BAND}"/>'


def _axes(axes: KeepAxes, frame: _Frame) -> Iterator[str]:
    """Yield grid, ticks and words of both axes."""
    bottom, right = frame.top + frame.height, frame.width - _RIGHT
    for euros in _ticks(frame.upwards):
        y = frame.y(100 * euros)
        yield f'<path d="M{frame.left} {y:.1f}H{right}" stroke="{_GRID}"/>'
        yield _text(axes.euros(euros), frame.left - 6, y + 4, anchor="end")
    for euros in _ticks(frame.across):
        x = frame.x(100 * euros)
        yield f'<path d="M{x:.1f} {bottom}v5" stroke="{_QUIET}"/>'
        yield _text(axes.euros(euros), x, bottom + 20, anchor="end" if x > right - 20 else "middle")
    yield _text(axes.upwards, 0, frame.top - 15)
    yield _text(axes.across, right, bottom + 40, anchor="end")


def _ticks(ends: tuple[int, int]) -> range:
    """Return round amounts from one end of an axis to the other."""
    return range(ends[0], ends[1] + 1, _step(ends[1] - ends[0]))


def _line(number: int, line: KeepLine, frame: _Frame) -> str:
    """Return one line through its corners."""
    return _path(number, [(frame.x(x), frame.y(y)) for x, y in line.corners])


def _path(number: int, points: Sequence[tuple[float, float]]) -> str:
    """Return a line in the style of its number."""
    colour, dashes = _STYLES[number % len(_STYLES)]
    through = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    pattern = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="M{through}" fill="none" stroke="{colour}" stroke-width="2.5"{pattern}/>'


def _text(words: str, x: float, y: float, *, anchor: str = "start") -> str:
    """Return words that begin, end or have their middle at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
