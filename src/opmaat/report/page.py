"""The page: everything the report shows, put into its template."""

from __future__ import annotations

from html import escape

from opmaat.evaluate.model import Estimates
from opmaat.protocol.freeze import Lock
from opmaat.report.receipts import EMPTY_BLOCK


def page(lock: Lock, estimates: Estimates) -> str:
    """Return the page with an empty block for the receipts."""
    rows = "".join(
        f"<tr><td>{escape(' - '.join((e.outcome, *e.contrast)))}</td><td>{e.point}</td></tr>"
        for e in estimates.estimates
    )
    title = escape(lock.protocol.title.nl)
    return (
        f'<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1><table>{rows}</table>{EMPTY_BLOCK}</body></html>\n"
    )
