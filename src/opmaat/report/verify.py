"""Walk back from a report to what it was made from, the frozen protocol and the data, link by link."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, get_args

from opmaat.core.digest import digest_file
from opmaat.core.errors import Issue, OpmaatError, ReceiptMismatchError, UsageError
from opmaat.core.receipt import Receipt
from opmaat.core.version import __version__
from opmaat.evaluate.course import Course
from opmaat.evaluate.model import Estimates
from opmaat.panel.deliveries import Kind
from opmaat.panel.read import data_path, source_name
from opmaat.panel.trace import traced_deliveries, traced_rounds
from opmaat.protocol.freeze import FILE_NAME as LOCK_NAME
from opmaat.protocol.freeze import Lock, lock_file, read_frozen
from opmaat.protocol.load import results_folder
from opmaat.protocol.questions import is_trial
from opmaat.report.course.files import KIND as COURSE
from opmaat.report.course.files import read_course
from opmaat.report.estimates_files import KIND as ESTIMATES
from opmaat.report.estimates_files import changed_files, read_estimates
from opmaat.report.receipts import SEAL_INPUT, is_as_written, kind_of, read_receipts
from opmaat.report.sources import SourceName, Sources
from opmaat.report.stored import StoredKind, json_bytes
from opmaat.report.write import render_report

_KINDS: Mapping[SourceName, StoredKind] = {
    "estimates": ESTIMATES,
    "course": COURSE,
}
_READERS: Mapping[SourceName, Callable[[Path], Any]] = {
    "estimates": read_estimates,
    "course": read_course,
}
_DELIVERED = tuple(f"{kind}: " for kind in get_args(Kind))
_WRITE_AGAIN = "Write it again with 'opmaat report'."


@dataclass(frozen=True, slots=True)
class Walk:
    """What was found on the way back: the links that hold, and an issue for each that does not.

    ``estimates`` is the receipt of the estimates that the report names; None when it was made without.
    """

    links: tuple[str, ...]
    issues: tuple[Issue, ...]
    estimates: Receipt | None


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
        The report; what it was made from stands beside it, or in the results of the study.
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
    sources, own = read_receipts(html)
    folder = _folder_of(report, study, sources)
    found = [
        *_check_report(report, html, sources, own=own),
        *_check_sources(folder, sources),
        *(
            item
            for name, receipt in sources.items()
            for item in _check_study(study, name, receipt, data=data)
        ),
    ]
    if not any(isinstance(item, Issue) for item in found):
        found += _check_page(report, html, own, lock=read_frozen(study), folder=folder)
    each = dict.fromkeys(found)  # estimates and course were made from the same deliveries
    links = tuple(item for item in each if isinstance(item, str))
    issues = tuple(item for item in each if isinstance(item, Issue))
    return Walk(links, issues, sources.get("estimates"))


def _folder_of(report: Path, study: Path, sources: Mapping[SourceName, Receipt]) -> Path:
    """Return where the files are that the report was made from: beside it, or in the results of the study."""
    beside = report.parent
    return beside if all(_KINDS[name].file(beside).is_file() for name in sources) else results_folder(study)


def _read(report: Path) -> str:
    """Return the report's text."""
    try:
        return report.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        problem, fix = "The report cannot be read.", "Give the path of a report.html."
        raise ReceiptMismatchError([Issue("unreadable", str(report), problem, fix)]) from None


def _check_report(
    report: Path, html: str, sources: Mapping[SourceName, Receipt], *, own: Receipt
) -> Iterator[Issue | str]:
    """Check the page against its own receipt, and that receipt against those before it."""
    place = str(report)
    if is_as_written(html):
        yield f"{report.name}: agrees with the receipts in it"
    else:
        problem = "The page was changed after it was written."
        yield Issue("changed-report", place, problem, _WRITE_AGAIN)
    first = next(iter(sources.values()))
    follows = all(own.inputs.get(name) == receipt.output for name, receipt in sources.items())
    if own.previous != first.digest() or not follows:
        problem = "The report's receipt does not follow on the receipts of what it was made from."
        yield Issue("broken-chain", place, problem, _WRITE_AGAIN)


