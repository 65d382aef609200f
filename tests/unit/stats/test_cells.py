import numpy as np
import pytest

from opmaat.stats.cells import fit_cells, summarise
from opmaat.stats.covariance import contrasts, covariance
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.errors import NotEstimableError
from opmaat.stats.ols import fit_ols

ERRORS = ["classical", "hc0", "hc1", "hc2", "hc3"]


def columns_of(keys):
    """Return a design from an arm of three and two discrete covariates."""
    values = np.column_stack([np.ones(len(keys)), keys[:, 0] == 1, keys[:, 0] == 2, keys[:, 1:]])
    return DesignMatrix(("one", "a", "b", "x", "z"), values.astype(float))


@pytest.fixture
def rows():
    generator = np.random.default_rng(4)
    keys = np.column_stack(
        [generator.integers(0, 3, 900), generator.integers(-2, 3, 900), np.arange(900) % 2]
    )
    outcomes = generator.normal(size=(900, 2)) * (1 + keys[:, [0]]) + keys[:, [1]]
    return keys, outcomes


@pytest.mark.parametrize("errors", ERRORS)
def test_cells_give_the_fit_on_the_rows(rows, errors):
    keys, outcomes = rows
    stats = summarise(list(keys.T), outcomes)
    fit, on_rows = fit_cells(stats, columns_of(stats.keys)), fit_ols(outcomes, columns_of(keys))
    ours, theirs = contrasts(fit, np.eye(5), errors=errors), contrasts(on_rows, np.eye(5), errors=errors)
    for name in ("point", "std_error", "df"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(
        covariance(fit, np.eye(5), errors=errors),
        covariance(on_rows, np.eye(5), errors=errors),
        rtol=1e-10,
        atol=1e-15,
    )


@pytest.mark.parametrize("mean", [0.0, 30_000.0, 1e9])
def test_two_files_pooled_are_the_joint_file(rows, mean):
    keys, noise = rows
    outcomes = np.round(noise, 2) + mean
    first = np.arange(900) < 330
    joint = summarise(list(keys.T), outcomes)
    pooled = summarise(list(keys[first].T), outcomes[first]) + summarise(
        list(keys[~first].T), outcomes[~first]
    )
    np.testing.assert_array_equal(pooled.keys, joint.keys)
    np.testing.assert_array_equal(pooled.n, joint.n)
    np.testing.assert_allclose(pooled.total, joint.total, rtol=1e-12)
    np.testing.assert_allclose(pooled.total_of_squares, joint.total_of_squares, rtol=1e-12)
    # the spread keeps its digits up to the rounding of the outcomes themselves
    rounding = 4 * np.spacing(max(mean, 1.0))
    np.testing.assert_allclose(pooled.centred_squares, joint.centred_squares, rtol=1e-12, atol=100 * rounding)
    if mean <= 30_000:
        results = [
            contrasts(fit_cells(s, columns_of(s.keys)), np.eye(4, 5, 1), errors="hc2")
            for s in (pooled, joint)
        ]
        np.testing.assert_allclose(results[0].point, results[1].point, rtol=1e-12, atol=rounding)
        np.testing.assert_allclose(results[0].std_error, results[1].std_error, rtol=1e-12, atol=rounding)


def test_few_and_many_possible_cells_give_the_same_statistics():
    generator = np.random.default_rng(7)
    codes = generator.integers(0, 4, (200, 2))
    y = generator.normal(size=200)
    dense = summarise(list(codes.T), y)
    spread = summarise(list((codes * 10**6).T), y)
    np.testing.assert_array_equal(dense.keys * 10**6, spread.keys)
    np.testing.assert_array_equal(dense.centred_squares, spread.centred_squares)


def test_small_integer_columns_do_not_overflow():
    codes = np.array([-128, 127], dtype=np.int8)
    assert summarise([codes] * 3, [1.0, 2.0]).keys.tolist() == [[-128] * 3, [127] * 3]
    with pytest.raises(NotEstimableError, match="too-many-cells"):
        summarise([np.array([0, 2**32])] * 2, [1.0, 2.0])


def test_clusters_are_refused(rows):
    keys, outcomes = rows
    stats = summarise(list(keys.T), outcomes)
    fit = fit_cells(stats, columns_of(stats.keys))
    for ask in (contrasts, covariance):
        with pytest.raises(NotEstimableError, match="needs-rows"):
            ask(fit, np.eye(5), errors="cr2", clusters=np.arange(900))
