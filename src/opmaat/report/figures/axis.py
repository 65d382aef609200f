"""The axis below a figure of rows: its scale in pixels, its ticks and its words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opmaat.core.texts import Language
from opmaat.pages import svg
from opmaat.pages.figure import INK, QUIET
from opmaat.pages.lines import round_step
from opmaat.pages.numbers import number
from opmaat.report.figures.places import LINE, Layout, Place, wrapped

_BELOW = 36
_PIXELS_A_TICK = 60
_NEAR_EDGE = 24
_SHORT_LABELS = (0.01, 100_000)


@dataclass(frozen=True, slots=True)
class Scale:
    """Values along the axis as pixels from the left; ``domain`` are its two ends."""

    domain: tuple[float, float]
    layout: Layout

    def x(self, value: float) -> float:
        """Return where a value stands; what lies beyond an end stands at that end."""
        (low, high), (left, right) = self.domain, self.layout.marks
        inside = min(max(value, low), high)
        return left + (inside - low) / (high - low) * (right - left)


def rows_image(
    drawn: Sequence[str],
    places: Sequence[Place],
    scale: Scale,
    *,
    words: Sequence[str],
    alt: str,
    language: Language,
    behind: Sequence[str] = (),
) -> str:
    """Return rows of labels and numbers with what is drawn between them, on their axis, as one image.

    ``words`` are those of the axis; they say so when it counts in thousands or thousandths. What is
    ``behind`` stands below the line at no difference.
    """
    bottom, layout = places[-1].bottom, scale.layout
    factor = axis_factor(scale.domain)
    if factor != 1:
        decimals = max(0, -round(math.log10(factor)))
        words = [f"{words[0]} × {number(factor, decimals, language)}", *words[1:]]
    title = wrapped(words, layout.title_letters)
    middle = (layout.marks[0] + layout.marks[1]) / 2
    parts = (
        *_ticks(scale, bottom, factor, language),
        *behind,
        *_zero(places, scale),
        *drawn,
        *_words(places, layout),
        *(
            svg.words(line, middle, bottom + _BELOW + LINE * at, anchor="middle")
            for at, line in enumerate(title)
        ),
    )
    return svg.image(parts, width=layout.width, height=bottom + _BELOW + LINE * len(title), alt=alt)


def axis_factor(domain: tuple[float, float]) -> float:
    """Return in which power of a thousand an axis counts, so that its labels stay short.

    >>> axis_factor((-0.2, 3.0)), axis_factor((0.0, 2.5e6)), axis_factor((-4e-4, 0.0))
    (1.0, 1000000.0, 1e-06)
    """
    largest = max(abs(end) for end in domain)
    if _SHORT_LABELS[0] <= largest < _SHORT_LABELS[1]:
        return 1.0
    return float(10.0 ** (3 * math.floor(math.log10(largest) / 3)))


def _ticks(scale: Scale, bottom: float, factor: float, language: Language) -> Iterator[str]:
    """Yield the line of the axis, and its ticks with their labels."""
    left, right = scale.layout.marks
    yield svg.rule([(left, bottom), (right, bottom)], colour=QUIET)
    low, high = (end / factor for end in scale.domain)
    step = round_step(high - low, max(2, (right - left) // _PIXELS_A_TICK))
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    for place in range(math.ceil(low / step), math.floor(high / step) + 1):
        x = scale.x(place * step * factor)
        if not scale.layout.stacked:
            yield svg.rule([(x, 0), (x, bottom)])
        yield svg.rule([(x, bottom), (x, bottom + 5)], colour=QUIET)
        label = number(place * step, decimals, language)
        yield svg.words(label, x, bottom + 18, anchor=_anchor(x, scale.layout.width))


def _anchor(x: float, width: int) -> svg.Anchor:
    """Return on which side of its tick a label stands, so that it keeps within the figure."""
    if x < _NEAR_EDGE:
        return "start"
    return "end" if x > width - _NEAR_EDGE else "middle"


def _zero(places: Sequence[Place], scale: Scale) -> Iterator[str]:
    """Yield the line at no difference; it does not run through words."""
    x = scale.x(0)
    spans = [(0.0, places[-1].bottom)]
    if scale.layout.stacked:
        spans = [(place.mark_at - 11, place.mark_at + 15) for place in places]
    for top, bottom in spans:
        yield svg.rule([(x, top), (x, bottom)], colour=INK, dashed=True)


def _words(places: Sequence[Place], layout: Layout) -> Iterator[str]:
    """Yield the labels and the numbers of the rows."""
    for place in places:
        for at, line in enumerate(place.label):
            yield svg.words(line, 0, place.label_at + LINE * at + 4, bold=True)
        for at, line in enumerate(place.numbers):
            yield svg.words(line, layout.numbers_at or 0, place.numbers_at + LINE * at + 4)
