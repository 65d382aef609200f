import numpy as np
import pytest

from opmaat.stats.covariance import contrasts
from opmaat.stats.decomposition import decompose
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.errors import NotEstimableError
from opmaat.stats.ols import fit_ols


def random_design(n=40, p=3, seed=0):
    values = np.random.default_rng(seed).normal(size=(n, p))
    values[:, 0] = 1.0
    return DesignMatrix(tuple(f"x{i}" for i in range(p)), values)


def test_many_outcomes_are_the_fits_of_each():
    design = random_design()
    outcomes = np.random.default_rng(1).normal(size=(40, 5))
    together = contrasts(fit_ols(outcomes, design), np.eye(3), errors="hc2")
    for j in range(5):
        alone = contrasts(fit_ols(outcomes[:, j], design), np.eye(3), errors="hc2")
        np.testing.assert_allclose(together.point[:, [j]], alone.point, rtol=1e-12)
        np.testing.assert_allclose(together.std_error[:, [j]], alone.std_error, rtol=1e-12)


@pytest.mark.parametrize("errors", ["classical", "hc0", "hc1", "hc2", "hc3", "cr0", "cr1", "cr2"])
def test_rows_of_weight_zero_do_not_count(errors):
    generator = np.random.default_rng(2)
    design, y = random_design(), generator.normal(size=40)
    weights = generator.uniform(1, 2, 40)
    weights[30:] = 0
    clusters = np.minimum(np.arange(40) // 4, 8)
    clusters[35:] = 99
    used = weights > 0
    clustered = errors.startswith("cr")
    fit = fit_ols(y, design, weights=weights)
    short = fit_ols(y[used], DesignMatrix(design.names, design.values[used]), weights=weights[used])
    assert (fit.n_observations, fit.df_residual) == (30, 27)
    ours = contrasts(fit, np.eye(3), errors=errors, clusters=clusters if clustered else None)
    theirs = contrasts(short, np.eye(3), errors=errors, clusters=clusters[used] if clustered else None)
    for name in ("point", "std_error", "df"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-10)


@pytest.mark.parametrize(
    ("code", "outcome", "values", "weights"),
    [
        ("no-residual-df", [1.0, 2.0], [[1.0, 0.0], [1.0, 1.0]], None),
        ("no-residual-df", [1.0, 2.0, 3.0], [[1.0, 0.0], [1.0, 1.0], [1.0, 0.0]], [1, 1, 0]),
        ("rank-deficient", [1.0, 2.0, 4.0], [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]], None),
        ("no-variation", [5.0, 5.0, 5.0], [[1.0, 0.0], [1.0, 1.0], [1.0, 0.0]], None),
        ("not-finite", [5.0, np.inf, 4.0], [[1.0, 0.0], [1.0, 1.0], [1.0, 0.0]], None),
        ("bad-weights", [5.0, 3.0, 4.0], [[1.0, 0.0], [1.0, 1.0], [1.0, 0.0]], [1, -1, 1]),
    ],
)
def test_what_cannot_be_fitted_is_refused(code, outcome, values, weights):
    with pytest.raises(NotEstimableError) as refused:
        fit_ols(outcome, DesignMatrix(("one", "a"), np.array(values)), weights=weights)
    assert refused.value.code == code


@pytest.mark.parametrize("closeness", [1.0, 1e-3, 1e-6, 1e-9])
def test_the_decomposition_is_orthonormal_whatever_the_condition(closeness):
    columns = np.random.default_rng(3).normal(size=(500, 6))
    columns[:, 5] = columns[:, 0] + closeness * columns[:, 5]
    basis, triangle = decompose(columns)
    np.testing.assert_allclose(basis.T @ basis, np.eye(6), atol=1e-13)
    np.testing.assert_allclose(basis @ triangle, columns, atol=1e-12)
    np.testing.assert_array_equal(triangle, np.triu(triangle))
