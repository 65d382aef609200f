"""Write reports: self-contained HTML files, each with the same in Dutch and in English."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from opmaat.core.files import write_together
from opmaat.core.receipt import Receipt
from opmaat.core.texts import LANGUAGES
from opmaat.core.version import __version__
from opmaat.evaluate.course import Course
from opmaat.evaluate.model import Estimates
from opmaat.pages.render import render
from opmaat.protocol.freeze import Lock
from opmaat.report.course.page import CourseReport, course_report
from opmaat.report.final import FinalReport, final_report
from opmaat.report.receipts import EMPTY_BLOCK, read_receipts, with_receipts
from opmaat.report.sources import FILE_NAMES, Kind, Sources
from opmaat.report.summary import Summary, summary


def render_report(sources: Sources, kind: Kind = "final") -> str:
    """Return a report as one HTML page that needs nothing from elsewhere.

    The same sources give the same text: there is no clock and no chance in it. Raises UsageError when what
    the kind needs is not among the sources.
    """
    used = sources.for_kind(kind)
    html = render(
        "opmaat.report",
        _TEMPLATES[kind],
        languages=_in_languages(used, kind),
        version=__version__,
        seal=used.lock.seal(),
        kind=kind,
        made_up=used.made_up,
        file=FILE_NAMES[kind],
        receipts_block=EMPTY_BLOCK,
    )
    return with_receipts(html, used.receipts)[0]


def write_report(
    lock: Lock, estimates: Estimates, destination: Path, *, course: Course | None = None
) -> Receipt:
    """Write the final report to a file, whole or not at all, and return its receipt.

    The receipt names what went in, the lock among it, and the page that came out, and it follows on the
    receipt of the estimates; all stand in the file.

    Raises
    ------
    ReceiptMismatchError
        When the estimates or the course were made from another protocol than this lock's.
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
    html = render_report(Sources(lock, estimates=estimates, course=course))
    write_together({destination: html.encode()})
    return read_receipts(html)[1]


def write_reports(sources: Sources, folder: Path, *, kinds: Iterable[Kind] = ()) -> dict[Path, Receipt]:
    """Write several kinds of report into a folder, all or none, and return the receipt of each file.

    When no kind is named, every kind that can be made is written. Raises UsageError when a kind cannot be
    made, or a file cannot be written.
    """
    pages = {
        folder / FILE_NAMES[kind]: render_report(sources, kind) for kind in tuple(kinds) or sources.kinds
    }
    write_together({file: html.encode() for file, html in pages.items()})
    return {file: read_receipts(html)[1] for file, html in pages.items()}


_TEMPLATES: dict[Kind, str] = {
    "final": "report.html.j2",
    "progress": "course.html.j2",
    "interim": "course.html.j2",
    "summary": "summary.html.j2",
}


def _in_languages(sources: Sources, kind: Kind) -> list[FinalReport | Summary | CourseReport]:
    """Return what a kind of report shows, in every language."""
    estimates, course = sources.estimates, sources.course
    if kind in ("progress", "interim") and course is not None:
        return [course_report(language, sources.lock, course=course, kind=kind) for language in LANGUAGES]
    if estimates is None:
        raise ValueError(f"a {kind} report is made from estimates")
    if kind == "summary":
        return [summary(language, sources, estimates) for language in LANGUAGES]
    return [final_report(language, sources, estimates) for language in LANGUAGES]
