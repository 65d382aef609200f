"""Walk back from a report to its estimates, the frozen protocol and the data, link by link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from opmaat.core.digest import digest_file
from opmaat.core.errors import Issue, OpmaatError, ReceiptMismatchError, UsageError
from opmaat.core.receipt import Receipt
from opmaat.core.version import __version__
from opmaat.panel.read import data_path, source_name
from opmaat.protocol.freeze import FILE_NAME as LOCK_NAME
from opmaat.protocol.freeze import Lock, lock_file, read_frozen
from opmaat.protocol.load import results_folder
from opmaat.report.estimates_files import FILE_NAME, changed_files, read_estimates
from opmaat.report.receipts import SEAL_INPUT, is_as_written, read_receipts
from opmaat.report.write import render_report


@dataclass(frozen=True, slots=True)
class Walk:
    """What was found on the way back: the links that hold, and an issue for each that does not.

    ``estimates`` is the digest of the estimates that the report names.
    """

    links: tuple[str, ...]
    issues: tuple[Issue, ...]
    estimates: str


def study_of(report: Path) -> Path:
    """Return the folder with the protocol.lock: that of the report, or the one above it.

    Raises UsageError when neither has one.

    Examples
    --------
    >>> study_of(Path("studies/nsw-1975/results/report.html")).name
    'nsw-1975'
    """
    beside = report.resolve().parent
    for folder in (beside, beside.parent):
        if (folder / LOCK_NAME).is_file():
            return folder
    problem = "There is no protocol.lock beside the report, and none in the folder above it."
    raise UsageError([Issue("no-study", str(report), problem, "Give the study's folder with --study.")])


def walk_back(report: Path, study: Path, *, data: Path | None = None) -> Walk:
    """Check every link of a report's chain of receipts, and write the page again to compare.

    The numbers are not computed again; ``opmaat verify --recompute`` does that.

    Parameters
    ----------
    report
        The report; its estimates stand beside it, or in the results of the study.
    study
        The folder with the protocol and its lock.
    data
        Another data file, or the folder it is in.

    Raises
    ------
    ReceiptMismatchError
        When the report has no receipts to start from.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> import opmaat
    >>> study, results = Path("studies/nsw-1975"), Path(mkdtemp())
    >>> lock = opmaat.read_frozen(study)
    >>> estimates = opmaat.estimate(lock.protocol, opmaat.read_panel(lock.protocol, study))
    >>> files = opmaat.write_estimates(estimates, results)
    >>> receipt = opmaat.write_report(lock, estimates, results / "report.html")
    >>> walk = walk_back(results / "report.html", study)
    >>> walk.issues, walk.links[0]
    ((), 'report.html: agrees with the receipts in it')
    """
    html = _read(report)
    receipts = read_receipts(html)
    folder = _estimates_folder(report, study)
    found = [
        *_check_report(report, html, *receipts),
        *_check_estimates(folder, receipts[0]),
        *_check_study(study, receipts[0], data),
    ]
    if not any(isinstance(item, Issue) for item in found):
        found += _check_page(report, html, receipts[1], lock=read_frozen(study), folder=folder)
    links = tuple(item for item in found if isinstance(item, str))
    issues = tuple(item for item in found if isinstance(item, Issue))
    return Walk(links, issues, receipts[0].output)


def _estimates_folder(report: Path, study: Path) -> Path:
    """Return where the estimates are: beside the report, or among the results of the study."""
    beside = report.parent
    return beside if (beside / FILE_NAME).is_file() else results_folder(study)


def _read(report: Path) -> str:
    """Return the report's text."""
    try:
        return report.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        problem, fix = "The report cannot be read.", "Give the path of a report.html."
        raise ReceiptMismatchError([Issue("unreadable", str(report), problem, fix)]) from None


def _check_report(report: Path, html: str, estimates: Receipt, own: Receipt) -> Iterator[Issue | str]:
    """Check the page against its own receipt, and that receipt against the one before it."""
    name = str(report)
    if is_as_written(html):
        yield f"{report.name}: agrees with the receipts in it"
    else:
        problem = "The page was changed after it was written."
        yield Issue("changed-report", name, problem, "Write it again with 'opmaat report'.")
    if own.previous != estimates.digest() or own.inputs.get("estimates") != estimates.output:
        problem = "The report's receipt does not follow on the receipt of its estimates."
        yield Issue("broken-chain", name, problem, "Write it again with 'opmaat report'.")


def _check_page(report: Path, html: str, own: Receipt, *, lock: Lock, folder: Path) -> Iterator[Issue | str]:
    """Write the page again from its lock and estimates: no receipt makes a changed page meet that."""
    if own.inputs.get(SEAL_INPUT) != lock.seal():
        problem = "The lock is not the one that the report was written with: an amendment or a day differs."
        yield Issue("other-lock", str(report), problem, "Restore the lock, or write the report again.")
    elif own.version != __version__:
        problem = f"Opmaat {own.version} wrote the page; {__version__} cannot write it again to compare."
        yield Issue("other-version", str(report), problem, f"Verify with Opmaat {own.version}.")
    elif render_report(lock, read_estimates(folder)) != html:
        problem = "The page is not the one that follows from its lock and estimates."
        yield Issue("changed-report", str(report), problem, "Write it again with 'opmaat report'.")
    else:
        yield f"{report.name}: the same when written again from the lock and the estimates"


def _check_estimates(folder: Path, receipt: Receipt) -> Iterator[Issue | str]:
    """Check the files with the estimates."""
    try:
        estimates = read_estimates(folder)
    except OpmaatError as error:
        yield from error.issues
        return
    if estimates.receipt != receipt:
        problem = "These are not the estimates that the report was made from."
        yield Issue("other-estimates", str(folder), problem, "Write the report again with 'opmaat report'.")
        return
    issues = changed_files(estimates, folder)
    yield from issues
    if not issues:
        yield "estimates.json, .csv and .parquet: as they were written"


def _check_study(study: Path, receipt: Receipt, data: Path | None) -> Iterator[Issue | str]:
    """Check the frozen protocol and the data."""
    try:
        lock = read_frozen(study)
    except OpmaatError as error:
        yield from error.issues
        return
    if lock.digest != receipt.protocol:
        problem = f"The frozen protocol is {lock.digest}; the estimates were made from {receipt.protocol}."
        fix = "Give the study it was made from with --study, or estimate again after the amendment."
        yield Issue("other-protocol", str(lock_file(study)), problem, fix)
    else:
        yield f"{lock_file(study).name}: the frozen protocol of the estimates"
    yield from _check_data(lock, study, receipt, data)


def _check_data(lock: Lock, study: Path, receipt: Receipt, data: Path | None) -> Iterator[Issue | str]:
    """Check the data file against the digest in the receipt."""
    if lock.protocol.data is None:
        return
    spec = lock.protocol.data.file
    try:
        file = data_path(spec, study, data)
        digest = digest_file(file)
    except OpmaatError as error:
        yield from error.issues
        return
    except OSError:
        problem, fix = "The data file is not here.", "Give it with --data."
        yield Issue("no-data-file", source_name(spec), problem, fix)
        return
    expected = receipt.inputs.get(source_name(spec))
    if digest == expected:
        yield f"{source_name(spec)}: the data of the estimates"
    else:
        problem = f"The data file is {digest}; the estimates were made from {expected}."
        yield Issue("other-data", source_name(spec), problem, "Restore the file, or estimate again.")
