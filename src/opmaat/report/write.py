"""Write the report: one self-contained HTML file that says the same in Dutch and in English."""

from __future__ import annotations

from pathlib import Path

from opmaat.core.errors import Issue, ReceiptMismatchError
from opmaat.core.files import write_together
from opmaat.core.receipt import Receipt
from opmaat.evaluate.model import Estimates
from opmaat.protocol.freeze import Lock
from opmaat.report.page import page
from opmaat.report.receipts import read_receipts, with_receipts


def render_report(lock: Lock, estimates: Estimates) -> str:
    """Return the report as one HTML page that needs nothing from elsewhere.

    The same lock and estimates give the same text: there is no clock and no chance in it. Raises
    ReceiptMismatchError when the estimates were made from another protocol than this lock's.
    """
    if estimates.receipt.protocol != lock.digest:
        problem = "The estimates were made from another protocol than the one that is frozen now."
        fix = "Run 'opmaat estimate' again, then the report."
        raise ReceiptMismatchError([Issue("other-protocol", lock.protocol.id, problem, fix)])
    return with_receipts(page(lock, estimates), estimates.receipt)[0]


def write_report(lock: Lock, estimates: Estimates, destination: Path) -> Receipt:
    """Write the report to a file, whole or not at all, and return its receipt.

    The receipt names the estimates and the lock that went in and the page that came out, and it follows on
    the receipt of the estimates; both stand in the file.

    Raises
    ------
    ReceiptMismatchError
        When the estimates were made from another protocol than this lock's.
    UsageError
        When the file cannot be written.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> import opmaat
    >>> study = Path("studies/nsw-1975")
    >>> lock = opmaat.read_frozen(study)
    >>> estimates = opmaat.estimate(lock.protocol, opmaat.read_panel(lock.protocol, study))
    >>> receipt = write_report(lock, estimates, Path(mkdtemp()) / "report.html")
    >>> receipt.inputs == {"estimates": estimates.receipt.output, "seal of protocol.lock": lock.seal()}
    True
    """
    html = render_report(lock, estimates)
    write_together({destination: html.encode()})
    return read_receipts(html)[1]
