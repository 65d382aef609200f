"""What a trial gives that was read from its folder: its course, and after its last month the estimates."""

from __future__ import annotations

import numpy as np

from opmaat.evaluate.course import Course
from opmaat.evaluate.describe_course import Facts, describe_course
from opmaat.evaluate.describe_draw import describe_draw
from opmaat.evaluate.estimate import Progress, estimate
from opmaat.evaluate.integrity import Integrity
from opmaat.evaluate.model import Estimates
from opmaat.panel.read_trial import Begun, Trial, end_of
from opmaat.panel.trial import build_trial_panel
from opmaat.protocol.model import Protocol


def last_month(protocol: Protocol) -> int:
    """Return the last month of the trial that an estimand asks for; nothing is estimated before it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> last_month(load_protocol(Path("studies/groningen-2017")))
    24
    """
    return max(estimand.month or 1 for estimand in protocol.estimands)


def months_of_all(trial: Trial) -> int:
    """Return how many months of the trial registers know of everybody: those of who began last.

    A month is known when benefits and wages of it were delivered. Of a later round, or with rolling intake,
    fewer months are known than of who began first; before the last of :func:`last_month` is known of all,
    nothing is estimated.
    """
    known = np.flatnonzero(trial.months.benefit_known & trial.months.wages_known)
    if not len(known):
        return 0
    latest = trial.months.first_month.index + int(known[-1])
    return max(0, latest - int(trial.enrolment.start_month.max()) + 1)


def draws_of_trial(protocol: Protocol, trial: Trial | Begun, *, month: int) -> tuple[Integrity, ...]:
    """Return the integrity of the draw of every round, which depends on no register."""
    rounds = [(one.caseload, one.allocation) for one in trial.rounds]
    return describe_draw(protocol, rounds, trial.journal, month=month)


def course_of_trial(
    protocol: Protocol,
    trial: Trial,
    *,
    month: int,
    cents_per_hour: int,
    draws: tuple[Integrity, ...] | None = None,
) -> Course:
    """Return the course of a trial up to and with a month of it, with the integrity of its draw.

    Parameters
    ----------
    draws
        What :func:`draws_of_trial` gave up to and with the month, where that was asked before.
    cents_per_hour
        What an hour of a caseworker costs, in eurocents.
    """
    facts = Facts(
        enrolment=trial.enrolment,
        months=trial.months,
        arms={row.household: row.arm for one in trial.rounds for row in one.allocation},
        journal=trial.journal,
        scores=trial.scores,
        reference=trial.reference,
        draws=draws_of_trial(protocol, trial, month=month) if draws is None else draws,
    )
    return describe_course(
        protocol, facts, month=month, known_at=end_of(trial.known_at), cents_per_hour=cents_per_hour
    )


def estimates_of_trial(protocol: Protocol, trial: Trial, *, progress: Progress | None = None) -> Estimates:
    """Answer every question of a trial that its data can answer; raises DataFileError when none can be."""
    panel = build_trial_panel(protocol, months=trial.months, scores=trial.scores, enrolment=trial.enrolment)
    return estimate(protocol, panel, progress=progress)
