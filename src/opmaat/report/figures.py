"""Figures as SVG, drawn with Altair: rows with their label and numbers beside an interval.

Each is drawn twice, for a narrow and for a wide screen, so that its letters keep their size. Meaning never
rests on colour: a filled dot, an open dot, a thick line and a thin line also differ in black and white.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from opmaat.core.texts import Language
from opmaat.report.numbers import number
from opmaat.report.svg import svg_image

INK, QUIET, BLUE, BAND, GRID = "#1a1a1a", "#555555", "#00518f", "#e8ebee", "#d9dde1"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
_LINE = 17
_AXIS_HEIGHT = 36
SMALL_DIFFERENCE = 0.1
_SHORT_LABELS = (0.01, 100_000)

Values = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure for two widths of screen, with the text that says the same."""

    title: str
    alt: str
    narrow: str
    wide: str


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One estimate, in the unit of the axis; an interval without a bound is infinite there."""

    label: str
    numbers: tuple[str, ...]
    point: float
    interval: tuple[float, float]
    simultaneous: tuple[float, float] | None
    shown: bool


@dataclass(frozen=True, slots=True)
class BalanceDot:
    """The standardised difference of one covariate in one arm."""

    row: str
    arm: str
    difference: float
    words: str

    @property
    def large(self) -> bool:
        """Whether the difference lies outside the band."""
        return abs(self.difference) > SMALL_DIFFERENCE


@dataclass(frozen=True, slots=True)
class _Layout:
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
class _Place:
    """The lines of a row's label and numbers, and where they and the marks are, from the top."""

    label: tuple[str, ...]
    numbers: tuple[str, ...]
    label_at: float
    numbers_at: float
    mark_at: float
    bottom: float


