"""The events that a municipality would have recorded of those who take part, and of the letters before.

As at a caseworker's desk, a payment of benefit is an event for a month in which somebody reported earnings;
what was paid in all other months is in the deliveries of benefits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from operator import attrgetter

import numpy as np

from opmaat.benefits.settle import Settlements
from opmaat.conduct import kinds
from opmaat.conduct.approach import rules_of
from opmaat.conduct.kinds import Payload
from opmaat.conduct.model import Event
from opmaat.core.month import Month
from opmaat.protocol.arms import ExemptionRule
from opmaat.rehearse.lives.lives import NEVER, Lives
from opmaat.rehearse.people.chance import Chance, Purpose
from opmaat.rehearse.people.people import Flags, Ints
from opmaat.rehearse.play.calendar import Recruiting, day_in, recruiting
from opmaat.survey.model import Questionnaire, SurveyWave
from opmaat.survey.schedule import window

_DAY = timedelta(days=1)
_MORNING = time(9, 0, tzinfo=UTC)
_SYSTEM, _REGISTER, _PARTICIPANT = "system:0000", "register:0b05", "participant:0000"
_PURPOSES: tuple[kinds.Purpose, ...] = ("participation", "questionnaires", "register_linking")
_WITHDRAWS_ON = 0.7
_WRONG_REASON = 0.02
_UNKNOWN_REASON = "98"
_MONTH_LATER = timedelta(days=30)
_REPORTED_AFTER, _PAID_AFTER = timedelta(days=8), timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Names:
    """The pseudonyms of households and persons, in the order of the people."""

    households: tuple[str, ...]
    persons: tuple[str, ...]


class Diary:
    """Collects the events of households, each with an id of its own that the order of the work gives."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.events: list[Event] = []

    def write(
        self,
        household: int,
        payload: Payload,
        day: date,
        *,
        person: int | None = None,
        actor: str = _SYSTEM,
        known_after: timedelta = _DAY,
        corrects: str | None = None,
    ) -> str:
        """Add an event, known some days after its own day; return its id."""
        name = self._names.households[household]
        event = Event(
            f"{name[:16]}-{len(self.events)}",
            name,
            None if person is None else self._names.persons[person],
            day,
            _morning_after(day, known_after),
            actor,
            payload,
            corrects,
        )
        self.events.append(event)
        return event.id


@cache
def _morning_after(day: date, known_after: timedelta) -> datetime:
    """Return the moment at which something of a day is recorded; there are not many days."""
    return datetime.combine(day + known_after, _MORNING)


def journal_events(
    lives: Lives,
    names: Names,
    questionnaire: Questionnaire,
    chance: Chance,
    *,
    settled: Settlements,
    invited: Flags,
    round_: Ints,
    columns: int,
) -> list[Event]:
    """Return the events of everybody who was invited, as they became known, up to and with a column.

    Parameters
    ----------
    settled
        The settlements of all households, see :func:`opmaat.rehearse.lives.benefit.settlements`.
    invited
        Which households got a letter.
    round_
        The place of each household's round.
    columns
        How many months are played.
    """
    from opmaat.rehearse.play.casework import write_contacts

    diary = Diary(names)
    days = [recruiting(lives.setting, place) for place in range(len(lives.setting.rounds))]
    letters = [[answering(wave, of_round) for wave in questionnaire.waves] for of_round in days]
    spread = chance.uniform(Purpose.LETTER, lives.people.households).tolist()
    adults = adults_of(lives)
    in_round = round_.tolist()
    for household in np.flatnonzero(invited).tolist():
        of_round = days[in_round[household]]
        _write_letters(diary, lives, household, of_round, joined=bool(lives.part.joined[household]))
        if lives.part.joined[household]:
            _write_start(diary, lives, household, adults[household], of_round)
            _write_course(diary, lives, household, adults[household], spread[household], columns)
            sent = list(zip(questionnaire.waves, letters[in_round[household]], strict=True))
            _write_waves(diary, lives, household, adults[household], sent, spread[household])
    write_contacts(diary, lives, adults, chance, columns=columns)
    for column, household in _with_earnings(lives, settled, columns):
        _write_money(diary, settled, column, household, adults[household])
    last = day_in(lives.setting, columns, 0.0)
    return sorted(
        (event for event in diary.events if event.recorded_at.date() < last),
        key=attrgetter("recorded_at", "household", "id"),
    )


