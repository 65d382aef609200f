"""Layers of a figure, made with Altair: what is drawn beside labels and numbers, on one axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from opmaat.pages.figure import BLUE, FONT, GRID, INK, QUIET
from opmaat.report.figures.places import LINE, Layout, Place, wrapped

_AXIS_HEIGHT = 36
_SHORT_LABELS = (0.01, 100_000)

Values = list[dict[str, Any]]


def axis_factor(domain: tuple[float, float]) -> float:
    """Return in which power of a thousand an axis counts, so that its labels stay short."""
    largest = max(abs(end) for end in domain)
    if _SHORT_LABELS[0] <= largest < _SHORT_LABELS[1]:
        return 1.0
    return float(10.0 ** (3 * math.floor(math.log10(largest) / 3)))


def text_layers(places: Sequence[Place], layout: Layout) -> list[Any]:
    """Return the labels and the numbers as text."""
    labels = [
        {"text": line, "y": place.label_at + LINE * i}
        for place in places
        for i, line in enumerate(place.label)
    ]
    numbers = [
        {"text": line, "y": place.numbers_at + LINE * i}
        for place in places
        for i, line in enumerate(place.numbers)
    ]
    return [
        _words_layer(labels, at=0, bold=True),
        _words_layer(numbers, at=layout.numbers_at or 0, bold=False),
    ]


def layer(mark: Any, values: Values, *, x: Any, **encodings: Any) -> Any:  # noqa: ANN401
    """Return one layer with data of its own; the vertical place is in pixels already."""
    import altair as alt

    y = alt.Y(field="y", type="quantitative")
    return alt.Chart(alt.InlineData(values=values), mark=mark).encode(x=x, y=y, **encodings)


def across() -> Any:  # noqa: ANN401
    """Return the horizontal place, on the axis."""
    import altair as alt

    return alt.X(field="x", type="quantitative")


def zero_layer(places: Sequence[Place], layout: Layout) -> Any:  # noqa: ANN401
    """Return the line at no difference; it does not run through words."""
    import altair as alt

    ends = [{"x": 0, "y": 0, "y2": places[-1].bottom}]
    if layout.stacked:
        ends = [{"x": 0, "y": place.mark_at - 11, "y2": place.mark_at + 15} for place in places]
    mark = alt.MarkDef(type="rule", color=INK, strokeWidth=1, strokeDash=[4, 3])
    return layer(mark, ends, x=across(), y2=alt.Y2(field="y2"))


def rule_layer(values: Values, *, thickness: float, colour: str) -> Any:  # noqa: ANN401
    """Return intervals as lines."""
    import altair as alt

    mark = alt.MarkDef(type="rule", color=colour, strokeWidth=thickness)
    return layer(mark, values, x=across(), x2=alt.X2(field="x2"))


def point_layer(values: Values, *, fill: str, size: float = 90, stroke: float = 2) -> Any:  # noqa: ANN401
    """Return dots with an outline."""
    import altair as alt

    mark = alt.MarkDef(
        type="point", shape="circle", size=size, fill=fill, stroke=BLUE, strokeWidth=stroke, opacity=1
    )
    return layer(mark, values, x=across())


def _words_layer(values: Values, *, at: float, bold: bool) -> Any:  # noqa: ANN401
    """Return lines of text that start at one place from the left."""
    import altair as alt

    mark = alt.MarkDef(
        type="text", align="left", baseline="middle", fontSize=13, fontWeight=600 if bold else 400, color=INK
    )
    return layer(mark, values, x=alt.value(at), text=alt.Text(field="text", type="nominal"))


def specification(
    layers: list[Any], layout: Layout, *, height: float, domain: tuple[float, float], axis: Sequence[str]
) -> dict[str, Any]:
    """Return the specification of layers on one axis, which runs in pixels downwards."""
    import altair as alt

    title = list(wrapped(axis, layout.title_letters))
    shared = alt.layer(*layers).resolve_scale(x="shared", y="shared")
    shared = shared.encode(
        x=alt.X(
            scale=alt.Scale(domain=list(domain), range=list(layout.marks), nice=False, zero=False),
            axis=alt.Axis(
                title=title,
                tickCount=5,
                labelExpr=f"format(datum.value / {axis_factor(domain)!r}, ',~f')",
                grid=not layout.stacked,
            ),
        ),
        y=alt.Y(scale=alt.Scale(domain=[0, height], range=[0, height], nice=False), axis=None),
    )
    chart = shared.properties(
        width=layout.width,
        height=height,
        padding={"left": 0, "right": 0, "top": 0, "bottom": _AXIS_HEIGHT + LINE * len(title)},
        autosize=alt.AutoSizeParams(type="none"),
    ).configure(**_style())
    plain: dict[str, Any] = chart.to_dict(validate=False)
    return plain


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
