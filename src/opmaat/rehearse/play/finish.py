"""From the deliveries of a rehearsal to its reports, by the stages that a real trial goes through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from opmaat.evaluate.course import Course
from opmaat.evaluate.describe_course import Facts, describe_course
from opmaat.evaluate.describe_draw import describe_draw
from opmaat.evaluate.estimate import estimate
from opmaat.evaluate.model import Estimates
from opmaat.panel.read_trial import Trial, end_of, read_trial
from opmaat.panel.trial import build_trial_panel
from opmaat.protocol.freeze import Lock, read_frozen
from opmaat.protocol.load import results_folder
from opmaat.rehearse.play.play import Progress
from opmaat.report.course.files import write_course
from opmaat.report.estimates_files import write_estimates
from opmaat.report.sources import Sources
from opmaat.report.write import write_reports

_CENTS_AN_HOUR = 60_00


def finish(
    folder: Path,
    *,
    to_month: int | None = None,
    with_reports: bool = True,
    progress: Progress = lambda _: None,
) -> tuple[Path, ...]:
    """Read a rehearsal, describe its course, estimate what was planned, and write the reports.

    Parameters
    ----------
    folder
        The folder that a rehearsal was played into.
    to_month
        The month of the trial up to which it was played. Before the last month that the protocol asks for
        nothing is estimated, and the reports are those of the course; without it everything is made.

    Returns
    -------
    The files, in the folder ``results`` of the rehearsal.

    Raises
    ------
    DataFileError
        With everything that is wrong in the deliveries, or when no planned question can be answered.
    """
    lock, out = read_frozen(folder), results_folder(folder)
    trial = read_trial(lock, folder)
    progress(f"panel: {len(trial.months.persons)} persons, {trial.months.on_benefit.shape[1]} months")
    last = max(estimand.month or 1 for estimand in lock.protocol.estimands)
    month = last if to_month is None else min(to_month, last)
    course = _course(lock, trial, month)
    estimates = _estimates(lock, trial) if month == last else None
    progress(f"course: {month} months; estimates: {len(estimates.estimates) if estimates else 'none yet'}")
    return tuple(_written(lock, course, estimates, out, with_reports=with_reports))


def _course(lock: Lock, trial: Trial, month: int) -> Course:
    """Return the course of a trial with the integrity of its draw; an hour costs 60 euros, an assumption."""
    drawn = [(one.caseload, one.allocation) for one in trial.rounds]
    facts = Facts(
        enrolment=trial.enrolment,
        months=trial.months,
        arms={row.household: row.arm for one in trial.rounds for row in one.allocation},
        journal=trial.journal,
        scores=trial.scores,
        reference=trial.reference,
        draws=describe_draw(lock.protocol, drawn, trial.journal, month=month),
    )
    return describe_course(
        lock.protocol, facts, month=month, known_at=end_of(trial.known_at), cents_per_hour=_CENTS_AN_HOUR
    )


def _estimates(lock: Lock, trial: Trial) -> Estimates:
    """Answer every planned question that can be answered."""
    protocol = lock.protocol
    panel = build_trial_panel(protocol, months=trial.months, scores=trial.scores, enrolment=trial.enrolment)
    return estimate(protocol, panel)


def _written(
    lock: Lock, course: Course, estimates: Estimates | None, out: Path, *, with_reports: bool
) -> Iterator[Path]:
    """Write what was found, and yield the files."""
    yield write_course(course, out)
    if estimates is not None:
        yield from write_estimates(estimates, out)
    if with_reports:
        yield from write_reports(Sources(lock, estimates, course), out)
