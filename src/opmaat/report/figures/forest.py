"""The forest plot: a dot and an interval for each estimate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from opmaat.core.texts import Language
from opmaat.pages.figure import BLUE, INK, QUIET, Figure
from opmaat.pages.numbers import number
from opmaat.report.figures.image import svg_image
from opmaat.report.figures.layers import (
    Values,
    across,
    axis_factor,
    layer,
    point_layer,
    rule_layer,
    specification,
    text_layers,
    zero_layer,
)
from opmaat.report.figures.places import NARROW, WIDE, Layout, places


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
    line beside the pointwise one. Where the axis is very long or very short it counts in thousands, millions
    or thousandths, and its title says so.
    """
    factor = axis_factor(_padded(ends))
    if factor != 1:
        decimals = max(0, -round(math.log10(factor)))
        axis = [f"{axis[0]} × {number(factor, decimals, language)}", *axis[1:]]
    narrow, wide = (
        svg_image(_forest(rows, layout, axis=axis, ends=ends), width=layout.width, alt=alt, language=language)
        for layout in (NARROW, WIDE)
    )
    return Figure(title, alt, narrow, wide)


def _forest(
    rows: Sequence[ForestRow], layout: Layout, *, axis: Sequence[str], ends: tuple[float, float]
) -> dict[str, Any]:
    """Return the specification of a forest plot."""
    placed = places([(row.label, row.numbers) for row in rows], layout)
    domain = _padded(ends)
    thick = [_line(row.interval, place.mark_at, domain) for row, place in zip(rows, placed, strict=True)]
    thin = [
        _line(row.simultaneous, place.mark_at + 7, domain)
        for row, place in zip(rows, placed, strict=True)
        if row.simultaneous is not None
    ]
    drawn = [pair for pair in zip(rows, placed, strict=True) if math.isfinite(pair[0].point)]
    points = [{"x": row.point, "y": place.mark_at, "shown": row.shown} for row, place in drawn]
    layers = [
        zero_layer(placed, layout),
        rule_layer(thin, thickness=1.5, colour=QUIET),
        rule_layer(thick, thickness=4, colour=BLUE),
        *_arrow_layers([*thick, *thin]),
        point_layer([p for p in points if p["shown"]], fill=BLUE),
        point_layer([p for p in points if not p["shown"]], fill="#ffffff"),
        *text_layers(placed, layout),
    ]
    return specification(layers, layout, height=placed[-1].bottom, domain=domain, axis=axis)


def _padded(ends: tuple[float, float]) -> tuple[float, float]:
    """Return an axis that is a little longer than what it holds."""
    low, high = ends
    room = 0.05 * (high - low) or 1.0
    return low - room, high + room


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


def _arrow_layers(lines: Values) -> list[Any]:
    """Return arrow heads where an interval goes on beyond the axis."""
    import altair as alt

    heads = {
        "triangle-left": [line for line in lines if line["open_low"]],
        "triangle-right": [{**line, "x": line["x2"]} for line in lines if line["open_high"]],
    }
    return [
        layer(alt.MarkDef(type="point", shape=shape, size=70, filled=True, color=INK), ends, x=across())
        for shape, ends in heads.items()
        if ends
    ]