def adults_of(lives: Lives) -> list[list[int]]:
    """Return the places of the adults of each household."""
    found: list[list[int]] = [[] for _ in range(lives.people.households)]
    for person, household in enumerate(lives.people.household.tolist()):
        found[household].append(person)
    return found


def _write_letters(diary: Diary, lives: Lives, household: int, days: Recruiting, *, joined: bool) -> None:
    """Write the draw and the invitation of everybody, in the order of the protocol."""
    diary.write(household, kinds.Invited(), days.invited)
    if not lives.setting.joins_first:
        diary.write(household, kinds.Drawn(), days.drawn)
    if joined:
        diary.write(household, kinds.SignedUp(), days.signed_up, actor=_PARTICIPANT)
        if lives.setting.joins_first:
            diary.write(household, kinds.Drawn(), days.drawn)


def _write_start(diary: Diary, lives: Lives, household: int, adults: list[int], days: Recruiting) -> None:
    """Write consent, the letter with the arm, the start, and the decisions that belong to the arm."""
    setting, part = lives.setting, lives.part
    for person in adults:
        for purpose in _PURPOSES:
            diary.write(
                household, kinds.Consented(purpose), days.signed_up, person=person, actor=_PARTICIPANT
            )
    arm, option = int(lives.arm[household]), int(part.option[household])
    diary.write(household, kinds.Disclosed(setting.arms[arm]), days.told)
    diary.write(household, kinds.Started(), days.start)
    if option >= 0:
        diary.write(household, kinds.Chose(setting.arms[option]), days.start, actor=_PARTICIPANT)
    if not part.took_up[household]:
        return
    rules = rules_of(setting.protocol.arms[setting.arms[option if option >= 0 else arm]])
    column = int(lives.start[household])
    if not lives.on_benefit[adults[0], column]:
        return
    last = day_in(setting, column + int(setting.arm_months[option if option >= 0 else arm]), 0.0) - _DAY
    if rules.disregard is not None:
        diary.write(household, kinds.DisregardGranted(last), days.start)
    if rules.exemption is not None:
        _write_exemptions(diary, lives, household, adults, rules.exemption, days.start, last)


def _write_exemptions(
    diary: Diary,
    lives: Lives,
    household: int,
    adults: list[int],
    rule: ExemptionRule,
    first: date,
    last: date,
) -> None:
    """Write the decisions that lift the duties of each adult."""
    for person in adults:
        if _alive(lives, person, int(lives.start[household])):
            for duty in rule.duties:
                lifted = kinds.DutyExempted(duty, "trial", last)
                diary.write(household, lifted, first, person=person)


def _alive(lives: Lives, person: int, column: int) -> bool:
    """Tell whether somebody lives and has not the pension age in a column."""
    return all(since[person] == NEVER or since[person] > column for since in (lives.died, lives.pension))


def _write_course(
    diary: Diary, lives: Lives, household: int, adults: list[int], spread: float, columns: int
) -> None:
    """Write what happens to a household on the way: leaving benefit, moving, withdrawing, dying."""
    setting = lives.setting
    for column in _changes(lives, adults, columns):
        day = day_in(setting, column, 0.0)
        if lives.on_benefit[adults, column].any():
            diary.write(household, kinds.ReEntered(), day, actor=_REGISTER)
        else:
            _write_exit(diary, lives, household, adults, day, column - 1, spread)
    if 0 <= lives.moved[household] < columns:
        diary.write(
            household, kinds.MovedAway(), day_in(setting, int(lives.moved[household]), 0.0), actor=_REGISTER
        )
    if 0 <= lives.withdrew[household] < columns:
        day = day_in(setting, int(lives.withdrew[household]), _WITHDRAWS_ON)
        diary.write(household, kinds.Withdrew(), day, actor=_PARTICIPANT)
    for person in adults:
        if 0 <= lives.died[person] < columns:
            day = day_in(setting, int(lives.died[person]), 0.0)
            diary.write(household, kinds.Died(), day, person=person, actor=_REGISTER)
        if 0 <= lives.pension[person] < columns and _lives_to(lives, person):
            day = day_in(setting, int(lives.pension[person]), 0.0)
            diary.write(household, kinds.ReachedPensionAge(), day, person=person, actor=_REGISTER)


