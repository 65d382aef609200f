"""A figure: drawn for a narrow and for a wide screen, so that its letters keep their size.

Meaning never rests on colour: what differs in colour also differs in black and white.
"""

from __future__ import annotations

from dataclasses import dataclass

INK, QUIET, BLUE, BAND, GRID = "#1a1a1a", "#555555", "#00518f", "#e8ebee", "#d9dde1"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as SVG for two widths of screen, with the text that says the same."""

    title: str
    alt: str
    narrow: str
    wide: str
