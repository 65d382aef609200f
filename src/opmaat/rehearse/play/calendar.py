"""The days of a rehearsal: when there is a draw, when letters go out, and when somebody does something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from opmaat.core.month import Month
from opmaat.rehearse.lives.setting import Setting

_SPAN_DAYS = 56


@dataclass(frozen=True, slots=True)
class Recruiting:
    """The days before one round starts, in their order, or, after consent, the draw after signing up."""

    drawn: date
    invited: date
    signed_up: date
    told: date
    start: date


def recruiting(setting: Setting, round_: int) -> Recruiting:
    """Return the days of a round, in the eight weeks before its start; less when the list is of later.

    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> from opmaat.rehearse.lives.setting import setting
    >>> days = recruiting(setting(load_protocol(Path("tests/unit/rehearse/before"))), 0)
    >>> days.drawn < days.invited < days.signed_up < days.told < days.start
    True
    """
    start = first_day(setting, round_)
    earliest = max(start - timedelta(days=_SPAN_DAYS), setting.reference_date + timedelta(days=1))
    span = (start - earliest).days

    def at(part: float) -> date:
        return earliest + timedelta(days=round(part * span))

    if setting.joins_first:
        return Recruiting(invited=at(0.0), signed_up=at(0.25), drawn=at(0.6), told=at(0.7), start=start)
    return Recruiting(drawn=at(0.0), invited=at(0.1), signed_up=at(0.3), told=at(0.7), start=start)


def first_day(setting: Setting, round_: int) -> date:
    """Return the first day of a round."""
    period = setting.protocol.period
    if period is None:
        raise ValueError("a setting has a period")
    return period.later_rounds.get(setting.rounds[round_], period.first_day)


def day_in(setting: Setting, column: int, part: float) -> date:
    """Return a day of the month of a column, a part of the month after its first day."""
    first, days = _span(setting.first_month, column)
    return first + timedelta(days=int(part * days))


@cache
def _span(first: Month, column: int) -> tuple[date, int]:
    """Return the first day and the number of days of the month of a column."""
    month = first + column
    return month.first_day, month.days
