"""Screening: the protocol's rules in order, each household counted under the first that applies."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.households import Households
from opmaat.core.month import Month
from opmaat.params.load import parameter
from opmaat.protocol.population import (
    CodeIs,
    CodeIsNot,
    EndsWithin,
    Exclusion,
    PensionAgeWithin,
    StartedWithin,
    YoungerThan,
)


def screen(households: Households, rules: tuple[Exclusion, ...], day: date) -> NDArray[np.int64]:
    """Return per household the place of the first rule that keeps it out, or -1 where none does.

    Parameters
    ----------
    day
        The reference date, on which the rules are judged.
    """
    found = np.full(households.count, -1, dtype=np.int64)
    for place, rule in enumerate(rules):
        marks = applies(rule, households.rows.values[rule.field], day)
        hit = households.any_row(marks) if rule.who == "any" else households.every_row(marks)
        found[hit & (found < 0)] = place
    return found


def applies(rule: Exclusion, values: NDArray[Any], day: date) -> NDArray[np.bool_]:
    """Tell per row whether a rule applies; a missing date or code meets no rule but ``code_is_not``.

    Examples
    --------
    >>> from opmaat.core.texts import Text
    >>> rule = YoungerThan(id="young", rule="younger_than", years=27, reason=Text("te jong", "too young"))
    >>> births = np.array(["1990-09-01", "1990-09-02", "NaT"], dtype="datetime64[D]")
    >>> applies(rule, births, date(2017, 9, 1)).tolist()
    [False, True, False]
    """
    match rule:
        case PensionAgeWithin():
            return reaches_pension_age(values, day, rule.months)
        case YoungerThan():
            return np.asarray(values > np.datetime64(shifted(day, -12 * rule.years)))
        case StartedWithin():
            return np.asarray(values > np.datetime64(shifted(day, -rule.months)))
        case EndsWithin():
            soon = np.datetime64(shifted(day, rule.months))
            return np.asarray((values >= np.datetime64(day)) & (values < soon))
        case CodeIs():
            return np.isin(values, list(rule.codes))
        case CodeIsNot():
            return ~np.isin(values, list(rule.codes))


def reaches_pension_age(births: NDArray[Any], day: date, months: int) -> NDArray[np.bool_]:
    """Tell who has the state pension age (art. 7a AOW) on some day up to and including ``months`` later.

    The age is that of the month in which it is reached, and it can rise meanwhile.

    Examples
    --------
    >>> births = np.array(["1953-05-01", "1953-05-02"], dtype="datetime64[D]")
    >>> reaches_pension_age(births, date(2017, 9, 1), 24).tolist()
    [True, False]
    """
    found = np.zeros(len(births), dtype=np.bool_)
    end = shifted(day, months)
    ages = parameter("pension_age")
    for ahead in range(months + 1):
        month = Month.of(day) + ahead
        latest = min(month.last_day, end)
        found |= births <= np.datetime64(shifted(latest, -ages.at(month).amount))
    return found


def shifted(day: date, months: int) -> date:
    """Return the same day some months on, or the last day of that month where it is shorter.

    >>> shifted(date(2018, 1, 31), 1), shifted(date(2018, 1, 31), -1)
    (datetime.date(2018, 2, 28), datetime.date(2017, 12, 31))
    """
    month = Month.of(day) + months
    return date(month.year, month.month, min(day.day, monthrange(month.year, month.month)[1]))
