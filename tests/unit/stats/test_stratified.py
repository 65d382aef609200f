import numpy as np
import pytest

from opmaat.stats.covariance import contrasts
from opmaat.stats.errors import NotEstimableError
from opmaat.stats.stratified import fit_saturated, stratum_contrasts


def test_the_contrast_weighs_differences_within_strata():
    group = np.array([0, 0, 1, 1, 0, 0, 1, 1])
    stratum = np.array([0, 0, 0, 0, 5, 5, 5, 5])
    fit = fit_saturated([0.0, 2, 4, 6, 10, 12, 10, 14], group, stratum)
    equal = contrasts(fit, stratum_contrasts(fit, [(1, 0)]), errors="hc2")
    assert equal.point.item() == pytest.approx((4 + 1) / 2)
    assert equal.df.item() == 4
    variances = np.array([[2.0, 2.0], [2.0, 8.0]])  # of the groups, per stratum
    assert equal.std_error.item() == pytest.approx(np.sqrt((variances / 2).sum() / 4))
    shares = stratum_contrasts(fit, [(1, 0)], shares=[3, 1])
    assert (shares @ fit.coefficients).item() == pytest.approx((3 * 4 + 1 * 1) / 4)


def test_a_third_group_does_not_change_the_contrast_of_two():
    generator = np.random.default_rng(0)
    group, stratum = np.arange(120) % 3, generator.permutation(120) % 4
    y = generator.normal(size=120)
    fit = fit_saturated(y, group, stratum)
    changed = fit_saturated(np.where(group == 2, y * 100, y), group, stratum)
    contrast = stratum_contrasts(fit, [(1, 0)])
    np.testing.assert_allclose(contrast @ fit.coefficients, contrast @ changed.coefficients, rtol=1e-12)


def test_an_empty_cell_is_refused_only_where_the_contrast_needs_it():
    group = np.array([0, 0, 1, 1, 0, 0, 2, 2])
    stratum = np.array([3, 3, 3, 3, 8, 8, 8, 8])
    fit = fit_saturated([0.0, 2, 4, 6, 10, 12, 10, 14], group, stratum)
    with pytest.raises(NotEstimableError, match="empty-cell: group 1 has no row in stratum 8"):
        stratum_contrasts(fit, [(1, 0)])
    assert (stratum_contrasts(fit, [(1, 0)], shares=[1, 0]) @ fit.coefficients).item() == 4


def test_a_cell_with_one_row_is_refused_by_hc2():
    fit = fit_saturated([0.0, 2, 4, 7], [0, 0, 0, 1], [0, 0, 0, 0])
    with pytest.raises(NotEstimableError, match="leverage-one"):
        contrasts(fit, stratum_contrasts(fit, [(1, 0)]), errors="hc2")


def test_rows_of_weight_zero_do_not_make_a_cell():
    fit = fit_saturated([0.0, 2, 4, 6, 9], [0, 0, 1, 1, 1], [0, 0, 0, 0, 4], weights=[1, 1, 1, 1, 0])
    assert fit.cells.tolist() == [[0, 0], [1, 0]]
    result = contrasts(fit, stratum_contrasts(fit, [(1, 0)]), errors="hc2")
    assert result.point.item() == 4
    assert result.df.item() == 2


def test_pairs_in_thousands_of_strata_are_quick_and_clustered():
    generator = np.random.default_rng(1)
    group, stratum = np.tile([0, 0, 1, 1], 2500), np.repeat(np.arange(2500), 4)
    fit = fit_saturated(generator.normal(size=10_000), group, stratum)
    result = contrasts(fit, stratum_contrasts(fit, [(1, 0)]), errors="cr2", clusters=np.arange(10_000))
    # with one row per cluster and equal cells the working model gives one df per cell
    assert result.df.item() == pytest.approx(5000)
