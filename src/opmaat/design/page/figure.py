"""The picture of power against the number of participants, as SVG for a narrow and for a wide screen.

Lines differ in their dashes as well as in colour, so that they can be told apart in black and white.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from opmaat.core.texts import Language

INK, QUIET, BLUE, GRID = "#1a1a1a", "#555555", "#00518f", "#d9dde1"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
_LINE = 18
_EDGE = 14
_STYLES: tuple[tuple[str, list[int]], ...] = (
    (BLUE, [1, 0]),
    (INK, [7, 4]),
    (BLUE, [2, 3]),
    (INK, [9, 3, 2, 3]),
    (QUIET, [1, 0]),
    (QUIET, [5, 3]),
)
_TAG = re.compile(r"<[^>]*>")
_OTHER_ATTRIBUTE = re.compile(r' (?:role|class|xmlns|xmlns:xlink|version|aria-[a-z]+)="[^"]*"')


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure for two widths of screen, with the text that says the same."""

    title: str
    alt: str
    narrow: str
    wide: str


@dataclass(frozen=True, slots=True)
class PowerLine:
    """One line: its words, and its points (participants, power)."""

    label: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class PowerAxes:
    """The words of the axes, and where the planned number and the power aimed at are."""

    participants: str
    planned: tuple[float, str]
    aim: tuple[float, str]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Sizes in pixels; words are broken after so many letters."""

    width: int
    height: int
    left: int
    letters: int


_NARROW = _Layout(width=328, height=230, left=42, letters=38)
_WIDE = _Layout(width=700, height=300, left=48, letters=88)


def power_figure(
    lines: Sequence[PowerLine], axes: PowerAxes, *, title: str, alt: str, language: Language
) -> Figure:
    """Return the power curves, with their words above them in the order of the lines."""
    narrow, wide = (
        _svg(_chart(lines, axes, layout), layout, alt=alt, language=language) for layout in (_NARROW, _WIDE)
    )
    return Figure(title, alt, narrow, wide)


def _chart(lines: Sequence[PowerLine], axes: PowerAxes, layout: _Layout) -> dict[str, Any]:
    """Return the specification: the words on top, the curves below them.

    Everything stands on the two scales of the curves; the words lie above a power of 1.
    """
    import altair as alt

    words = [textwrap.wrap(line.label, layout.letters) or [""] for line in lines]
    top = _LINE * sum(map(len, words)) + 2 * _LINE
    most = max(x for line in lines for x, _ in line.points)
    rows = list(_rows_of_words(words, _Pixels(layout, top, most)))
    left = [{**row, "x": row["x2"]} for row in rows]
    layers = [
        *_reference_layers(axes, most),
        _lines_layer(lines, [row for row in rows if row["first"]]),
        _words_layer(left, side="left", room=8, above=0),
    ]
    shared = alt.layer(*layers).resolve_scale(x="shared", y="shared")
    shared = shared.encode(x=_across(axes, most, layout), y=_upwards(axes.aim[0], top, layout))
    chart = shared.properties(
        width=layout.width,
        height=top + layout.height,
        padding={"left": 0, "right": 0, "top": 0, "bottom": 46},
        autosize=alt.AutoSizeParams(type="none"),
    )
    specification: dict[str, Any] = chart.configure(**_style()).to_dict(validate=False)
    return specification


@dataclass(frozen=True, slots=True)
class _Pixels:
    """Places in pixels as values on the scales of the curves."""

    layout: _Layout
    top: int
    most: float

    def x(self, at: float) -> float:
        """Return the number of participants at so many pixels from the left."""
        return (at - self.layout.left) * self.most / (self.layout.width - _EDGE - self.layout.left)

    def y(self, at: float) -> float:
        """Return the power at so many pixels from the top."""
        return 1 + (self.top - at) / self.layout.height


def _rows_of_words(words: Sequence[Sequence[str]], pixels: _Pixels) -> Iterator[dict[str, Any]]:
    """Yield each row of words, with the piece of line that stands before the first row of each."""
    count = 0
    for line, rows in enumerate(words):
        for place, row in enumerate(rows):
            at = pixels.y(_LINE * (count + 0.5))
            ends = {"x": pixels.x(0), "x2": pixels.x(34)}
            yield {"text": row, "line": str(line), "first": place == 0, "y": at, **ends}
            count += 1


def _lines_layer(lines: Sequence[PowerLine], pieces: Sequence[dict[str, Any]]) -> Any:  # noqa: ANN401
    """Return the curves, and the piece of each that stands before its words."""
    import altair as alt

    values = [{"x": x, "y": y, "line": str(i)} for i, line in enumerate(lines) for x, y in line.points]
    for piece in pieces:
        name = piece["line"]
        values += [{"x": piece[end], "y": piece["y"], "line": name, "piece": 1} for end in ("x", "x2")]
    styles = [_STYLES[place % len(_STYLES)] for place in range(len(lines))]
    names = [str(place) for place in range(len(lines))]
    colours = alt.Scale(domain=names, range=[colour for colour, _ in styles])
    dashes = alt.Scale(domain=names, range=[dash for _, dash in styles])
    return _layer(
        alt.MarkDef(type="line", strokeWidth=2.5),
        values,
        x=_field("X"),
        y=_field("Y"),
        detail=alt.Detail(field="piece", type="nominal"),
        color=alt.Color(field="line", type="nominal", scale=colours, legend=None),
        strokeDash=alt.StrokeDash(field="line", type="nominal", scale=dashes, legend=None),
    )


def _across(axes: PowerAxes, most: float, layout: _Layout) -> Any:  # noqa: ANN401
    """Return the axis of participants."""
    import altair as alt

    scale = alt.Scale(domain=[0, most], range=[layout.left, layout.width - _EDGE], nice=False)
    return alt.X(scale=scale, axis=alt.Axis(title=axes.participants, tickCount=5, format=",.0f", grid=False))


def _upwards(aim: float, top: int, layout: _Layout) -> Any:  # noqa: ANN401
    """Return the axis of power, at the left end of the other."""
    import altair as alt

    scale = alt.Scale(domain=[0, 1], range=[top + layout.height, top], nice=False)
    ticks = sorted({0, 0.2, 0.4, 0.6, 0.8, 1, aim})
    return alt.Y(
        scale=scale,
        axis=alt.Axis(
            title=None, values=ticks, format=".0%", offset=-layout.left, grid=False, labelOverlap=False
        ),
    )


def _field(channel: str) -> Any:  # noqa: ANN401
    """Return the place of a mark, from the field with the channel's name."""
    import altair as alt

    return getattr(alt, channel)(field=channel.lower(), type="quantitative")


