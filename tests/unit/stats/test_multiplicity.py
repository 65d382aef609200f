import numpy as np
import pytest

from opmaat.stats.errors import NotEstimableError
from opmaat.stats.intervals import critical_t, t_interval, two_sided_p
from opmaat.stats.multiplicity import benjamini_hochberg, holm, max_t


def equal(k, rho):
    return rho + (1 - rho) * np.eye(k)


def test_one_contrast_is_students_t():
    family = max_t([1.3], [0.5], [[1.0]], 17, confidence=0.9)
    assert family.p_adjusted[0] == pytest.approx(two_sided_p(1.3, 0.5, 17), rel=1e-12)
    assert family.critical_value == pytest.approx(critical_t(17, confidence=0.9), rel=1e-12)


def test_a_contrast_twice_in_the_family_changes_nothing():
    correlation = equal(3, 0.4)
    twice = [0, 1, 2, 1]
    once = max_t([2.0, 1.0, 2.5], np.ones(3), correlation, 50, confidence=0.95)
    more = max_t(
        np.array([2.0, 1.0, 2.5])[twice], np.ones(4), correlation[np.ix_(twice, twice)], 50, confidence=0.95
    )
    np.testing.assert_allclose(more.p_adjusted, once.p_adjusted[twice], atol=1e-4)
    assert more.critical_value == pytest.approx(once.critical_value, abs=1e-3)


@pytest.mark.parametrize("k", [2, 5, 12])
def test_independent_contrasts_with_many_df_follow_sidak(k):
    single = np.array([0.001, 0.01, 0.03, 0.2, 0.5, 0.9])[: min(k, 6)]
    statistics = np.zeros(k)
    statistics[: len(single)] = [critical_t(1e9, confidence=1 - p) for p in single]
    family = max_t(statistics, np.ones(k), np.eye(k), 1e9, confidence=0.95)
    np.testing.assert_allclose(family.p_adjusted[: len(single)], 1 - (1 - single) ** k, atol=1e-4)


def test_the_same_call_gives_the_same_bits_and_the_interval_agrees_with_the_p_value():
    first, second = (max_t([2.5, 1.0], [1.0, 0.5], equal(2, 0.5), 30, confidence=0.95) for _ in range(2))
    assert first.p_adjusted.tobytes() == second.p_adjusted.tobytes()
    at_limit = max_t([first.critical_value, 0.0], [1.0, 1.0], equal(2, 0.5), 30, confidence=0.95)
    assert at_limit.p_adjusted[0] == pytest.approx(0.05, abs=1e-8)


def test_adjusted_p_values_keep_ties_and_order_and_stay_below_one():
    p = np.array([0.04, 0.6, 0.01, 0.04, 0.9])
    for adjusted in (holm(p), benjamini_hochberg(p)):
        assert adjusted[0] == adjusted[3]
        assert (adjusted >= p).all()
        assert (adjusted <= 1).all()
        assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()


def test_a_standard_error_of_zero_has_no_test():
    with pytest.raises(NotEstimableError, match="no-variation"):
        two_sided_p(1.0, 0.0, 10)
    with pytest.raises(NotEstimableError, match="no-residual-df"):
        t_interval(1.0, 1.0, 0, confidence=0.95)
