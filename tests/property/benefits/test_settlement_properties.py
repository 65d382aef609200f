"""What holds for every settlement, to the cent, over random households and months."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opmaat.benefits.counters import Counters
from opmaat.benefits.disregard import TrialDisregard
from opmaat.benefits.household import HouseholdKind, HouseholdMonths, household_months
from opmaat.benefits.norm import month_norm, pro_rata
from opmaat.benefits.policy import Policy
from opmaat.benefits.settle import BLOCK_HOUSEHOLDS, Rules, Settlements, settle
from opmaat.core.month import Month

RULES = Rules(trials=(TrialDisregard(5000), TrialDisregard(5000, cap=20_200, couple_cap=14_200)))
AMOUNTS = [
    "norm_cents",
    "disregarded_cents",
    "disregard_kind",
    "counted_cents",
    "entitled",
    "reduction_cents",
    "set_off_cents",
    "reserved_cents",
    "paid_cents",
]


@pytest.mark.parametrize("first", [Month(2016, 1), Month(2017, 11), Month(2024, 1)], ids=str)
def test_money_is_conserved_while_entitled(random_facts, first):
    arms = 2 if first == Month(2017, 11) else 0
    facts = random_facts(3, households=10_000, months=12, first=first, arms=arms)
    result = settle(facts, rules=RULES)
    where = result.entitled
    outcome = (
        result.paid_cents
        + result.reserved_cents
        + result.reduction_cents
        + result.set_off_cents
        + result.counted_cents
    )
    assert where.mean() > 0.2
    np.testing.assert_array_equal(outcome[where], result.norm_cents[where])
    for name in ("paid_cents", "reserved_cents", "reduction_cents", "set_off_cents"):
        assert (getattr(result, name) >= 0).all()
        assert (getattr(result, name)[~where] == 0).all()
    assert (result.disregarded_cents <= facts.earnings_cents).all()


def test_the_order_of_households_does_not_matter(random_facts):
    facts = random_facts(5, households=BLOCK_HOUSEHOLDS + 500, months=3)
    order = np.random.default_rng(8).permutation(facts.shape[1])
    shuffled = HouseholdMonths(
        first_month=facts.first_month, **{name: column[..., order] for name, column in facts.columns()}
    )
    plain, mixed = settle(facts, rules=RULES), settle(shuffled, rules=RULES)
    for name in AMOUNTS:
        np.testing.assert_array_equal(getattr(plain, name)[..., order], getattr(mixed, name), err_msg=name)


@settings(max_examples=12, deadline=None)
@given(cut=st.integers(1, 17), seed=st.integers(0, 1000))
def test_splitting_a_stretch_of_months_is_settling_it_whole(random_facts, cut, seed):
    facts = random_facts(seed, households=200, months=18)
    whole = settle(facts, rules=RULES)
    first = settle(facts.part(0, cut), rules=RULES)
    second = settle(facts.part(cut, 18), rules=RULES, counters=first.counters)
    for name in AMOUNTS:
        joined = np.concatenate([getattr(first, name), getattr(second, name)], axis=-2)
        np.testing.assert_array_equal(joined, getattr(whole, name), err_msg=name)
    for field in fields(Counters):
        np.testing.assert_array_equal(
            getattr(second.counters, field.name), getattr(whole.counters, field.name)
        )


@given(norm=st.integers(0, 250_000), cut=st.integers(1, 30), days=st.sampled_from([28, 29, 30, 31]))
def test_the_parts_of_a_month_add_up_to_its_norm(norm, cut, days):
    """A move in mid-month: the days before and after it have a norm each."""
    cut = min(cut, days - 1)
    before = pro_rata(norm, 1, cut, days_in_month=days)
    after = pro_rata(norm, cut + 1, days, days_in_month=days)
    assert before + after == norm
    assert abs(before * days - norm * cut) * 2 <= days


def test_a_move_in_mid_month_is_the_sum_of_two_norms():
    month = Month(2018, 3)
    alone = int(month_norm(household_months(month, months=1, households=1).row(0))[0])
    shared = int(month_norm(household_months(month, months=1, households=1, cost_sharers=1).row(0))[0])
    norm = pro_rata(alone, 1, 13, days_in_month=31) + pro_rata(shared, 14, 31, days_in_month=31)
    result = settle(household_months(month, months=1, households=1, norm_cents=norm, earnings_cents=30_000))
    assert int(result.benefit_cents[0, 0]) == norm - 22_500


def ladder(**columns) -> tuple[np.ndarray, np.ndarray, Settlements]:
    """One household at every cent of earnings around the places where something happens."""
    ranges = [(0, 500), (39_000, 41_000), (80_500, 81_200), (99_000, 175_000)]
    cents = np.concatenate([np.arange(first, last) for first, last in ranges])
    facts = household_months(
        Month(2018, 3),
        months=1,
        households=cents.size,
        earnings_cents=np.stack([cents, np.zeros_like(cents)])[:, None, :],
        **columns,
    )
    result = settle(facts, rules=RULES)
    total = cents + result.benefit_cents[0] - result.reduction_cents[0]
    return cents, total, result


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"trial": 1},
        {"kind": HouseholdKind.COUPLE},
        {"kind": HouseholdKind.COUPLE, "trial": 1},
        {"cost_sharers": 2},
        {"contributes": False},
        {"age_months": 26 * 12},
        {"medically_limited": True, "trial": 1},
    ],
    ids=str,
)
def test_in_a_month_one_cent_more_never_leaves_less(columns):
    """Also where the benefit ends: the earnings are then as much as norm and disregard."""
    cents, total, result = ladder(**columns)
    assert result.entitled.any()
    assert not result.entitled.all()
    next_to = np.diff(cents) == 1
    assert (np.diff(total)[next_to] >= 0).all()


def test_over_months_the_one_exception_is_a_month_of_n_used_on_little():
    """Two cents in January use up a month of n, which July then lacks: the law makes it so (art. 31.2.n)."""

    def total(january: int) -> int:
        months = np.array([january] + [40_000] * 6)
        earnings = np.stack([months, np.zeros_like(months)])[:, :, None]
        facts = household_months(Month(2018, 1), months=7, households=1, earnings_cents=earnings)
        return int(months.sum() + settle(facts).benefit_cents.sum())

    assert total(1) == total(0)
    assert total(2) == total(0) + 1 - 10_000


def test_a_reduction_as_a_share_of_the_benefit_keeps_the_order_too():
    rules = Rules(policy=Policy(reduction_base="benefit"))
    cents = np.arange(0, 60_000)
    facts = household_months(
        Month(2018, 3),
        months=1,
        households=cents.size,
        reduction_bp=3000,
        earnings_cents=np.stack([cents, np.zeros_like(cents)])[:, None, :],
    )
    result = settle(facts, rules=rules)
    assert (np.diff(cents + result.paid_cents[0] + result.reserved_cents[0]) >= 0).all()
