"""The dot plot of standardised differences between arms at the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from opmaat.core.texts import Language
from opmaat.pages import svg
from opmaat.pages.figure import BAND, Figure
from opmaat.report.figures.axis import Scale, rows_image
from opmaat.report.figures.places import NARROW, WIDE, Layout, places

SMALL_DIFFERENCE = 0.1
_HALF_BAND = 11


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
    names = list(dict.fromkeys(dot.row for dot in dots))
    told = [(name, tuple(dot.words for dot in dots if dot.row == name and dot.large)) for name in names]
    reach = max([2 * SMALL_DIFFERENCE, *(1.08 * abs(dot.difference) for dot in dots)])

    def drawing(layout: Layout) -> str:
        """Return the plot in one width."""
        placed = places(told, layout)
        middle = {name: place.mark_at for name, place in zip(names, placed, strict=True)}
        scale = Scale((-reach, reach), layout)
        left, right = scale.x(-SMALL_DIFFERENCE), scale.x(SMALL_DIFFERENCE)
        bands = [
            svg.box(left, at - _HALF_BAND, width=right - left, height=2 * _HALF_BAND, fill=BAND)
            for at in middle.values()
        ]
        points = [
            svg.dot(scale.x(dot.difference), middle[dot.row], radius=4, filled=dot.large, stroke=1.5)
            for dot in dots
        ]
        return rows_image(points, placed, scale, words=axis, alt=alt, language=language, behind=bands)

    return Figure(title, alt, drawing(NARROW), drawing(WIDE))
