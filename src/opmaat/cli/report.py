"""opmaat report: one file that a council, a ministry and a researcher can read."""

from __future__ import annotations

from pathlib import Path

import click

from opmaat.cli.estimate import results_folder
from opmaat.cli.output import Result, study_argument, verb


@verb("report")
@study_argument
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder with the estimates; default STUDY/results."
)
def command(study: Path, out: Path | None) -> Result:
    """Write report.html, in Dutch and English, beside the estimates of STUDY."""
    from opmaat.core.errors import Issue, ReceiptMismatchError
    from opmaat.protocol.freeze import read_frozen
    from opmaat.report.estimates_files import read_estimates
    from opmaat.report.write import write_report

    folder = out or results_folder(study)
    lock = read_frozen(study)
    estimates = read_estimates(folder)
    if estimates.receipt.protocol != lock.digest:
        problem = "The estimates were made from another protocol than the one that is frozen now."
        raise ReceiptMismatchError(
            [Issue("other-protocol", str(folder), problem, "Run 'opmaat estimate' again, then the report.")]
        )
    receipt = write_report(lock, estimates, folder / "report.html")
    file = str(folder / "report.html")
    return Result((f"report {file}",), {"file": file, "receipt": receipt.as_dict()})
