"""opmaat estimate: the frozen protocol and the data in, the estimates out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from opmaat.cli.output import PLACE, Result, study_argument, tell_progress, verb

if TYPE_CHECKING:
    from opmaat.evaluate.model import Estimate, Estimates


@verb("estimate")
@study_argument
@click.option("--data", type=PLACE, help="Another data file, or the folder it is in.")
@click.option("--out", type=PLACE, help="Folder to write to; default STUDY/results.")
def command(study: Path, data: Path | None, out: Path | None) -> Result:
    """Answer every question of STUDY's frozen protocol; write estimates.json, .csv and .parquet."""
    from opmaat.evaluate.estimate import estimate
    from opmaat.panel.read import read_panel
    from opmaat.protocol.freeze import read_frozen
    from opmaat.protocol.load import results_folder
    from opmaat.report.estimates_files import write_estimates

    lock = read_frozen(study)
    panel = read_panel(lock.protocol, study, data)
    estimates = estimate(lock.protocol, panel, progress=tell_progress("fits"))
    files = write_estimates(estimates, out or results_folder(study))
    lines = (*_table(estimates), *(f"wrote {file}" for file in files))
    return Result(lines, {"files": [str(file) for file in files], **estimates.as_dict()})


def _table(estimates: Estimates) -> list[str]:
    """Return the estimates as lines of text."""
    rows = [_row(estimate) for estimate in estimates.estimates]
    head = ("analysis", "outcome", "contrast", "estimate", "std. error", "interval", "n")
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    numeric = {3, 4, 6}
    return [
        "  ".join(
            cell.rjust(width) if place in numeric else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [head, *rows]
    ]


def _row(estimate: Estimate) -> tuple[str, ...]:
    """Return one estimate as text, to six significant digits."""
    interval = estimate.interval
    month = "" if estimate.month is None else f", month {estimate.month}"
    return (
        f"{estimate.analysis} ({estimate.fit.errors})",
        f"{estimate.outcome}{month}",
        " - ".join(estimate.contrast),
        f"{estimate.point:.6g}",
        f"{estimate.std_error:.6g}",
        f"{100 * interval.confidence:g}% {interval.low:.6g} to {interval.high:.6g}",
        str(estimate.fit.n),
    )
