"""From the deliveries of a rehearsal to its reports, by the stages that a real trial goes through."""

from __future__ import annotations

from pathlib import Path

from opmaat.evaluate.estimate import estimate
from opmaat.panel.read_trial import Trial, read_trial
from opmaat.panel.trial import build_trial_panel
from opmaat.protocol.freeze import Lock, read_frozen
from opmaat.protocol.load import results_folder
from opmaat.rehearse.play.play import Progress
from opmaat.report.estimates_files import write_estimates
from opmaat.report.sources import Sources
from opmaat.report.write import write_reports


def finish(
    folder: Path, *, with_reports: bool = True, progress: Progress = lambda _: None
) -> tuple[Path, ...]:
    """Read a rehearsal that was played to its end, estimate what was planned, and write the reports.

    Returns the files, in the folder ``results`` of the rehearsal. Raises DataFileError with everything that
    is wrong in the deliveries, or when no planned question can be answered.
    """
    lock, out = read_frozen(folder), results_folder(folder)
    trial = read_trial(lock, folder)
    progress(f"panel: {len(trial.drawn.persons)} persons, {trial.months.on_benefit.shape[1]} months")
    return _estimated(lock, trial, out, with_reports=with_reports, progress=progress)


def _estimated(
    lock: Lock, trial: Trial, out: Path, *, with_reports: bool, progress: Progress
) -> tuple[Path, ...]:
    """Write estimates, and the reports made of them."""
    panel = build_trial_panel(
        lock.protocol, months=trial.months, scores=trial.scores, enrolment=trial.enrolment
    )
    estimates = estimate(lock.protocol, panel)
    files = write_estimates(estimates, out)
    progress(f"estimates: {len(estimates.estimates)}")
    if not with_reports:
        return files
    written = write_reports(Sources(lock, estimates), out)
    progress(f"reports: {', '.join(file.name for file in written)}")
    return (*files, *written)