_NARROW = _Layout(width=328, marks=(10, 318), label_letters=40, number_letters=46, numbers_at=None)
_WIDE = _Layout(width=760, marks=(262, 530), label_letters=33, number_letters=30, numbers_at=546)


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
    line beside the pointwise one. Where the axis is very long or very short it counts in thousands, millions
    or thousandths, and its title says so.
    """
    factor = _axis_factor(_padded(ends))
    if factor != 1:
        decimals = max(0, -round(math.log10(factor)))
        axis = [f"{axis[0]} × {number(factor, decimals, language)}", *axis[1:]]
    narrow, wide = (
        svg_image(_forest(rows, layout, axis=axis, ends=ends), width=layout.width, alt=alt, language=language)
        for layout in (_NARROW, _WIDE)
    )
    return Figure(title, alt, narrow, wide)


def balance_figure(
    dots: Sequence[BalanceDot], *, title: str, axis: Sequence[str], alt: str, language: Language
) -> Figure:
    """Return a dot plot of standardised differences; those outside the band are said in words."""
    narrow, wide = (
        svg_image(_balance(dots, layout, axis=axis), width=layout.width, alt=alt, language=language)
        for layout in (_NARROW, _WIDE)
    )
    return Figure(title, alt, narrow, wide)


def _forest(
    rows: Sequence[ForestRow], layout: _Layout, *, axis: Sequence[str], ends: tuple[float, float]
) -> dict[str, Any]:
    """Return the specification of a forest plot."""
    places = _places([(row.label, row.numbers) for row in rows], layout)
    domain = _padded(ends)
    thick = [_line(row.interval, place.mark_at, domain) for row, place in zip(rows, places, strict=True)]
    thin = [
        _line(row.simultaneous, place.mark_at + 7, domain)
        for row, place in zip(rows, places, strict=True)
        if row.simultaneous is not None
    ]
    drawn = [pair for pair in zip(rows, places, strict=True) if math.isfinite(pair[0].point)]
    points = [{"x": row.point, "y": place.mark_at, "shown": row.shown} for row, place in drawn]
    layers = [
        _zero_layer(places, layout),
        _rule_layer(thin, thickness=1.5, colour=QUIET),
        _rule_layer(thick, thickness=4, colour=BLUE),
        *_arrow_layers([*thick, *thin]),
        _point_layer([p for p in points if p["shown"]], fill=BLUE),
        _point_layer([p for p in points if not p["shown"]], fill="#ffffff"),
        *_text_layers(places, layout),
    ]
    return _chart(layers, layout, height=places[-1].bottom, domain=domain, axis=axis)


def _balance(dots: Sequence[BalanceDot], layout: _Layout, *, axis: Sequence[str]) -> dict[str, Any]:
    """Return the specification of a dot plot."""
    names = list(dict.fromkeys(dot.row for dot in dots))
    told = [(name, tuple(dot.words for dot in dots if dot.row == name and dot.large)) for name in names]
    places = _places(told, layout)
    place_of = dict(zip(names, places, strict=True))
    reach = max([2 * SMALL_DIFFERENCE, *(1.08 * abs(dot.difference) for dot in dots)])
    points = [{"x": d.difference, "y": place_of[d.row].mark_at, "large": d.large} for d in dots]
    layers = [
        _band_layer(places),
        _zero_layer(places, layout),
        _point_layer([p for p in points if not p["large"]], fill="#ffffff", size=50, stroke=1.5),
        _point_layer([p for p in points if p["large"]], fill=BLUE, size=50, stroke=1.5),
        *_text_layers(places, layout),
    ]
    return _chart(layers, layout, height=places[-1].bottom, domain=(-reach, reach), axis=axis)


def _places(rows: Sequence[tuple[str, tuple[str, ...]]], layout: _Layout) -> list[_Place]:
    """Return where each row stands; what is too long for one line is broken."""
    places: list[_Place] = []
    top = 10.0
    for label, numbers in rows:
        lines = _wrapped([label], layout.label_letters)
        values = _wrapped(numbers, layout.number_letters)
        place = _stacked(lines, values, top) if layout.stacked else _beside(lines, values, top)
        places.append(place)
        top = place.bottom
    return places


def _wrapped(texts: Sequence[str], letters: int) -> tuple[str, ...]:
    """Break texts into lines of at most so many letters."""
    return tuple(line for text in texts for line in textwrap.wrap(text, letters))


def _stacked(lines: tuple[str, ...], numbers: tuple[str, ...], top: float) -> _Place:
    """Place label, numbers and marks under each other."""
    numbers_at = top + _LINE * len(lines)
    mark_at = numbers_at + _LINE * len(numbers) + 12
    return _Place(lines, numbers, top + _LINE / 2, numbers_at + _LINE / 2, mark_at, mark_at + 24)


def _beside(lines: tuple[str, ...], numbers: tuple[str, ...], top: float) -> _Place:
    """Place label, marks and numbers beside each other, on one middle line."""
    height = max(_LINE * len(lines), _LINE * len(numbers), 20) + 14
    middle = top + height / 2
    label_at = middle - _LINE * (len(lines) - 1) / 2
    numbers_at = middle - _LINE * (len(numbers) - 1) / 2
    return _Place(lines, numbers, label_at, numbers_at, middle, top + height)


def _padded(ends: tuple[float, float]) -> tuple[float, float]:
    """Return an axis that is a little longer than what it holds."""
    low, high = ends
    room = 0.05 * (high - low) or 1.0
    return low - room, high + room


def _axis_factor(domain: tuple[float, float]) -> float:
    """Return in which power of a thousand an axis counts, so that its labels stay short."""
    largest = max(abs(end) for end in domain)
    if _SHORT_LABELS[0] <= largest < _SHORT_LABELS[1]:
        return 1.0
    return float(10.0 ** (3 * math.floor(math.log10(largest) / 3)))


def _line(ends: tuple[float, float], at: float, domain: tuple[float, float]) -> dict[str, Any]:
    """Return an interval within the axis, and at which ends it goes on."""
    low, high = ends
    return {
        "x": max(low, domain[0]),
        "x2": min(high, domain[1]),
        "y": at,
        "open_low": low < domain[0],
        "open_high": high > domain[1],
    }


def _text_layers(places: Sequence[_Place], layout: _Layout) -> list[Any]:
    """Return the labels and the numbers as text."""
    labels = [
        {"text": line, "y": place.label_at + _LINE * i}
        for place in places
        for i, line in enumerate(place.label)
    ]
    numbers = [
        {"text": line, "y": place.numbers_at + _LINE * i}
        for place in places
        for i, line in enumerate(place.numbers)
    ]
    return [
        _words_layer(labels, at=0, bold=True),
        _words_layer(numbers, at=layout.numbers_at or 0, bold=False),
    ]


def _layer(mark: Any, values: Values, *, x: Any, **encodings: Any) -> Any:  # noqa: ANN401
    """Return one layer with data of its own; the vertical place is in pixels already."""
    import altair as alt

    y = alt.Y(field="y", type="quantitative")
    return alt.Chart(alt.InlineData(values=values), mark=mark).encode(x=x, y=y, **encodings)


def _across() -> Any:  # noqa: ANN401
    """Return the horizontal place, on the axis."""
    import altair as alt

    return alt.X(field="x", type="quantitative")


def _zero_layer(places: Sequence[_Place], layout: _Layout) -> Any:  # noqa: ANN401
    """Return the line at no difference; it does not run through words."""
    import altair as alt

    ends = [{"x": 0, "y": 0, "y2": places[-1].bottom}]
    if layout.stacked:
        ends = [{"x": 0, "y": place.mark_at - 11, "y2": place.mark_at + 15} for place in places]
    mark = alt.MarkDef(type="rule", color=INK, strokeWidth=1, strokeDash=[4, 3])
    return _layer(mark, ends, x=_across(), y2=alt.Y2(field="y2"))


def _band_layer(places: Sequence[_Place]) -> Any:  # noqa: ANN401
    """Return the band of small differences behind each row's dots."""
    import altair as alt

    ends = [
        {"x": -SMALL_DIFFERENCE, "x2": SMALL_DIFFERENCE, "y": place.mark_at - 11, "y2": place.mark_at + 11}
        for place in places
    ]
    mark = alt.MarkDef(type="rect", color=BAND)
    return _layer(mark, ends, x=_across(), x2=alt.X2(field="x2"), y2=alt.Y2(field="y2"))


