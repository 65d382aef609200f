"""The half-yearly progress report, made of the files that stand and of the live journal; it tests nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from opmaat.core.errors import Issue, UsageError
from opmaat.core.month import Month
from opmaat.evaluate.trial import course_of_trial
from opmaat.panel.deliveries import FILE_NAME, FOLDER, Delivery, load_deliveries, write_deliveries
from opmaat.panel.read_trial import Trial, read_trial
from opmaat.protocol.freeze import read_frozen
from opmaat.protocol.model import Protocol
from opmaat.report.sources import Sources
from opmaat.report.write import render_report
from opmaat.web.gateway.deliveries import Known
from opmaat.web.gateway.draws import PRIVATE

__all__ = ["Progress", "month_of_study", "progress_report", "put_together"]

# An assumption, the same as that of `opmaat estimate`: what an hour of a caseworker costs.
_CENTS_AN_HOUR = 6_000
_EVENTS = "events.jsonl"
_PUBLISHED = "draw"


@dataclass(frozen=True, slots=True)
class Progress:
    """A progress report: its page, and up to and with which month of the study it goes."""

    month: int
    page: str


def month_of_study(protocol: Protocol, on: date) -> int:
    """Return how many months of a study have begun by a day; 0 before its first day.

    >>> from opmaat.web.gateway.studies import protocol_of
    >>> month_of_study(protocol_of(Path("studies/groningen-2017")), date(2018, 11, 12))
    13
    """
    if protocol.period is None:
        return 0
    return max(0, Month.of(on) - Month.of(protocol.period.first_day) + 1)


def progress_report(
    folder: Path,
    scratch: Path,
    *,
    files: Sequence[Known],
    events: Iterable[Mapping[str, Any]],
    on: date,
    month: int,
) -> Progress:
    """Return the progress report of what is known on a day.

    Parameters
    ----------
    folder, scratch
        The study's folder, and an empty one that only this process can enter, in which it is put together.
    files
        The files of benefits and wages that stand.
    events
        The events of the journal as plain values.
    month
        Up to and with which month of the study; fewer where the registers do not reach so far.

    Raises
    ------
    NotPermittedError
        When the arms may not be known yet.
    UsageError
        ``too-early`` when the registers do not know a month of the study.
    """
    put_together(folder, scratch, files, events, on=on)
    lock = read_frozen(scratch)
    trial = read_trial(lock, scratch, known_at=on)
    upto = min(month, _known_months(lock.protocol, trial))
    if upto < 1:
        problem = "No month of the study is known yet from both registers."
        raise UsageError([Issue("too-early", "progress", problem, "Deliver benefits and wages first.")])
    course = course_of_trial(lock.protocol, trial, month=upto, cents_per_hour=_CENTS_AN_HOUR)
    return Progress(upto, render_report(Sources(lock, course=course), "progress"))


def put_together(
    folder: Path, scratch: Path, files: Sequence[Known], events: Iterable[Mapping[str, Any]], *, on: date
) -> None:
    """Make a folder like that of a study: its own files, the files that stand, and the journal.

    Answers are not in it. ``scratch`` is an empty folder that only this process can enter.
    """
    for own in [*folder.glob("*.yaml"), *folder.glob("*.lock")]:
        if own.name != FILE_NAME:
            shutil.copyfile(own, scratch / own.name)
    for name in (_PUBLISHED, PRIVATE):
        if (folder / name).exists():
            (scratch / name).symlink_to(folder / name, target_is_directory=True)
    (scratch / FOLDER).mkdir(mode=0o700)
    listed = [_placed(one, scratch, place) for place, one in enumerate(files)]
    with (scratch / FOLDER / _EVENTS).open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(event) + "\n" for event in events)
    listed.append(Delivery(name="events", kind="events", delivered_on=on, file=_EVENTS))
    made_up = (folder / FILE_NAME).exists() and load_deliveries(folder).made_up
    write_deliveries(scratch, listed, made_up=made_up)


def _placed(known: Known, scratch: Path, place: int) -> Delivery:
    """Put a file among the deliveries of a folder, and return its entry in the list."""
    name = f"{place}-{known.file.name}"
    (scratch / FOLDER / name).symlink_to(known.file)
    return Delivery(
        name=name, kind=known.kind, month=str(known.month), delivered_on=known.delivered_on, file=name
    )


def _known_months(protocol: Protocol, trial: Trial) -> int:
    """Return the last month of the study that both registers know."""
    known = (trial.months.benefit_known & trial.months.wages_known).nonzero()[0]
    first = Month.of(protocol.period.first_day) if protocol.period else trial.months.first_month
    return trial.months.first_month + int(known.max()) - first + 1 if len(known) else 0
