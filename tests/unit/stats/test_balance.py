import numpy as np
import pytest

from opmaat.stats.balance import omnibus_test, standardised_difference
from opmaat.stats.covariance import covariance
from opmaat.stats.design_matrix import DesignMatrix, Dropped
from opmaat.stats.errors import NotEstimableError
from opmaat.stats.ols import fit_ols


def test_two_groups_in_strata_give_the_f_test_of_the_regression_of_the_group():
    generator = np.random.default_rng(0)
    stratum = np.arange(90) % 3
    group = generator.permutation(90) % 2
    x = generator.normal(size=(90, 4))
    test = omnibus_test(group, DesignMatrix(tuple("abcd"), x), strata=stratum)
    full = np.column_stack([stratum[:, None] == np.arange(3), x]).astype(float)
    fit = fit_ols(group, DesignMatrix(tuple("123abcd"), full))
    slopes = np.eye(4, 7, 3)
    points = (slopes @ fit.coefficients)[:, 0]
    wald = points @ np.linalg.solve(covariance(fit, slopes, errors="classical")[0], points) / 4
    assert test.f == pytest.approx(wald, rel=1e-10)
    assert (test.df_numerator, test.df_denominator) == (4, 90 - 3 - 4)


def test_covariates_that_the_strata_or_others_determine_are_left_out():
    generator = np.random.default_rng(1)
    stratum = np.arange(40) % 2
    x = generator.normal(size=40)
    columns = DesignMatrix(("s", "x", "two_x"), np.column_stack([stratum, x, 2 * x]).astype(float))
    test = omnibus_test(generator.permutation(40) % 4, columns, strata=stratum)
    assert test.dropped == (Dropped("s", "collinear"), Dropped("two_x", "collinear"))
    assert test.df_numerator == 3


def test_one_group_or_no_covariate_is_refused():
    column = DesignMatrix(("x",), np.arange(6.0)[:, None])
    with pytest.raises(NotEstimableError, match="no group varies"):
        omnibus_test(np.zeros(6, dtype=int), column)
    with pytest.raises(NotEstimableError, match="no covariate varies"):
        omnibus_test(np.arange(6) % 2, DesignMatrix(("x",), np.ones((6, 1))))


def test_a_standardised_difference_does_not_depend_on_the_sizes_of_the_groups():
    first, second = np.array([[1.0, 5], [3.0, 5]]), np.array([[3.0, 5], [5.0, 5]])
    once = standardised_difference(first, second)
    assert once[0] == pytest.approx(-2 / np.sqrt(2))
    assert np.isnan(once[1])
    with pytest.raises(NotEstimableError, match="no-residual-df"):
        standardised_difference(first[:1], second)
