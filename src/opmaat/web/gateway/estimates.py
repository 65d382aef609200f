"""Carrying out the plan of a study: the course of all arms together, and after the planned look the rest."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from opmaat.core.digest import digest_file
from opmaat.core.errors import Issue, UsageError
from opmaat.core.files import write_together
from opmaat.core.month import Month
from opmaat.evaluate.course import ArmCourse, Course, ScoreOfWave
from opmaat.evaluate.trial import course_of_trial, estimates_of_trial, last_month, months_of_all
from opmaat.panel.deliveries import FILE_NAME as DELIVERIES
from opmaat.panel.deliveries import FOLDER, Delivery, load_deliveries, standing, write_deliveries
from opmaat.panel.read_trial import read_trial
from opmaat.protocol.freeze import read_frozen
from opmaat.report.course.files import write_course
from opmaat.report.estimates_files import write_estimates
from opmaat.report.sources import Sources
from opmaat.report.stored import json_bytes
from opmaat.report.write import write_reports
from opmaat.web.gateway.studies import questionnaire_of

__all__ = ["WRITTEN", "CarriedOut", "Sheet", "add_answers", "carry_out", "pooled"]

WRITTEN = "written.json"

# What an hour of a caseworker costs: an assumption, as in 'opmaat estimate'.
_CENTS_AN_HOUR = 6_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The answers of one adult to one wave, by item, and the day on which they were sent in."""

    person: str
    wave: str
    given_on: date
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut:
    """What came of the plan: the course of all arms together, and, with arms, the files that were written."""

    month: int
    known_at: date
    course: dict[str, Any]
    reports: tuple[str, ...]
    receipt: str


def carry_out(
    folder: Path, into: Path, *, on: date, with_arms: bool, progress: Progress | None = None
) -> CarriedOut:
    """Describe a trial as it was known on a day, and with arms estimate it as planned and write its reports.

    Without ``with_arms`` nothing that tells arms apart leaves this function, and no file is written.

    Parameters
    ----------
    folder
        A folder like that of a study, with its deliveries, answers and events.
    into
        Where files are written, with their digests in ``written.json``.

    Raises
    ------
    UsageError
        When there are no deliveries of benefits.
    OpmaatError
        With what is wrong in its protocol, draw, deliveries, events or answers.
    """
    if not any(one.kind == "benefits" for one in load_deliveries(folder).deliveries):
        problem = "There are no deliveries of benefits yet."
        fix = "Wait until benefits and wages have come."
        raise UsageError([Issue("no-deliveries-yet", folder.name, problem, fix)])
    lock = read_frozen(folder)
    trial = read_trial(lock, folder, known_at=on)
    last = last_month(lock.protocol)
    period = lock.protocol.period
    began = trial.months.first_month if period is None else Month.of(period.first_day)
    known = (trial.months.benefit_known & trial.months.wages_known).nonzero()[0]
    latest = trial.months.first_month + int(known.max()) if len(known) else began
    month = max(1, min(last, latest - began + 1))
    course = course_of_trial(lock.protocol, trial, month=month, cents_per_hour=_CENTS_AN_HOUR)
    files: tuple[Path, ...] = ()
    if with_arms:
        complete = min(month, months_of_all(trial)) >= last
        estimates = estimates_of_trial(lock.protocol, trial, progress=progress) if complete else None
        written = [write_course(course, into)]
        written += [] if estimates is None else write_estimates(estimates, into)
        files = (*written, *write_reports(Sources(lock, estimates, course), into))
        write_together({into / WRITTEN: json_bytes({file.name: digest_file(file) for file in files})})
    return CarriedOut(
        month=month,
        known_at=trial.known_at,
        course=pooled(course),
        reports=tuple(file.name for file in files),
        receipt=course.receipt.digest(),
    )


def add_answers(folder: Path, study: Path, sheets: Iterable[Sheet], *, on: date) -> None:
    """Put answers among the deliveries of a folder: of each wave the file of the study, or sheets.

    ``sheets`` are those that were sent in; of a wave that was delivered as a file they are left out.
    """
    questionnaire = questionnaire_of(folder)
    if questionnaire is None:
        return
    own = load_deliveries(study).deliveries if (study / DELIVERIES).is_file() else ()
    found = [one for one in standing(own, known_at=on) if one.kind == "answers"]
    for one in found:
        (folder / FOLDER / one.file).symlink_to(study / FOLDER / one.file)
    by_wave: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        if all(one.wave != sheet.wave for one in found):
            by_wave.setdefault(sheet.wave, []).append(sheet)
    for wave, rows in by_wave.items():
        file = f"answers-{wave}-website.csv"
        _write_answers(folder / FOLDER / file, rows, tuple(questionnaire.asked))
        found.append(Delivery(name=file, kind="answers", wave=wave, delivered_on=on, file=file))
    listed = load_deliveries(folder)
    write_deliveries(folder, [*listed.deliveries, *found], made_up=listed.made_up)


def _write_answers(file: Path, sheets: Sequence[Sheet], items: Sequence[str]) -> None:
    """Write answers as a delivery has them: a row for each adult, and a column for each item."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["person", "wave", "given_on", *items])
        for one in sheets:
            answers = [one.answers.get(name, "") for name in items]
            writer.writerow([one.person, one.wave, one.given_on.isoformat(), *answers])


def pooled(course: Course) -> dict[str, Any]:
    """Return the course of all arms together as plain values; nothing in it tells arms apart.

    ``exits`` has of each month of the trial how many persons are known, off benefit, out for work and
    working; ``scores`` the mean and standard deviation of each scale and wave.
    """
    arms = course.arms
    return {
        "month": course.month,
        "households": sum(arm.households for arm in arms),
        "persons": sum(arm.persons for arm in arms),
        "exits": [
            {
                "month": months[0].month,
                **{
                    name: sum(getattr(one, name) for one in months)
                    for name in ("known", "off_benefit", "to_work", "working")
                },
            }
            for months in zip(*(arm.exits for arm in arms), strict=True)
        ],
        "scores": _pooled_scores(arms),
        "harms": dict(sorted(sum((Counter(arm.harms) for arm in arms), Counter()).items())),
    }


def _pooled_scores(arms: Sequence[ArmCourse]) -> list[dict[str, Any]]:
    """Return the scores of all arms together, by scale and wave."""
    by_wave: dict[tuple[str, str], list[ScoreOfWave]] = {}
    for arm in arms:
        for score in arm.scores:
            by_wave.setdefault((score.scale, score.wave), []).append(score)
    return [{"scale": scale, "wave": wave, **_together(scores)} for (scale, wave), scores in by_wave.items()]


def _together(scores: Sequence[ScoreOfWave]) -> dict[str, Any]:
    """Return number, mean and standard deviation of several sets of scores as one.

    The squares around the common mean are those around each own mean and those of the own means around it.
    """
    known = [(one.n, one.mean, one.sd or 0.0) for one in scores if one.mean is not None]
    n = sum(number for number, _, _ in known)
    if not n:
        return {"n": 0, "mean": None, "sd": None}
    mean = sum(number * own for number, own, _ in known) / n
    squares = sum((number - 1) * sd**2 + number * (own - mean) ** 2 for number, own, sd in known)
    return {"n": n, "mean": mean, "sd": (squares / (n - 1)) ** 0.5 if n > 1 else None}