def _rule_layer(values: Values, *, thickness: float, colour: str) -> Any:  # noqa: ANN401
    """Return intervals as lines."""
    import altair as alt

    mark = alt.MarkDef(type="rule", color=colour, strokeWidth=thickness)
    return _layer(mark, values, x=_across(), x2=alt.X2(field="x2"))


def _arrow_layers(lines: Values) -> list[Any]:
    """Return arrow heads where an interval goes on beyond the axis."""
    import altair as alt

    heads = {
        "triangle-left": [line for line in lines if line["open_low"]],
        "triangle-right": [{**line, "x": line["x2"]} for line in lines if line["open_high"]],
    }
    return [
        _layer(alt.MarkDef(type="point", shape=shape, size=70, filled=True, color=INK), ends, x=_across())
        for shape, ends in heads.items()
        if ends
    ]


def _point_layer(values: Values, *, fill: str, size: float = 90, stroke: float = 2) -> Any:  # noqa: ANN401
    """Return dots with an outline."""
    import altair as alt

    mark = alt.MarkDef(
        type="point", shape="circle", size=size, fill=fill, stroke=BLUE, strokeWidth=stroke, opacity=1
    )
    return _layer(mark, values, x=_across())


def _words_layer(values: Values, *, at: float, bold: bool) -> Any:  # noqa: ANN401
    """Return lines of text that start at one place from the left."""
    import altair as alt

    mark = alt.MarkDef(
        type="text", align="left", baseline="middle", fontSize=13, fontWeight=600 if bold else 400, color=INK
    )
    return _layer(mark, values, x=alt.value(at), text=alt.Text(field="text", type="nominal"))


def _chart(
    layers: list[Any], layout: _Layout, *, height: float, domain: tuple[float, float], axis: Sequence[str]
) -> dict[str, Any]:
    """Return the specification of layers on one axis, which runs in pixels downwards."""
    import altair as alt

    title = list(_wrapped(axis, layout.title_letters))
    shared = alt.layer(*layers).resolve_scale(x="shared", y="shared")
    shared = shared.encode(
        x=alt.X(
            scale=alt.Scale(domain=list(domain), range=list(layout.marks), nice=False, zero=False),
            axis=alt.Axis(
                title=title,
                tickCount=5,
                labelExpr=f"format(datum.value / {_axis_factor(domain)!r}, ',~f')",
                grid=not layout.stacked,
            ),
        ),
        y=alt.Y(scale=alt.Scale(domain=[0, height], range=[0, height], nice=False), axis=None),
    )
    chart = shared.properties(
        width=layout.width,
        height=height,
        padding={"left": 0, "right": 0, "top": 0, "bottom": _AXIS_HEIGHT + _LINE * len(title)},
        autosize=alt.AutoSizeParams(type="none"),
    ).configure(**_style())
    specification: dict[str, Any] = chart.to_dict(validate=False)
    return specification


def _style() -> dict[str, Any]:
    """Return fonts and lines of every figure."""
    return {
        "aria": False,
        "font": FONT,
        "background": "white",
        "view": {"stroke": None},
        "axisX": {
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": 400,
            "labelColor": INK,
            "titleColor": INK,
            "gridColor": GRID,
            "domainColor": QUIET,
            "tickColor": QUIET,
            "labelOverlap": True,
        },
    }