def _layer(mark: Any, values: list[dict[str, Any]], **encodings: Any) -> Any:  # noqa: ANN401
    """Return one layer with data of its own."""
    import altair as alt

    return alt.Chart(alt.InlineData(values=values), mark=mark).encode(**encodings)


def _reference_layers(axes: PowerAxes, most: float) -> list[Any]:
    """Return the lines of the planned number and of the power aimed at, with their words."""
    import altair as alt

    rule = alt.MarkDef(type="rule", color=QUIET, strokeWidth=1, strokeDash=[4, 3])
    (aim, aim_words), (now, now_words) = axes.aim, axes.planned
    rules = [{"x": 0, "x2": most, "y": aim, "y2": aim}, {"x": now, "x2": now, "y": 0, "y2": 1}]
    ends = {"x2": alt.X2(field="x2"), "y2": alt.Y2(field="y2")}
    planned: Literal["left", "right"] = "right" if now > most / 2 else "left"
    return [
        *(_layer(rule, [values], x=_field("X"), y=_field("Y"), **ends) for values in rules),
        _words_layer([{"x": 0, "y": aim, "text": aim_words}], side="left", room=4, above=7),
        _words_layer([{"x": now, "y": 1.0, "text": now_words}], side=planned, room=0, above=7),
    ]


def _words_layer(
    values: list[dict[str, Any]], *, side: Literal["left", "right"], room: int, above: int
) -> Any:  # noqa: ANN401
    """Return words that begin, or end, at their place."""
    import altair as alt

    mark = alt.MarkDef(
        type="text", align=side, baseline="middle", dx=room, dy=-above, fontSize=12.5, color=INK
    )
    return _layer(mark, values, x=_field("X"), y=_field("Y"), text=alt.Text(field="text", type="nominal"))


def _style() -> dict[str, Any]:
    """Return fonts and lines."""
    axis = {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": 400,
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": GRID,
        "domainColor": QUIET,
        "tickColor": QUIET,
        "labelOverlap": True,
    }
    return {
        "aria": False,
        "font": FONT,
        "background": "white",
        "view": {"stroke": None},
        "axis": axis,
    }


def _svg(specification: dict[str, Any], layout: _Layout, *, alt: str, language: Language) -> str:
    """Return the SVG of a specification as an image with a text alternative."""
    import vl_convert

    decimal, thousands = (",", ".") if language == "nl" else (".", ",")
    locale = {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]}
    svg = vl_convert.vegalite_to_svg(specification, allowed_base_urls=[], format_locale=locale)
    svg = _TAG.sub(lambda tag: _OTHER_ATTRIBUTE.sub("", tag[0]), svg)
    opening = f'<svg role="img" aria-label="{escape(alt)}" style="max-width:{layout.width}px" '
    return opening + svg.removeprefix("<svg ")
