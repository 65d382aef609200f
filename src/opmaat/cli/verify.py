"""opmaat verify: from a report back to its estimates, protocol and data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from opmaat.cli.output import PLACE, Result, verb

if TYPE_CHECKING:
    from opmaat.core.receipt import Receipt


@verb("verify", writes=False)
@click.argument("report", type=PLACE)
@click.option(
    "--study",
    type=PLACE,
    help="The study's folder; default: where the lock is, beside the report or in the folder above it.",
)
@click.option("--data", type=PLACE, help="Another data file, or the folder it is in.")
@click.option("--recompute", is_flag=True, help="Also estimate again, and compare.")
def command(report: Path, study: Path | None, data: Path | None, recompute: bool) -> Result:
    """Check that REPORT, its estimates, the frozen protocol and the data are those of its receipts."""
    from opmaat.core.errors import Issue, ReceiptMismatchError, UsageError
    from opmaat.report.verify import study_of, walk_back

    home = study or study_of(report)
    walk = walk_back(report, home, data=data)
    if walk.issues:
        raise ReceiptMismatchError(walk.issues)
    links = list(walk.links)
    if recompute:
        if walk.estimates is None:
            problem, fix = "This report holds no estimates to compute again.", "Leave out --recompute."
            raise UsageError([Issue("nothing-to-recompute", str(report), problem, fix)])
        if _recomputed(home, data, walk.estimates) != walk.estimates.output:
            problem = "Estimating again from the same protocol and data gives other numbers."
            fix = "Use the version of Opmaat and of its dependencies that the receipts name."
            raise ReceiptMismatchError([Issue("other-numbers", str(report), problem, fix)])
        links.append("estimates: the same when computed again")
    lines = [f"same  {link}" for link in links]
    if not recompute:
        lines.append("The numbers were not computed again; --recompute does that.")
    return Result(tuple(lines), {"links": links, "recomputed": recompute})


def _recomputed(study: Path, data: Path | None, estimates: Receipt) -> str:
    """Return the digest of the estimates, computed again; those of a trial as it was known when they were."""
    from opmaat.evaluate.estimate import estimate
    from opmaat.evaluate.trial import estimates_of_trial
    from opmaat.panel.read import read_panel
    from opmaat.panel.read_trial import read_trial
    from opmaat.panel.trace import known_on
    from opmaat.protocol.freeze import read_frozen
    from opmaat.protocol.questions import is_trial

    lock = read_frozen(study)
    if is_trial(lock.protocol):
        trial = read_trial(lock, study, known_at=known_on(study, estimates.inputs))
        return estimates_of_trial(lock.protocol, trial).receipt.output
    return estimate(lock.protocol, read_panel(lock.protocol, study, data)).receipt.output
