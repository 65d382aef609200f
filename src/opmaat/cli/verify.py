"""opmaat verify: from a report back to its estimates, protocol and data."""

from __future__ import annotations

from pathlib import Path

import click

from opmaat.cli.output import Result, verb


@verb("verify")
@click.argument("report", type=click.Path(path_type=Path))
@click.option(
    "--study",
    type=click.Path(path_type=Path),
    help="The study's folder; default: where the lock is, beside the report or in the folder above it.",
)
@click.option("--data", type=click.Path(path_type=Path), help="Another data file, or the folder it is in.")
@click.option("--recompute", is_flag=True, help="Also estimate again, and compare.")
def command(report: Path, study: Path | None, data: Path | None, recompute: bool) -> Result:
    """Check that REPORT, its estimates, the frozen protocol and the data are those of its receipts."""
    from opmaat.core.errors import Issue, ReceiptMismatchError
    from opmaat.report.verify import study_of, walk_back

    home = study or study_of(report)
    walk = walk_back(report, home, data=data)
    if walk.issues:
        raise ReceiptMismatchError(walk.issues)
    links = list(walk.links)
    if recompute:
        if _recomputed(home, data) != walk.estimates:
            problem = "Estimating again from the same protocol and data gives other numbers."
            fix = "Use the version of Opmaat and of its dependencies that the receipts name."
            raise ReceiptMismatchError([Issue("other-numbers", str(report), problem, fix)])
        links.append("estimates: the same when computed again")
    return Result(tuple(f"same  {link}" for link in links), {"links": links})


def _recomputed(study: Path, data: Path | None) -> str:
    """Return the digest of the estimates, computed again."""
    from opmaat.evaluate.estimate import estimate
    from opmaat.panel.read import read_panel
    from opmaat.protocol.freeze import read_frozen

    protocol = read_frozen(study).protocol
    return estimate(protocol, read_panel(protocol, study, data)).receipt.output
