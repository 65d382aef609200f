"""What one keeps per arm, and what a correction leaves to pay or to recover."""

import numpy as np
import pytest

from opmaat.benefits.disregard import Disregard, TrialDisregard
from opmaat.benefits.household import HouseholdKind, household_months
from opmaat.benefits.keep import Home, keep, keeps_less
from opmaat.benefits.reconcile import reconcile
from opmaat.benefits.settle import settle
from opmaat.core.errors import DataFileError, UsageError
from opmaat.core.month import Month

ARMS = {"control": None, "disregard": TrialDisregard(5000)}
MARCH = Month(2018, 3)


def test_the_next_euro_in_each_arm():
    control, arm = keep([10_000, 39_750, 90_000], ARMS, home=Home(), month=MARCH)
    assert control.next_euro_cents.tolist() == [25, 25, 0]
    assert arm.next_euro_cents.tolist() == [50, 25, 0]
    assert control.disregards == {Disregard.N}
    assert arm.disregards == {Disregard.TRIAL}


def test_the_month_in_which_n_runs_out():
    control, arm = keep([40_000], ARMS, home=Home(months_of_n_used=2), month=MARCH)
    assert control.n_runs_out == Month(2018, 7)
    assert arm.n_runs_out is None
    used_up = keep([40_000], ARMS, home=Home(months_of_n_used=6), month=MARCH)[0]
    assert used_up.n_runs_out is None
    assert used_up.disregarded_cents.tolist() == [0]


def test_n_does_not_run_out_when_the_uniform_disregard_replaces_it_first():
    control = keep([40_000], {"control": None}, home=Home(), month=Month(2026, 6))[0]
    assert control.n_runs_out == Month(2026, 12)
    assert keep([40_000], {"control": None}, home=Home(), month=Month(2026, 7))[0].n_runs_out is None


def test_where_the_benefit_ends_the_whole_next_euro_stays():
    control = keep([119_412], ARMS, home=Home(), month=MARCH)[0]
    assert control.benefit_cents.tolist() == [0]
    assert control.next_euro_cents.tolist() == [100]


def test_a_couple_with_two_earners_can_keep_less_in_the_arm():
    """142 euro together against 25% each, up to 202 each."""
    grid = np.arange(0, 120_001, 10_000)
    couple = Home(kind=HouseholdKind.COUPLE, earner_share_bp=5000)
    control, arm = keep(grid, ARMS, home=couple, month=MARCH)
    assert keeps_less(arm, control).tolist() == grid[6:].tolist()


def test_a_single_person_at_the_cap_keeps_less_in_the_arm_while_n_lasts():
    """The cap of 199 euro is fixed, while that of n rose to 202."""
    control, arm = keep([70_000, 90_000], ARMS, home=Home(), month=MARCH)
    assert keeps_less(arm, control).tolist() == [90_000]
    assert int((control.total_cents - arm.total_cents)[1]) == 300
    after, arm = keep([70_000, 90_000], ARMS, home=Home(months_of_n_used=6), month=MARCH)
    assert not keeps_less(arm, after).size


def test_a_table_needs_earnings_and_arms():
    with pytest.raises(UsageError, match="no earnings"):
        keep([], ARMS, home=Home(), month=MARCH)


def facts(earnings):
    columns = np.array([[[cents] for cents in earnings], [[0]] * len(earnings)])
    return household_months(Month(2018, 1), months=len(earnings), households=1, earnings_cents=columns)


def test_a_correction_changes_later_months_through_the_months_used():
    """Earnings in January that came to light late use up a month of n, which July then lacks."""
    before = settle(facts([0] + [40_000] * 7))
    after = settle(facts([40_000] + [40_000] * 7))
    change = reconcile(before, after)
    assert (change.to_recover_cents > 0).ravel().tolist() == [True, *[False] * 5, True, False]
    assert int(change.to_recover_cents[0, 0]) == 28_500
    assert int(change.to_recover_cents[6, 0]) == 9_500
    assert not change.to_pay_cents.any()


def test_only_the_last_six_months_may_be_set_off():
    change = reconcile(settle(facts([0] * 8)), settle(facts([40_000] * 8)))
    recover = change.to_recover_cents.ravel()
    in_september = int(change.to_set_off_cents(Month(2018, 9))[0])
    assert in_september == recover[2:].sum()
    assert int(change.to_set_off_cents(Month(2018, 8))[0]) == recover[1:7].sum()


def test_settlements_of_other_months_cannot_be_compared():
    with pytest.raises(DataFileError, match="same months"):
        reconcile(settle(facts([0, 0])), settle(facts([0, 0, 0])))
