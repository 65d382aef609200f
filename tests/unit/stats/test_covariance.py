import numpy as np
import pytest

from opmaat.stats.cluster_robust import SMALL_CLUSTER
from opmaat.stats.covariance import contrasts, covariance, influence
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.errors import NotEstimableError
from opmaat.stats.ols import fit_ols
from opmaat.stats.stratified import fit_saturated, stratum_contrasts


@pytest.fixture
def rows():
    generator = np.random.default_rng(5)
    n = 180
    arm = np.arange(n) % 3
    # the last cluster is larger than those that are decomposed together
    cluster = np.minimum(np.arange(n) // 9, (n - SMALL_CLUSTER - 10) // 9)
    x = np.column_stack([np.ones(n), arm == 1, arm == 2, generator.normal(size=n)])
    return {
        "design": DesignMatrix(("one", "a", "b", "x"), x.astype(float)),
        "outcomes": generator.normal(size=(n, 2)) * (1 + arm[:, None]) + 0.5 * arm[:, None],
        "weights": generator.uniform(0.5, 2, n),
        "arm": arm,
        "stratum": generator.permutation(n) % 4,
        "cluster": cluster,
    }


PICKED = np.eye(2, 4, 1)


@pytest.mark.parametrize("errors", ["hc0", "hc1", "hc2", "hc3", "cr0", "cr1", "cr2"])
def test_influence_adds_up_to_the_standard_error_and_the_covariance(rows, errors):
    clusters = rows["cluster"] if errors.startswith("cr") else None
    fit = fit_ols(rows["outcomes"], rows["design"], weights=rows["weights"])
    parts = influence(fit, PICKED, errors=errors, clusters=clusters)
    result = contrasts(fit, PICKED, errors=errors, clusters=clusters)
    np.testing.assert_allclose((parts**2).sum(axis=0), result.std_error**2, rtol=1e-12)
    spread = covariance(fit, PICKED, errors=errors, clusters=clusters)
    np.testing.assert_allclose(spread[1, 0, 1], parts[:, 0, 1] @ parts[:, 1, 1], rtol=1e-10)
    # the covariance of a difference follows from the parts
    difference = contrasts(
        fit, [[0, 1, -1, 0]], errors="hc2" if clusters is None else "cr0", clusters=clusters
    )
    if errors in {"hc2", "cr0"}:
        expected = ((parts[:, 0] - parts[:, 1]) ** 2).sum(axis=0)
        np.testing.assert_allclose(difference.std_error[0] ** 2, expected, rtol=1e-10)


def test_cr2_with_a_cluster_per_row_is_hc2(rows):
    fit = fit_ols(rows["outcomes"], rows["design"])
    one_each = contrasts(fit, PICKED, errors="cr2", clusters=np.arange(180))
    hc2 = contrasts(fit, PICKED, errors="hc2")
    np.testing.assert_allclose(one_each.std_error, hc2.std_error, rtol=1e-12)


def test_cr2_is_the_textbook_formula_with_matrices_of_n_by_n(rows):
    x, w, cluster = rows["design"].values, rows["weights"], rows["cluster"]
    fit = fit_ols(rows["outcomes"], rows["design"], weights=w)
    bread = np.linalg.inv(x.T @ (w[:, None] * x))
    off = np.eye(180) - x @ bread @ (x * w[:, None]).T
    working = off @ off.T
    columns = []
    for g in np.unique(cluster):
        own = cluster == g
        values, vectors = np.linalg.eigh(working[np.ix_(own, own)])
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        column = np.zeros(180)
        column[own] = root @ (w[own] * (x[own] @ bread[1]))
        columns.append(column)
    corrected = np.array(columns)
    p = corrected @ working @ corrected.T
    result = contrasts(fit, PICKED[:1], errors="cr2", clusters=cluster)
    np.testing.assert_allclose(
        result.std_error[0] ** 2, ((corrected @ fit.residuals) ** 2).sum(axis=0), rtol=1e-10
    )
    np.testing.assert_allclose(result.df[0], np.trace(p) ** 2 / (p**2).sum(), rtol=1e-10)


@pytest.mark.parametrize("errors", ["classical", "hc2", "hc3", "cr1", "cr2"])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_saturated_fit_is_least_squares_on_its_indicators(rows, errors, weighted):
    weights = rows["weights"] if weighted else None
    clusters = rows["cluster"] if errors.startswith("cr") else None
    fit = fit_saturated(rows["outcomes"], rows["arm"], rows["stratum"], weights=weights)
    contrast = stratum_contrasts(fit, [(1, 0), (2, 1)])
    indicators = (fit.cell_of_row[:, None] == np.arange(fit.rank)).astype(float)
    dense = fit_ols(
        rows["outcomes"], DesignMatrix(tuple(f"c{i}" for i in range(fit.rank)), indicators), weights=weights
    )
    ours = contrasts(fit, contrast, errors=errors, clusters=clusters)
    theirs = contrasts(dense, contrast, errors=errors, clusters=clusters)
    for name in ("point", "std_error", "df"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-9)


def test_a_row_fitted_exactly_is_refused_only_where_the_contrast_needs_it():
    x = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 0, 1]]).astype(float)
    fit = fit_ols([1.0, 2, 4, 3, 6, 9], DesignMatrix(("one", "arm", "only"), x))
    for errors in ("hc2", "hc3"):
        assert contrasts(fit, [[0, 1, 0]], errors=errors).std_error > 0
        with pytest.raises(NotEstimableError, match="leverage-one: row 5"):
            contrasts(fit, [[0, 0, 1]], errors=errors)


def test_cr2_refuses_an_arm_with_a_single_cluster():
    x = np.column_stack([np.ones(8), np.repeat([0, 1], [6, 2])]).astype(float)
    fit = fit_ols([1.0, 2, 4, 3, 6, 9, 4, 5], DesignMatrix(("one", "arm"), x))
    with pytest.raises(NotEstimableError, match="leverage-one"):
        contrasts(fit, [[0, 1]], errors="cr2", clusters=[0, 0, 1, 1, 2, 2, 3, 3])


def test_clusters_and_kinds_of_errors_must_fit_each_other(rows):
    fit = fit_ols(rows["outcomes"], rows["design"])
    with pytest.raises(NotEstimableError, match="single-cluster"):
        contrasts(fit, PICKED, errors="cr1", clusters=np.zeros(180))
    with pytest.raises(ValueError, match="need clusters"):
        contrasts(fit, PICKED, errors="cr1")
    with pytest.raises(ValueError, match="ignore them"):
        contrasts(fit, PICKED, errors="hc2", clusters=rows["cluster"])


@pytest.mark.parametrize("weighted", [False, True])
def test_classical_contributions_give_the_classical_covariance(rows, weighted):
    """Of contrasts and of outcomes: the residuals' covariance times what the design says."""
    fit = fit_ols(rows["outcomes"], rows["design"], weights=rows["weights"] if weighted else None)
    parts = influence(fit, PICKED, errors="classical")
    products = np.einsum("uka,ulb->klab", parts, parts)
    expected = covariance(fit, PICKED, errors="classical")
    for outcome in range(parts.shape[2]):
        np.testing.assert_allclose(products[:, :, outcome, outcome], expected[outcome], rtol=1e-9, atol=1e-15)
    between = (fit.residuals[:, 0] * fit.weights) @ fit.residuals[:, 1] / fit.df_residual
    np.testing.assert_allclose(
        products[:, :, 0, 1], between * fit.unscaled_covariance(np.asarray(PICKED)), rtol=1e-9, atol=1e-15
    )
