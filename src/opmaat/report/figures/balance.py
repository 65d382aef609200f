"""The dot plot of standardised differences between arms at the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from opmaat.core.texts import Language
from opmaat.pages.figure import BAND, BLUE, Figure
from opmaat.report.figures.image import svg_image
from opmaat.report.figures.layers import (
    across,
    layer,
    point_layer,
    specification,
    text_layers,
    zero_layer,
)
from opmaat.report.figures.places import NARROW, WIDE, Layout, Place, places

SMALL_DIFFERENCE = 0.1


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


def balance_figure(
    dots: Sequence[BalanceDot], *, title: str, axis: Sequence[str], alt: str, language: Language
) -> Figure:
    """Return a dot plot of standardised differences; those outside the band are said in words."""
    narrow, wide = (
        svg_image(_balance(dots, layout, axis=axis), width=layout.width, alt=alt, language=language)
        for layout in (NARROW, WIDE)
    )
    return Figure(title, alt, narrow, wide)


def _balance(dots: Sequence[BalanceDot], layout: Layout, *, axis: Sequence[str]) -> dict[str, Any]:
    """Return the specification of a dot plot."""
    names = list(dict.fromkeys(dot.row for dot in dots))
    told = [(name, tuple(dot.words for dot in dots if dot.row == name and dot.large)) for name in names]
    placed = places(told, layout)
    place_of = dict(zip(names, placed, strict=True))
    reach = max([2 * SMALL_DIFFERENCE, *(1.08 * abs(dot.difference) for dot in dots)])
    points = [{"x": d.difference, "y": place_of[d.row].mark_at, "large": d.large} for d in dots]
    layers = [
        _band_layer(placed),
        zero_layer(placed, layout),
        point_layer([p for p in points if not p["large"]], fill="#ffffff", size=50, stroke=1.5),
        point_layer([p for p in points if p["large"]], fill=BLUE, size=50, stroke=1.5),
        *text_layers(placed, layout),
    ]
    return specification(layers, layout, height=placed[-1].bottom, domain=(-reach, reach), axis=axis)


def _band_layer(places: Sequence[Place]) -> Any:  # noqa: ANN401
    """Return the band of small differences behind each row's dots."""
    import altair as alt

    ends = [
        {"x": -SMALL_DIFFERENCE, "x2": SMALL_DIFFERENCE, "y": place.mark_at - 11, "y2": place.mark_at + 11}
        for place in places
    ]
    mark = alt.MarkDef(type="rect", color=BAND)
    return layer(mark, ends, x=across(), x2=alt.X2(field="x2"), y2=alt.Y2(field="y2"))
