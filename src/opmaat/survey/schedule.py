"""Who gets which wave when: dates in, dates out. What was sent and answered is told by the caller."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import Literal

from opmaat.core.month import Month
from opmaat.survey.model import Questionnaire, SurveyWave

_in_order = attrgetter("day", "person", "wave", "number")
_number = attrgetter("number")


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who is asked, from the own start; ``until`` is the last day on which letters may be sent.

    Leaving social assistance is no reason to stop asking: only who withdrew or died has an ``until``.
    """

    person: str
    start: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The first and the last day on which someone can answer a wave."""

    opens: date
    closes: date


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter of one wave to one person: the invitation (number 0) or a reminder (1, 2, ...).

    ``day`` is when it should be sent, ``last_day`` the last one on which the wave can be answered. The key
    stays the same however often the schedule is made, so that nothing is sent twice.
    """

    day: date
    person: str
    wave: str
    number: int
    last_day: date

    @property
    def kind(self) -> Literal["invitation", "reminder"]:
        """What the letter is."""
        return "reminder" if self.number else "invitation"

    @property
    def key(self) -> tuple[str, str, int]:
        """What makes it this letter and no other: person, wave and number."""
        return self.person, self.wave, self.number


def window(start: date, wave: SurveyWave) -> Window:
    """Return when someone who started on a day can answer a wave.

    The day of the wave is the same day of the month that many months later, or the last day of a month that
    is too short for it.

    Examples
    --------
    >>> from opmaat.survey.model import Fieldwork
    >>> wave = SurveyWave(name="midline", month=13, fieldwork=Fieldwork(opens=-7, days=28))
    >>> window(date(2017, 10, 31), wave)
    Window(opens=datetime.date(2018, 11, 23), closes=datetime.date(2018, 12, 20))
    """
    month = Month.of(start) + wave.month
    day = date(month.year, month.month, min(start.day, month.days))
    opens = day + timedelta(days=wave.fieldwork.opens)
    return Window(opens, opens + timedelta(days=wave.fieldwork.days - 1))


def schedule(questionnaire: Questionnaire, members: Iterable[Member]) -> tuple[Letter, ...]:
    """Return every letter that is to be sent, in the order of the days; none after a member's ``until``."""
    letters = (
        letter
        for member in members
        for wave in questionnaire.waves
        for letter in _letters(member, wave)
        if member.until is None or letter.day <= member.until
    )
    return tuple(sorted(letters, key=_in_order))


def due(
    letters: Iterable[Letter],
    today: date,
    *,
    sent: Collection[tuple[str, str, int]],
    answered: Collection[tuple[str, str]],
) -> tuple[Letter, ...]:
    """Return the letters to send today: at most one per person and wave, and none that was sent.

    The invitation comes first, however late; after days without sending, only the latest reminder follows.
    Nothing goes to who has answered, or when the wave has closed.

    Parameters
    ----------
    letters
        The schedule.
    sent
        Keys of the letters that were sent.
    answered
        Person and wave of every answer.
    """
    open_today: dict[tuple[str, str], list[Letter]] = {}
    for letter in letters:
        who = letter.person, letter.wave
        if letter.day <= today <= letter.last_day and who not in answered:
            open_today.setdefault(who, []).append(letter)
    latest = (_next(group, sent) for group in open_today.values())
    return tuple(sorted((letter for letter in latest if letter is not None), key=_in_order))


def _next(group: list[Letter], sent: Collection[tuple[str, str, int]]) -> Letter | None:
    """Return what to send of the letters of one person and wave whose day has come."""
    invitation, last = min(group, key=_number), max(group, key=_number)
    if invitation.key not in sent:
        return invitation
    return None if last.key in sent else last


def _letters(member: Member, wave: SurveyWave) -> Iterator[Letter]:
    """Yield the letters of one wave to one member."""
    found = window(member.start, wave)
    for number, days in enumerate((0, *wave.fieldwork.reminders)):
        day = found.opens + timedelta(days=days)
        yield Letter(day, member.person, wave.name, number, last_day=found.closes)
