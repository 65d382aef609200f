"""The omnibus test of the start counts what was drawn: participants, households or clusters."""

from dataclasses import replace

import numpy as np
import pytest

from opmaat.core.codes import Codes
from opmaat.evaluate.describe import baseline_balance
from opmaat.stats.balance import omnibus_test
from opmaat.stats.design_matrix import DesignMatrix


def of_households(panel, **changes):
    """The panel, with the arm and stratum of each household's first adult for both."""
    first = np.arange(panel.participants) // 2 * 2
    arm = Codes(panel.arm.codes[first], panel.arm.names)
    stratum = Codes(panel.stratum.codes[first], panel.stratum.names)
    return replace(panel, arm=arm, stratum=stratum, **changes)


def test_households_that_were_drawn_count_once_with_the_mean_of_their_adults(make_protocol, make_panel):
    panel = of_households(make_panel())
    panel = replace(panel, covariates={"age": panel.covariates["age"]})
    found = baseline_balance(make_protocol([{"method": "difference_in_means"}]), panel)
    ages = panel.covariates["age"].values.reshape(-1, 2).mean(axis=1)
    by_hand = omnibus_test(
        panel.arm.codes[::2], DesignMatrix(("age",), ages[:, None]), strata=panel.stratum.codes[::2]
    )
    assert (found.unit, found.note) == ("household", "")
    assert (found.statistic, found.p) == pytest.approx((by_hand.f, by_hand.p), rel=1e-12)
    assert found.df == (by_hand.df_numerator, by_hand.df_denominator)


def test_a_household_in_two_arms_is_not_tested(make_protocol, make_panel):
    found = baseline_balance(make_protocol([{"method": "difference_in_means"}]), make_panel())
    assert (found.unit, found.note, found.p) == ("household", "drawn-together", None)


def test_participants_who_were_drawn_one_by_one_are_tested_as_they_are(make_protocol, make_panel):
    panel = make_panel()
    alone = replace(panel, household=np.arange(panel.participants))
    found = baseline_balance(make_protocol([{"method": "difference_in_means"}]), alone)
    assert found.unit == "participant"
    assert 0 < found.p <= 1
