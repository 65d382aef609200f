"""When a wave can be answered and which reminder is due: days that follow from someone's own start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from opmaat.survey.model import Questionnaire
from opmaat.survey.schedule import Member, due, schedule, window

_ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class WaveOpen:
    """The first and the last day on which a wave can be answered."""

    first_day: date
    last_day: date

    def covers(self, day: date) -> bool:
        """Tell whether a wave can be answered on a day."""
        return self.first_day <= day <= self.last_day


def wave_opens(questionnaire: Questionnaire, wave: str, start: date) -> WaveOpen:
    """Return when someone who started on a day can answer a wave; raises KeyError for an unknown wave.

    >>> from pathlib import Path
    >>> from opmaat.web.gateway.studies import questionnaire_of
    >>> asked = questionnaire_of(Path("studies/groningen-2017"))
    >>> wave_opens(asked, "midline", date(2017, 11, 1)).covers(date(2018, 11, 2))
    True
    """
    waves = {one.name: one for one in questionnaire.waves}
    days = window(start, waves[wave])
    return WaveOpen(days.opens, days.closes)


def reminder_due(questionnaire: Questionnaire, wave: str, start: date, *, today: date) -> int:
    """Return the number of the last reminder of a wave whose day has come for who started on a day.

    0 where none has, or when the wave has closed. Nothing else about a person goes into it.
    """
    letters = schedule(questionnaire, [Member(_ANYONE, start)])
    found = due(letters, today, sent={(_ANYONE, wave, 0)}, answered=())
    return next((letter.number for letter in found if letter.wave == wave), 0)
