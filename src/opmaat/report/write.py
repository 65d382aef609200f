"""Write the report: one self-contained HTML file that says the same in Dutch and in English."""

from __future__ import annotations

from pathlib import Path

from opmaat.core.files import write_together
from opmaat.core.receipt import Receipt
from opmaat.evaluate.model import Estimates
from opmaat.protocol.freeze import Lock
from opmaat.report.page import page
from opmaat.report.receipts import read_receipts, with_receipts


def render_report(lock: Lock, estimates: Estimates) -> str:
    """Return the report as one HTML page that needs nothing from elsewhere.

    The same lock and estimates give the same text: there is no clock and no chance in it.
    """
    return with_receipts(page(lock, estimates), estimates.receipt)[0]


def write_report(lock: Lock, estimates: Estimates, destination: Path) -> Receipt:
    """Write the report to a file, whole or not at all, and return its receipt.

    The receipt names the estimates that went in and the page that came out, and it follows on the receipt
    of the estimates; both stand in the file. Raises UsageError when the file cannot be written.
    """
    html = render_report(lock, estimates)
    write_together({destination: html.encode()})
    return read_receipts(html)[1]
