"""From the deliveries of a rehearsal to its reports, by the stages that a real trial goes through."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from opmaat.core.beside import beside
from opmaat.core.collector import collector_at_rest
from opmaat.evaluate.course import Course
from opmaat.evaluate.integrity import Integrity
from opmaat.evaluate.model import Estimates
from opmaat.evaluate.trial import (
    course_of_trial,
    draws_of_trial,
    estimates_of_trial,
    last_month,
    months_of_all,
)
from opmaat.panel.read_trial import Trial, begin_trial
from opmaat.protocol.freeze import Lock, read_frozen
from opmaat.protocol.load import results_folder
from opmaat.rehearse.play.play import Progress
from opmaat.report.course.files import write_course
from opmaat.report.estimates_files import remove_stale_estimates, write_estimates
from opmaat.report.sources import Sources
from opmaat.report.write import write_reports

_CENTS_AN_HOUR = 60_00  # an assumption, which the reports tell


@collector_at_rest()
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
        The month of the trial, counted from its first round, up to which it was played. Before registers
        know of everybody the last month that the protocol asks for nothing is estimated, and the reports
        are those of the course; without it everything is made.

    Returns
    -------
    The files, in the folder ``results`` of the rehearsal.

    Raises
    ------
    DataFileError
        With everything that is wrong in the deliveries, or when no planned question can be answered.
    """
    lock, out = read_frozen(folder), results_folder(folder)
    last = last_month(lock.protocol)
    month = last if to_month is None else min(to_month, last)
    with begin_trial(lock, folder) as begun:
        draws = draws_of_trial(lock.protocol, begun, month=month)
        trial = begun.trial()
    progress(f"panel: {len(trial.months.persons)} persons, {trial.months.on_benefit.shape[1]} months")
    of_all = months_of_all(trial)
    with beside(partial(_described, lock, trial, out, month=month, draws=draws)) as described:
        estimates, of_estimates = _estimated(lock, trial, out, asked=month == last <= of_all)
        course, of_course = described()
    none_yet = f"none before month {last} of everybody; who began last is in month {min(month, of_all)}"
    progress(f"course: {month} months; estimates: {len(estimates.estimates) if estimates else none_yet}")
    if estimates is None:
        remove_stale_estimates(course.receipt, out)
    reports = write_reports(Sources(lock, estimates, course), out) if with_reports else ()
    return (of_course, *of_estimates, *reports)


def _described(
    lock: Lock, trial: Trial, out: Path, *, month: int, draws: tuple[Integrity, ...]
) -> tuple[Course, Path]:
    """Return the course of the trial, and its file."""
    course = course_of_trial(lock.protocol, trial, month=month, cents_per_hour=_CENTS_AN_HOUR, draws=draws)
    return course, write_course(course, out)


def _estimated(
    lock: Lock, trial: Trial, out: Path, *, asked: bool
) -> tuple[Estimates | None, tuple[Path, ...]]:
    """Return the estimates of what was planned and their files, where they are asked for."""
    if not asked:
        return None, ()
    estimates = estimates_of_trial(lock.protocol, trial)
    return estimates, write_estimates(estimates, out)
