"""What the law's arithmetic takes of made-up people: norms, and the settlement of every month."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.benefits.household import HouseholdKind, HouseholdMonths, household_months
from opmaat.benefits.norm import month_norm
from opmaat.benefits.settle import Rules, Settlements, settle
from opmaat.core.month import Month
from opmaat.rehearse.lives.lives import NEVER, Lives
from opmaat.rehearse.lives.setting import Setting
from opmaat.rehearse.people.people import COUPLE, Ints, People


def norms(people: People, setting: Setting) -> Ints:
    """Return the norm of every household, with holiday allowance, in cents, (months, households).

    Households of one kind whose adults are as old to the month have one norm.
    """
    kind, births = _kinds(people), _births(people)
    key = np.ravel_multi_index((kind, *births), (len(HouseholdKind), *births.max(axis=1, initial=0) + 1))
    _, example, alike = np.unique(key, return_index=True, return_inverse=True)
    facts = _facts(kind[example], births[:, example], setting.first_month, setting.months)
    norm = np.stack([month_norm(facts.row(month)) for month in range(setting.months)])
    return norm[:, alike]


def settlements(lives: Lives) -> Settlements:
    """Settle every month in which a household is on benefit, with the disregard of its arm.

    Net wages are a fixed part of gross wages, as the municipality's numbers say.
    """
    people, setting = lives.people, lives.setting
    on = people_on_benefit(lives)
    net = np.rint(setting.numbers.work.net_of_gross * lives.wage_cents).astype(np.int64).T
    earnings = np.zeros((2, lives.months, people.households), dtype=np.int64)
    earnings[0] = net[:, : people.households]
    earnings[1][:, people.partners] = net[:, people.households :]
    days = np.array([(lives.first_month + month).days for month in range(lives.months)])
    known = [place for place, one in enumerate(setting.disregards) if one is not None]
    facts = _facts(
        _kinds(people),
        _births(people),
        lives.first_month,
        lives.months,
        earnings_cents=earnings,
        first_day=on * 1,
        last_day=np.where(on, days[:, None], 0),
        trial=np.where(trial_disregard_in_force(lives), _trial_number(lives, known), 0).astype(np.int8),
    )
    return settle(facts, rules=Rules(trials=tuple(filter(None, setting.disregards))))


def people_on_benefit(lives: Lives) -> NDArray[np.bool_]:
    """Return which households have an adult on benefit, (months, households)."""
    return np.stack([lives.people.any_adult(lives.on_benefit[:, month]) for month in range(lives.months)])


def trial_disregard_in_force(lives: Lives) -> NDArray[np.bool_]:
    """Return which households have the disregard of their arm or option, (months, households)."""
    column = np.arange(lives.months)[:, None]
    arm = np.where(lives.part.option >= 0, lives.part.option, lives.arm)
    end = lives.start + lives.setting.arm_months[arm]
    stops = np.where(lives.withdrew == NEVER, end, np.minimum(lives.withdrew, end))
    granted: NDArray[np.bool_] = lives.part.took_up & (column >= lives.start) & (column < stops)
    return granted


def _trial_number(lives: Lives, known: list[int]) -> Ints:
    """Return the number of the disregard of each household's arm or option; 0 without one."""
    number = np.zeros(len(lives.setting.arms) + 1, dtype=np.int64)
    number[known] = np.arange(1, len(known) + 1)
    return number[np.where(lives.part.option >= 0, lives.part.option, lives.arm)]


def _facts(kind: Ints, births: Ints, first_month: Month, months: int, **columns: Any) -> HouseholdMonths:  # noqa: ANN401
    """Return what is known of households with these kinds and births; no partner is without a right."""
    ages = first_month.index + np.arange(months)[:, None] - births[:, None, :]
    return household_months(
        first_month, months=months, households=len(kind), kind=kind, age_months=ages, **columns
    )


def _kinds(people: People) -> Ints:
    """Return the kind of every household."""
    couple = people.kind[: people.households] == COUPLE
    return np.where(couple, HouseholdKind.COUPLE, HouseholdKind.SINGLE).astype(np.int64)


def _births(people: People) -> Ints:
    """Return the month, as index, in which age is 0 on the first, of both adults of each household.

    Shape (2, households); of who stands alone twice the own.
    """
    months = people.born.astype("datetime64[M]")
    first_of_month = people.born == months.astype("datetime64[D]")
    month = months.astype(np.int64) + 1970 * 12 + ~first_of_month
    found: Ints = np.stack([month[: people.households]] * 2)
    found[1, people.partners] = month[people.households :]
    return found
