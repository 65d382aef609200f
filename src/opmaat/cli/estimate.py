"""opmaat estimate: the frozen protocol and the data in, the estimates and the course of the trial out."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from opmaat.cli.output import PLACE, Result, study_argument, tell_progress, verb

if TYPE_CHECKING:
    from opmaat.evaluate.model import Estimate, Estimates, Unanswered
    from opmaat.panel.read_trial import Trial
    from opmaat.protocol.freeze import Lock
    from opmaat.protocol.model import Protocol

_DAY = click.DateTime(["%Y-%m-%d"])
_EUROS_AN_HOUR = 60


@verb("estimate")
@study_argument
@click.option("--data", type=PLACE, help="Another data file, or the folder it is in.")
@click.option("--out", type=PLACE, help="Folder to write to; default STUDY/results.")
@click.option(
    "--month",
    type=click.IntRange(min=1),
    help="Of a trial: the month up to which to describe it; default the last month that registers know.",
)
@click.option("--known-at", type=_DAY, help="Of a trial: leave out what was delivered or recorded later.")
@click.option(
    "--hour-cost",
    type=click.IntRange(min=0),
    default=_EUROS_AN_HOUR,
    show_default=True,
    help="Of a trial: euros that an hour of a caseworker costs, an assumption.",
)
def command(
    study: Path,
    data: Path | None,
    out: Path | None,
    month: int | None,
    known_at: datetime | None,
    hour_cost: int,
) -> Result:
    """Answer every question of STUDY's frozen protocol; write estimates.json, .csv and .parquet.

    With a prepared file the answers come from it. A trial is read from its deliveries, answers and events;
    its course goes to course.json, and nothing is estimated before registers know of everybody, also of a
    round that began later, the last month that the protocol asks for.
    """
    from opmaat.protocol.freeze import read_frozen
    from opmaat.protocol.load import results_folder
    from opmaat.protocol.questions import is_trial

    lock, folder = read_frozen(study), out or results_folder(study)
    if not is_trial(lock.protocol):
        return _of_file(lock, study, data, folder)
    day = None if known_at is None else known_at.date()
    return _of_trial(lock, study, folder, month=month, known_at=day, cents_per_hour=100 * hour_cost)


def _of_file(lock: Lock, study: Path, data: Path | None, folder: Path) -> Result:
    """Estimate from a prepared file."""
    from opmaat.evaluate.estimate import estimate
    from opmaat.panel.read import read_panel
    from opmaat.report.estimates_files import write_estimates

    panel = read_panel(lock.protocol, study, data)
    estimates = estimate(lock.protocol, panel, progress=tell_progress("fits"))
    files = write_estimates(estimates, folder)
    lines = (*_table(estimates), *(f"wrote {file}" for file in files))
    return Result(lines, {"files": [str(file) for file in files], **estimates.as_dict()})


def _of_trial(
    lock: Lock, study: Path, folder: Path, *, month: int | None, known_at: date | None, cents_per_hour: int
) -> Result:
    """Describe a trial, and after its last month estimate."""
    from opmaat.evaluate.trial import course_of_trial, estimates_of_trial, last_month, months_of_all
    from opmaat.panel.read_trial import read_trial
    from opmaat.report.course.files import write_course
    from opmaat.report.estimates_files import remove_stale_estimates, write_estimates

    trial = read_trial(lock, study, known_at=known_at)
    last = last_month(lock.protocol)
    upto = month or min(last, _known_month(lock.protocol, trial))
    course = course_of_trial(lock.protocol, trial, month=upto, cents_per_hour=cents_per_hour)
    told, of_all = tell_progress("fits"), months_of_all(trial)
    estimates = estimates_of_trial(lock.protocol, trial, progress=told) if min(upto, of_all) >= last else None
    files = [write_course(course, folder)]
    lines = [f"known at {trial.known_at}; described up to month {upto}", *_totals(trial)]
    content = {"course": course.as_dict()}
    if estimates is None:
        lines.append(_nothing_yet(last, min(upto, of_all)))
        gone = remove_stale_estimates(course.receipt, folder)
        lines += [f"removed {file}, which was made of other deliveries" for file in gone]
    else:
        files += write_estimates(estimates, folder)
        lines += [*_table(estimates), *_taking_up(estimates), *map(_lost, estimates.unanswered)]
        content["estimates"] = estimates.as_dict()
    lines += [f"wrote {file}" for file in files]
    return Result(tuple(lines), {"files": [str(file) for file in files], **content})


def _known_month(protocol: Protocol, trial: Trial) -> int:
    """Return the last month of the trial of which registers of benefits and wages are there; at least 1."""
    from opmaat.core.month import Month

    known = (trial.months.benefit_known & trial.months.wages_known).nonzero()[0]
    first = Month.of(protocol.period.first_day) if protocol.period else trial.months.first_month
    latest = trial.months.first_month + int(known.max()) if len(known) else first
    return max(1, latest - first + 1)


def _totals(trial: Trial) -> list[str]:
    """Return how many households each round of the draw put into each arm."""
    found = []
    for one in trial.rounds:
        named = f" of round '{one.caseload.round}'" if one.caseload.round else ""
        totals = ", ".join(f"{arm} {count}" for arm, count in one.allocation.totals().items())
        found.append(f"households drawn{named}: {totals}")
    found.append(f"persons in the registers who are in no arm or reference: {trial.unknown_persons}")
    if trial.uncounted:
        many = f"{len(trial.uncounted)} deliveries do not say how many rows they have ('rows')"
        found.append(f"{many}: one that broke off between two lines would not be noticed")
    return found


def _nothing_yet(last: int, month: int) -> str:
    """Say why nothing is estimated."""
    asked = f"no effects are estimated before month {last}, the last that the protocol asks for"
    return f"{asked}, is known of everybody; of who began last month {month} is"


def _taking_up(estimates: Estimates) -> list[str]:
    """Say what taking up is in a trial, where its effect was estimated."""
    late = [estimate for estimate in estimates.estimates if estimate.method == "late"]
    if not late:
        return []
    shares = estimates.taken_up or {}
    lines = ["taking up is having joined the trial; how much of an offer was used does not count"]
    if all(shares.get(estimate.contrast[0]) == 1 for estimate in late):
        lines.append("everybody who was drawn joined: the effects of taking up are those of the offer")
    return lines


def _lost(question: Unanswered) -> str:
    """Return a question that could not be answered as a line of text."""
    contrasts = ", ".join(" - ".join(pair) for pair in question.contrasts)
    return f"not answered: {question.analysis}, {question.estimand} ({contrasts}): {question.reason}"


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
