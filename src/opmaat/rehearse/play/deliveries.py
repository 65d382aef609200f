"""Every delivery of a rehearsal, on its day: most in time, some late, some wrong and corrected later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from opmaat.benefits.settle import Settlements
from opmaat.caseload.layout import Layout, load_layout
from opmaat.conduct.model import Event
from opmaat.conduct.read import write_events
from opmaat.core.month import Month
from opmaat.panel.deliveries import FOLDER, WAGES, Delivery
from opmaat.rehearse.lives.lives import Lives
from opmaat.rehearse.people.chance import Chance, Purpose
from opmaat.rehearse.people.people import Flags, Ints
from opmaat.rehearse.play.benefits import RegisterWriter
from opmaat.rehearse.play.questionnaires import closes, write_answers
from opmaat.rehearse.play.wages import WageWriter
from opmaat.survey.model import Questionnaire

_IN_TIME, _LATE, _CORRECTED = timedelta(days=20), timedelta(days=47), timedelta(days=65)
_LATE_EVERY, _WRONG_EVERY, _WRONG_AFTER = 9, 11, 4
_MISSING_IN_WRONG = 0.03
_AFTER_CLOSING = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Played:
    """What deliveries are made of: lives and their settlements, the writer of the register, and names.

    ``columns`` is the number of months that are played; ``round_`` the place of each household's round.
    """

    lives: Lives
    settled: Settlements
    layout: Layout
    register: RegisterWriter
    questionnaire: Questionnaire
    persons: tuple[str, ...]
    round_: Ints
    chance: Chance
    columns: int

    @property
    def last_day(self) -> date:
        """The last day of the last month that is played."""
        return (self.lives.first_month + (self.columns - 1)).last_day


def write_registers(study: Path, played: Played) -> tuple[Delivery, ...]:
    """Write benefits, wages and answers into the folder of a study; return the deliveries with their rows."""
    folder = _folder(study)
    return (*_benefits(folder, played), *_wages(folder, played), *_answers(folder, played))


def write_journal(study: Path, events: list[Event]) -> tuple[Delivery, ...]:
    """Write events, in the order of recording, into the folder of a study; return the deliveries."""
    return tuple(_events(_folder(study), events))


def _folder(study: Path) -> Path:
    """Return the folder of deliveries, which is made where there is none."""
    folder = study / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _benefits(folder: Path, played: Played) -> Iterator[Delivery]:
    """Write the statistic of benefits of every month."""
    for column, ending, day, is_wrong in _schedule(played.lives.first_month, played.columns):
        name, paid = f"bus-{ending}", played.settled.paid_cents[column]
        file, kept = f"{name}.csv", _kept(played, column) if is_wrong else None
        rows = played.register.write_month(folder / file, played.lives, column, paid, kept=kept)
        month = str(played.lives.first_month + column)
        yield Delivery(name=name, kind="benefits", month=month, delivered_on=day, file=file, rows=rows)


def _wages(folder: Path, played: Played) -> Iterator[Delivery]:
    """Write the wages of every month."""
    first = played.lives.first_month
    layout = load_layout(WAGES.layout, folder=folder, month=first).layout
    writer = WageWriter(played.lives, layout, WAGES)
    for column, ending, day, is_wrong in _schedule(first, played.columns):
        name = f"wages-{ending}"
        file, kept = f"{name}.csv", _kept(played, column) if is_wrong else None
        rows, month = writer.write_month(folder / file, column, kept=kept), str(first + column)
        yield Delivery(name=name, kind="wages", month=month, delivered_on=day, file=file, rows=rows)


def _schedule(first: Month, columns: int) -> Iterator[tuple[int, str, date, bool]]:
    """Yield of every delivery of a register the column, the end of its name, its day, and if it is wrong."""
    for column in range(columns):
        month = first + column
        if column % _WRONG_EVERY == _WRONG_AFTER:
            yield column, str(month), month.last_day + _IN_TIME, True
            yield column, f"{month}-corrected", month.last_day + _CORRECTED, False
        else:
            late = column % _LATE_EVERY == _LATE_EVERY - 1
            yield column, str(month), month.last_day + (_LATE if late else _IN_TIME), False


def _kept(played: Played, column: int) -> Flags:
    """Return which persons a wrong delivery of a month has."""
    people = played.lives.people
    luck = played.chance.of(households=people.households, partners=len(people.partners))
    found: Flags = luck.uniform(Purpose.OTHER_FIELD, month=column + 1) >= _MISSING_IN_WRONG
    return found


def _answers(folder: Path, played: Played) -> Iterator[Delivery]:
    """Write the answers to every wave that closed; a later round is delivered with those before it."""
    rounds = range(len(played.lives.setting.rounds))
    for place, wave in enumerate(played.questionnaire.waves):
        days = {round_: closes(played.lives, wave, round_) for round_ in rounds}
        for number, day in enumerate(sorted({day for day in days.values() if day <= played.last_day})):
            name = f"answers-{wave.name}" + (f"-{number + 1}" if number else "")
            rows = write_answers(
                folder / f"{name}.csv",
                played.lives,
                played.questionnaire,
                place,
                played.chance,
                persons=played.persons,
                round_=played.round_,
                rounds=[round_ for round_ in rounds if days[round_] <= day],
            )
            yield Delivery(
                name=name,
                kind="answers",
                wave=wave.name,
                delivered_on=day + _AFTER_CLOSING,
                file=f"{name}.csv",
                rows=rows,
            )


def _events(folder: Path, events: list[Event]) -> Iterator[Delivery]:
    """Write the events that were recorded in each month; they are delivered on the first of the next."""
    for (year, number), recorded in groupby(events, key=_recorded_in):
        month, of_month = Month(year, number), list(recorded)
        name, day = f"events-{month}", (month + 1).first_day
        write_events(folder / f"{name}.jsonl", of_month)
        yield Delivery(name=name, kind="events", delivered_on=day, file=f"{name}.jsonl", rows=len(of_month))


def _recorded_in(event: Event) -> tuple[int, int]:
    return event.recorded_at.year, event.recorded_at.month


def last_delivery(first: Month, columns: int) -> date:
    """Return the day of the last delivery; events and answers of the last month come before its registers.

    >>> last_delivery(Month(2018, 1), 2)
    datetime.date(2018, 3, 20)
    """
    return max(day for _, _, day, _ in _schedule(first, columns))
