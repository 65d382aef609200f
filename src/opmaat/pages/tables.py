"""Tables as the template draws them: a caption, column headings and rows of ready texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading; numbers stand to the right."""

    heading: str
    kind: Literal["text", "number"] = "number"


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first cell in each row names the row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of '{self.caption}' does not have {len(self.columns)} cells")


def text_columns(*headings: str) -> tuple[Column, ...]:
    """Return columns of text.

    >>> text_columns("Arm")
    (Column(heading='Arm', kind='text'),)
    """
    return tuple(Column(heading, "text") for heading in headings)
