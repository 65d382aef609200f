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
    """Return the norm of every household, with holiday allowance, in cents, (months, households)."""
    facts = _facts(people, setting.first_month, setting.months)
    return np.stack([month_norm(facts.row(month)) for month in range(setting.months)])


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
        people,
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


def _facts(people: People, first_month: Month, months: int, **columns: Any) -> HouseholdMonths:  # noqa: ANN401
    """Return what is known of the households; partners without a right do not occur."""
    ages = _ages(people, first_month, months)
    age = np.broadcast_to(ages[:, None, : people.households], (months, 1, people.households))
    both = np.repeat(age, 2, axis=1).transpose(1, 0, 2).copy()
    both[1][:, people.partners] = ages[:, people.households :]
    kind = np.where(people.kind[: people.households] == COUPLE, HouseholdKind.COUPLE, HouseholdKind.SINGLE)
    return household_months(
        first_month, months=months, households=people.households, kind=kind, age_months=both, **columns
    )


def _ages(people: People, first_month: Month, months: int) -> Ints:
    """Return completed months of age on the first of each month, (months, persons)."""
    born = people.born.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    later = people.born > people.born.astype("datetime64[M]").astype("datetime64[D]")
    column = first_month.index + np.arange(months)[:, None]
    found: Ints = column - born - later
    return found
