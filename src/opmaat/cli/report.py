"""opmaat report: one file that a council, a ministry and a researcher can read."""

from __future__ import annotations

from pathlib import Path

import click

from opmaat.cli.output import PLACE, Result, study_argument, verb


@verb("report")
@study_argument
@click.option("--out", type=PLACE, help="Folder with the estimates; default STUDY/results.")
def command(study: Path, out: Path | None) -> Result:
    """Write report.html, in Dutch and English, beside the estimates of STUDY."""
    from opmaat.core.errors import ReceiptMismatchError
    from opmaat.protocol.freeze import read_frozen
    from opmaat.protocol.load import results_folder
    from opmaat.report.estimates_files import changed_files, read_estimates
    from opmaat.report.write import write_report

    folder = out or results_folder(study)
    lock = read_frozen(study)
    file = folder / "report.html"
    estimates = read_estimates(folder)
    changed = changed_files(estimates, folder)
    if changed:
        raise ReceiptMismatchError(changed)
    receipt = write_report(lock, estimates, file)
    return Result((f"report {file}",), {"file": str(file), "receipt": receipt.as_dict()})
