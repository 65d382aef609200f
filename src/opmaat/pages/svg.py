"""SVG by hand: an image with one text alternative, made of words, paths and boxes. Lengths are pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal

from opmaat.pages.figure import BLUE, FONT, GRID, INK, QUIET

LETTERS = 12.5
_HEAD = 9

Anchor = Literal["start", "middle", "end"]
# Lines that differ in dashes as well as in colour.
_BASELINE = (INK, "7 4")
_STYLES = (
    (BLUE, ""),
    (BLUE, "2 3"),
    (INK, "9 3 2 3"),
    (BLUE, "9 3"),
    (INK, ""),
    (QUIET, ""),
)


def image(parts: Iterable[str], *, width: int, height: float, alt: str) -> str:
    """Return parts as an image that a screen reader takes for one, and says its text alternative.

    >>> image([words("work", 0, 9)], width=40, height=12, alt="A word.")[:36]
    '<svg role="img" aria-label="A word."'
    """
    opening = f'<svg role="img" aria-label="{escape(alt)}" viewBox="0 0 {width} {height:.0f}" '
    style = f'style="max-width:{width}px" font-family="{FONT}" font-size="{LETTERS}" fill="{INK}">'
    return f"{opening}{style}{''.join(parts)}</svg>"


def words(
    text: str,
    x: float,
    y: float,
    *,
    anchor: Anchor = "start",
    bold: bool = False,
) -> str:
    """Return words that begin, have their middle or end at a place."""
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'


def line(style: int | None, points: Sequence[tuple[float, float]]) -> str:
    """Return a line through points: one of six styles, or None for what the others are compared with."""
    colour, dashes = _BASELINE if style is None else _STYLES[style % len(_STYLES)]
    pattern = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{_through(points)}" fill="none" stroke="{colour}" stroke-width="2.5"{pattern}/>'


def spot(style: int | None, x: float, y: float) -> str:
    """Return a point of a line that has no neighbour, in the colour of the line's style."""
    colour, _ = _BASELINE if style is None else _STYLES[style % len(_STYLES)]
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'


def rule(
    points: Sequence[tuple[float, float]], *, colour: str = GRID, width: float = 1, dashed: bool = False
) -> str:
    """Return a plain line through points."""
    pattern = ' stroke-dasharray="4 3"' if dashed else ""
    thick = f' stroke-width="{width:g}"' if width != 1 else ""
    return f'<path d="{_through(points)}" fill="none" stroke="{colour}"{thick}{pattern}/>'


def dot(x: float, y: float, *, radius: float, filled: bool, stroke: float = 2) -> str:
    """Return a dot with an outline, filled or open."""
    fill = BLUE if filled else "white"
    outline = f'fill="{fill}" stroke="{BLUE}" stroke-width="{stroke:g}"'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" {outline}/>'


def arrow_head(x: float, y: float, *, to_right: bool) -> str:
    """Return a triangle that points to one side, and ends there."""
    back = x - _HEAD if to_right else x + _HEAD
    corners = f"M{x:.1f} {y:.1f}L{back:.1f} {y - _HEAD / 2:.1f}L{back:.1f} {y + _HEAD / 2:.1f}Z"
    return f'<path d="{corners}" fill="{INK}"/>'


def box(x: float, y: float, *, width: float, height: float, fill: str, stroke: str = "none") -> str:
    """Return a filled box; x and y are its upper left corner."""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} fill="{fill}" stroke="{stroke}"/>'


def _through(points: Sequence[tuple[float, float]]) -> str:
    """Return a path through points."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