def _lives_to(lives: Lives, person: int) -> bool:
    """Tell whether somebody lives to the pension age."""
    return bool(lives.died[person] == NEVER or lives.died[person] > lives.pension[person])


def _changes(lives: Lives, adults: list[int], columns: int) -> Iterator[int]:
    """Yield the columns in which a household's benefit begins or ends."""
    on = np.any(lives.on_benefit[adults, :columns], axis=0)
    yield from (np.flatnonzero(np.diff(on)) + 1).tolist()


def _write_exit(
    diary: Diary, lives: Lives, household: int, adults: list[int], day: date, column: int, spread: float
) -> None:
    """Write an exit with its reason; a few are first recorded as 'another cause', and corrected later."""
    codes = [int(lives.exit_code[person, column]) for person in adults]
    code = f"{next((code for code in codes if code), 98):02d}"
    first = _UNKNOWN_REASON if spread < _WRONG_REASON else code
    event = diary.write(household, kinds.Exited(first), day, actor=_REGISTER)
    if first != code:
        known_after = _MONTH_LATER
        diary.write(
            household, kinds.Exited(code), day, actor=_REGISTER, known_after=known_after, corrects=event
        )


def _with_earnings(lives: Lives, settled: Settlements, columns: int) -> Iterator[tuple[int, int]]:
    """Yield the months in which who takes part is on benefit and earns something, with the household."""
    left = [np.where(since == NEVER, columns, since) for since in (lives.withdrew, lives.moved)]
    until = np.minimum(*left)
    for column in range(int(lives.start.min()), columns):
        inside = lives.part.joined & (lives.start <= column) & (column < until)
        inside &= lives.people.any_adult(lives.on_benefit[:, column])
        earns = settled.earnings_cents[:, column].any(axis=0)
        yield from ((column, household) for household in np.flatnonzero(inside & earns).tolist())


def _write_money(diary: Diary, settled: Settlements, column: int, household: int, adults: list[int]) -> None:
    """Write what each adult reported of a month, and what the household was then paid."""
    last = (settled.first_month + column).last_day
    for adult, person in enumerate(adults):
        cents = int(settled.earnings_cents[adult, column, household])
        if cents > 0:
            earned = kinds.EarningsReported(cents)
            diary.write(
                household, earned, last, person=person, actor=_PARTICIPANT, known_after=_REPORTED_AFTER
            )
    paid = kinds.BenefitPaid(int(settled.paid_cents[column, household]))
    diary.write(household, paid, last, known_after=_PAID_AFTER)


def _write_waves(
    diary: Diary,
    lives: Lives,
    household: int,
    adults: list[int],
    letters: list[tuple[SurveyWave, tuple[date, date]]],
    spread: float,
) -> None:
    """Write to whom each wave was sent, and who answered it by the last day on which anybody does."""
    for place, (wave, (sent, latest)) in enumerate(letters):
        for person in adults:
            if not _is_asked(lives, household, person, wave.month):
                continue
            diary.write(household, kinds.WaveSent(wave.name), sent, person=person)
            if lives.answered[person, place]:
                day = answer_day(sent, latest, spread)
                diary.write(household, kinds.Answered(wave.name), day, person=person, actor=_PARTICIPANT)


def answering(wave: SurveyWave, days: Recruiting) -> tuple[date, date]:
    """Return the day on which a wave is sent, and the last on which somebody answers it.

    Everybody answers by the end of the month of the wave, after which some withdraw.
    """
    open_days = window(days.start, wave)
    sent = max(open_days.opens, days.told)
    month = Month.of(days.start) + wave.month
    return sent, max(sent, min(open_days.closes, month.last_day))


def answer_day(sent: date, latest: date, spread: float) -> date:
    """Return the day on which somebody answers, between the letter and the last day.

    >>> answer_day(date(2018, 11, 1), date(2018, 11, 28), 0.5)
    datetime.date(2018, 11, 14)
    """
    return sent + timedelta(days=int(spread * (latest - sent).days))


def _is_asked(lives: Lives, household: int, person: int, month: int) -> bool:
    """Tell whether somebody still takes part and lives after the month of a wave."""
    column = int(lives.start[household]) + month
    stays = lives.withdrew[household] == NEVER or lives.withdrew[household] > column
    return bool(stays and (lives.died[person] == NEVER or lives.died[person] > column))
