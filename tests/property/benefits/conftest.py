"""Random households for the properties of a settlement."""

import numpy as np
import pytest

from opmaat.benefits.household import HouseholdMonths, household_months
from opmaat.core.month import Month

NOVEMBER_2017 = Month(2017, 11)


def _random_facts(seed: int, *, households: int, months: int, first=NOVEMBER_2017, arms=2) -> HouseholdMonths:
    """Everything varies: kind, ages, housemates, institutions, partial months, earnings, arms, reductions."""
    draw = np.random.default_rng(seed)
    shape = (months, households)
    days = np.array([[(first + row).days] for row in range(months)])
    begin = np.where(draw.random(shape) < 0.05, draw.integers(1, 28, shape), 1)
    end = np.where(draw.random(shape) < 0.05, np.minimum(begin + 5, days), days)
    no_right = draw.random(shape) < 0.04
    earns = draw.random((2, *shape)) < 0.6
    child = np.where(draw.random(households) < 0.4, draw.integers(0, 17 * 12, households), -1)
    return household_months(
        first,
        months=months,
        households=households,
        kind=draw.integers(0, 3, households),
        children=child >= 0,
        youngest_child_months=child,
        age_months=draw.integers(18 * 12, 70 * 12, (2, 1, households)),
        in_institution=draw.random((2, 1, households)) < 0.03,
        cost_sharers=np.where(draw.random(households) < 0.3, draw.integers(0, 5, households), 0),
        first_day=np.where(no_right, 0, begin),
        last_day=np.where(no_right, 0, end),
        earnings_cents=np.where(earns, draw.integers(0, 180_000, (2, *shape)), 0),
        other_income_cents=np.where(draw.random(shape) < 0.1, draw.integers(0, 40_000, shape), 0),
        wealth_cents=np.where(draw.random(shape) < 0.05, draw.integers(0, 2_000_000, shape), 0),
        contributes=draw.random((2, 1, households)) < 0.85,
        medically_limited=draw.random((2, 1, households)) < 0.1,
        wage_cost_subsidy=draw.random((2, 1, households)) < 0.1,
        hours_cannot_grow=draw.random((2, 1, households)) < 0.3,
        trial=draw.integers(0, arms + 1, households) * (draw.random(households) < 0.6),
        reduction_bp=np.where(draw.random(shape) < 0.08, draw.choice([500, 3000, 10_000], shape), 0),
        set_off_claim_cents=np.where(draw.random(shape) < 0.08, draw.integers(0, 60_000, shape), 0),
    )


@pytest.fixture(scope="session")
def random_facts():
    return _random_facts
