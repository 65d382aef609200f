"""opmaat report: one file that a council, a ministry and a researcher can read."""

from __future__ import annotations

from pathlib import Path

import click

from opmaat.cli.output import Result, results_folder, study_argument, verb


@verb("report")
@study_argument
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder with the estimates; default STUDY/results."
)
def command(study: Path, out: Path | None) -> Result:
    """Write report.html, in Dutch and English, beside the estimates of STUDY."""
    from opmaat.protocol.freeze import read_frozen
    from opmaat.report.estimates_files import read_estimates
    from opmaat.report.write import write_report

    folder = out or results_folder(study)
    lock = read_frozen(study)
    file = folder / "report.html"
    receipt = write_report(lock, read_estimates(folder), file)
    return Result((f"report {file}",), {"file": str(file), "receipt": receipt.as_dict()})
