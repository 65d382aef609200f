"""The flow of a trial as a diagram: who was drawn on top, and a column of boxes for each arm."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from opmaat.pages import svg
from opmaat.pages.figure import INK, QUIET, Figure

_ROW, _PAD, _GAP, _BETWEEN = 17, 8, 22, 8
_ARROW = 5
_LETTER = 6.7
_INDENT = 2 * "\u00a0"
_NARROW, _WIDE = 328, 860
_MOST_BESIDE = 5


@dataclass(frozen=True, slots=True)
class FlowColumn:
    """One arm: its title, and its boxes from the top, each a few lines."""

    title: str
    boxes: tuple[tuple[str, ...], ...]


def flow_figure(top: FlowColumn, columns: Sequence[FlowColumn], *, title: str, alt: str) -> Figure:
    """Return the diagram: the arms beside each other where there is room, and else under each other.

    ``top`` is the one box above the arms.

    Examples
    --------
    >>> arm = FlowColumn("Exemption", (("Drawn: 100", "Started: 90"), ("Analysed: 100",)))
    >>> top = FlowColumn("Drawn: 100", (("Started: 90",),))
    >>> flow_figure(top, [arm], title="Flow", alt="100 drawn.").narrow.count("<rect")
    3
    """
    return Figure(
        title,
        alt,
        _drawing(top, columns, alt, width=_NARROW, beside=1),
        _drawing(top, columns, alt, width=_WIDE, beside=min(_MOST_BESIDE, max(1, len(columns)))),
    )


@dataclass(frozen=True, slots=True)
class _Box:
    """A box of lines at a place, the first few of them bold."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    bold: int

    def drawn(self) -> Iterator[str]:
        """Yield the box and its lines."""
        yield svg.box(self.x, self.y, width=self.width, height=self.height, fill="white", stroke=QUIET)
        for row, text in enumerate(self.lines):
            y = self.y + _PAD + _ROW * (row + 0.75)
            yield svg.words(text, self.x + _PAD, y, bold=row < self.bold)


def _drawing(top: FlowColumn, columns: Sequence[FlowColumn], alt: str, *, width: int, beside: int) -> str:
    """Return the diagram in one width, with so many arms beside each other."""
    first = _box(top.boxes[0], 0, 1, width=width, title=top.title)
    parts = [*first.drawn()]
    bottom = first.y + first.height
    for start in range(0, len(columns), beside):
        rows = list(_rows(columns[start : start + beside], bottom + _GAP, width=width, beside=beside))
        for row in rows:
            parts += [drawn for box in row for drawn in (*_arrow(box), *box.drawn())]
        bottom = max(box.y + box.height for row in rows for box in row)
    return svg.image(parts, width=width, height=bottom + 1, alt=alt)


def _rows(
    columns: Sequence[FlowColumn], top: float, *, width: int, beside: int
) -> Iterator[tuple[_Box, ...]]:
    """Yield the boxes row by row, all of a row as high as the highest."""
    space = (width - _BETWEEN * (beside - 1)) / beside
    for place in range(max(len(column.boxes) for column in columns)):
        row = [
            _box(
                column.boxes[place],
                number * (space + _BETWEEN),
                top,
                width=space,
                title=column.title if place == 0 else "",
            )
            for number, column in enumerate(columns)
            if place < len(column.boxes)
        ]
        height = max(box.height for box in row)
        yield tuple(replace(box, height=height) for box in row)
        top += height + _GAP


def _box(lines: Sequence[str], x: float, y: float, *, width: float, title: str) -> _Box:
    """Return a box as high as its lines need; what goes on on a next line stands a little to the right."""
    letters = int((width - 2 * _PAD) / _LETTER)
    bold = textwrap.wrap(title, letters)
    others = [part for line in lines for part in textwrap.wrap(line, letters, subsequent_indent=_INDENT)]
    height = _ROW * len(bold + others) + 2 * _PAD
    return _Box(x, y, width - 1, height, lines=(*bold, *others), bold=len(bold))


def _arrow(box: _Box) -> Iterator[str]:
    """Yield the arrow that leads to a box from above."""
    x, tip = box.x + box.width / 2, box.y
    yield svg.rule([(x, tip - _GAP), (x, tip)], colour=INK)
    yield svg.rule([(x - _ARROW, tip - _ARROW - 1), (x, tip), (x + _ARROW, tip - _ARROW - 1)], colour=INK)