def _check_page(report: Path, html: str, own: Receipt, *, lock: Lock, folder: Path) -> Iterator[Issue | str]:
    """Write the page again from its lock and files: no receipt makes a changed page meet that."""
    if own.inputs.get(SEAL_INPUT) != lock.seal():
        problem = "The lock is not the one that the report was written with: an amendment or a day differs."
        yield Issue("other-lock", str(report), problem, "Restore the lock, or write the report again.")
    elif own.version != __version__:
        problem = f"Opmaat {own.version} wrote the page; {__version__} cannot write it again to compare."
        yield Issue("other-version", str(report), problem, f"Verify with Opmaat {own.version}.")
    elif _written_again(html, lock, folder) != html:
        problem = "The page is not the one that follows from its lock and the files it was made from."
        yield Issue("changed-report", str(report), problem, _WRITE_AGAIN)
    else:
        made_from = " and ".join(f"the {name}" for name in read_receipts(html)[0])
        yield f"{report.name}: the same when written again from the lock, {made_from}"


def _written_again(html: str, lock: Lock, folder: Path) -> str | None:
    """Return the page as it would be written now; None when there is no such kind of page."""
    names, _ = read_receipts(html)
    sources = Sources(lock, **{name: _READERS[name](folder) for name in names})
    kinds = [kind for kind in sources.kinds if kind == kind_of(html)]
    return render_report(sources, kinds[0]) if kinds else None


def _check_sources(folder: Path, receipts: Mapping[SourceName, Receipt]) -> Iterator[Issue | str]:
    """Check the files that the report was made from."""
    for name, receipt in receipts.items():
        try:
            stored = _READERS[name](folder)
        except OpmaatError as error:
            yield from error.issues
            continue
        if stored.receipt != receipt:
            problem = f"The {name} here and the {name} that the report was made from differ."
            yield Issue(f"other-{name}", str(folder), problem, "Write the report again with 'opmaat report'.")
        else:
            yield from _check_files(stored, _KINDS[name], folder)


def _check_files(stored: Estimates | Course, kind: StoredKind, folder: Path) -> Iterator[Issue | str]:
    """Check every byte of the files; those of the estimates are three."""
    if isinstance(stored, Estimates):
        issues = changed_files(stored, folder)
        yield from issues
        if not issues:
            yield "estimates.json, .csv and .parquet: as they were written"
    elif kind.file(folder).read_bytes() == json_bytes(stored.as_dict()):
        yield f"{kind.file_name}: as it was written"
    else:
        problem = "The file was changed after it was written."
        yield Issue(f"changed-{kind.what}", str(kind.file(folder)), problem, f"Run '{kind.verb}' again.")


def _check_study(
    study: Path, name: SourceName, receipt: Receipt, *, data: Path | None
) -> Iterator[Issue | str]:
    """Check the frozen protocol and the data of what the report was made from."""
    try:
        lock = read_frozen(study)
    except OpmaatError as error:
        yield from error.issues
        return
    if lock.digest != receipt.protocol:
        problem = f"The frozen protocol is {lock.digest}; the {name} was made from {receipt.protocol}."
        fix = "Give the study it was made from with --study, or make it again after the amendment."
        yield Issue("other-protocol", str(lock_file(study)), problem, fix)
    else:
        yield f"{lock_file(study).name}: the frozen protocol of the {name}"
    if is_trial(lock.protocol) and _came_in(receipt):
        yield from _check_deliveries(lock, study, receipt)
    elif name == "estimates":
        yield from _check_data(lock, study, receipt, data)


def _came_in(receipt: Receipt) -> bool:
    """Tell whether the receipt is of deliveries, and not of what a program passed on."""
    return any(name.startswith(_DELIVERED) for name in receipt.inputs)


def _check_deliveries(lock: Lock, study: Path, receipt: Receipt) -> Iterator[Issue | str]:
    """Check lists, arms and every delivery of a trial against the digests in the receipt."""
    for check in (partial(traced_deliveries, study), partial(traced_rounds, lock, study)):
        try:
            yield from check(receipt.inputs)
        except OpmaatError as error:
            yield from error.issues


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
