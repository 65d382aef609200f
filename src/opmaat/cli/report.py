"""opmaat report: files that a council, a ministry and a researcher can read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from opmaat.cli.output import PLACE, Result, study_argument, verb

if TYPE_CHECKING:
    from opmaat.report.sources import Kind, Sources

_KINDS = ("final", "progress", "interim", "summary")


@verb("report")
@study_argument
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(_KINDS),
    multiple=True,
    help="Which report; several are possible. Default: every one that can be made.",
)
@click.option("--out", type=PLACE, help="Folder with the estimates and the course; default STUDY/results.")
def command(study: Path, kinds: tuple[Kind, ...], out: Path | None) -> Result:
    """Write the reports of STUDY, in Dutch and English, beside its estimates and its course.

    final (report.html) and summary (summary.html, one page) are made from the estimates; progress
    (progress.html, for the council) and interim (interim.html) from the course of the trial, and they test
    nothing. The final report shows the course too, where there is one.
    """
    from opmaat.protocol.load import results_folder
    from opmaat.report.write import write_reports

    folder = out or results_folder(study)
    receipts = write_reports(_sources(study, folder), folder, kinds=kinds)
    files = [{"file": str(file), "receipt": receipt.as_dict()} for file, receipt in receipts.items()]
    return Result(tuple(f"report {file}" for file in receipts), {"files": files})


def _sources(study: Path, folder: Path) -> Sources:
    """Return what the reports are made from: without a course, the estimates have to be there."""
    from opmaat.core.errors import ReceiptMismatchError
    from opmaat.protocol.freeze import read_frozen
    from opmaat.report.course.files import KIND as COURSE
    from opmaat.report.course.files import read_course
    from opmaat.report.estimates_files import FILE_NAME, changed_files, read_estimates
    from opmaat.report.sources import Sources

    lock = read_frozen(study)
    course = read_course(folder) if COURSE.file(folder).is_file() else None
    if course is not None and not (folder / FILE_NAME).is_file():
        return Sources(lock, course=course)
    estimates = read_estimates(folder)
    changed = changed_files(estimates, folder)
    if changed:
        raise ReceiptMismatchError(changed)
    return Sources(lock, estimates, course)
