"""The tests of ``stats`` reject a true hypothesis as often as they say, and their intervals cover.

Every replicate is an outcome column on one design, so that thousands are one fit. A rate must lie within
three Monte Carlo errors of its nominal value, plus the slack that a test names because its reference
distribution is an approximation.
"""

import numpy as np
import pytest

from opmaat.stats.covariance import contrasts, covariance
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.intervals import two_sided_p
from opmaat.stats.iv import Instrumented, anderson_rubin, fit_2sls
from opmaat.stats.multiplicity import max_t
from opmaat.stats.ols import fit_ols
from opmaat.stats.stratified import fit_saturated, stratum_contrasts

LEVEL = 0.05
REPLICATES = [4_000, pytest.param(100_000, marks=pytest.mark.slow)]
AT_ONCE = 4_000


def design_of(*columns):
    values = np.column_stack(columns).astype(float)
    return DesignMatrix(tuple(f"x{i}" for i in range(values.shape[1])), values)


def rejections(result):
    return two_sided_p(result.point, result.std_error, result.df) < LEVEL


def rate(draw_outcomes, test, replicates, *, seed):
    """Return the share of replicates in which the test of each contrast rejects."""
    generator = np.random.default_rng(seed)
    rejected = [test(draw_outcomes(generator, AT_ONCE)).mean(axis=1) for _ in range(replicates // AT_ONCE)]
    return np.mean(rejected, axis=0)


def within(observed, replicates, *, slack=0.0, nominal=LEVEL):
    error = np.sqrt(nominal * (1 - nominal) / replicates)
    np.testing.assert_allclose(observed, nominal, rtol=0, atol=3 * error + slack)


@pytest.mark.parametrize("replicates", REPLICATES)
def test_difference_in_means_with_unequal_groups_and_variances(replicates):
    # the smaller group has the larger variance: n - 2 degrees of freedom are too many, by 0.006 of size
    arm = np.repeat([0, 1], [120, 40])
    design, spread = design_of(np.ones(160), arm), np.where(arm == 1, 2.0, 1.0)[:, None]

    def draw(generator, count):
        return generator.normal(size=(160, count)) * spread

    def test(errors):
        return lambda y: rejections(contrasts(fit_ols(y, design), [[0, 1]], errors=errors))

    within(rate(draw, test("hc2"), replicates, seed=1), replicates, slack=0.006)
    # errors that assume one variance reject more than twice as often as they say
    assert (rate(draw, test("classical"), AT_ONCE, seed=1) > 2 * LEVEL).all()


@pytest.mark.parametrize("replicates", REPLICATES)
def test_lin_adjustment(replicates):
    generator = np.random.default_rng(2)
    arm = generator.permutation(np.repeat([0, 1, 2], [100, 60, 40]))
    x = generator.normal(size=(200, 2))
    x -= x.mean(axis=0)
    indicators = (arm[:, None] == [1, 2]).astype(float)
    products = [indicators * x[:, [j]] for j in range(2)]
    design = design_of(np.ones(200), indicators, x, *products)

    def draw(generator, count):
        # covariates matter differently in each arm, and effects are zero at their mean
        return (x[:, [0]] * (1 + arm[:, None])) + generator.normal(size=(200, count)) * (
            1 + 0.3 * arm[:, None]
        )

    observed = rate(
        draw,
        lambda y: rejections(contrasts(fit_ols(y, design), np.eye(2, 9, 1), errors="hc2")),
        replicates,
        seed=3,
    )
    within(observed, replicates, slack=0.006)


@pytest.mark.parametrize("replicates", REPLICATES)
def test_stratified_contrasts_with_several_arms(replicates):
    generator = np.random.default_rng(4)
    stratum = np.repeat(np.arange(5), 60)
    # the share of each arm differs between strata, where a regression with stratum effects would mix arms
    arm = np.concatenate(
        [generator.permutation(np.repeat([0, 1, 2], [30, 10 + 4 * s, 20 - 4 * s])) for s in range(5)]
    )

    def draw(generator, count):
        # the third arm has an effect that differs between strata; the second has none
        effect = np.where(arm == 2, stratum - 1.0, 0.0)
        return (effect + stratum)[:, None] + generator.normal(size=(300, count)) * (
            1 + 0.2 * stratum[:, None]
        )

    def test(y):
        fit = fit_saturated(y, arm, stratum)
        return rejections(contrasts(fit, stratum_contrasts(fit, [(1, 0)]), errors="hc2"))

    within(rate(draw, test, replicates, seed=5), replicates, slack=0.008)


@pytest.mark.parametrize("replicates", REPLICATES)
def test_cr2_with_few_unequal_clusters(replicates):
    cluster = np.repeat(np.arange(14), np.arange(4, 18))
    arm = (cluster % 3 == 0).astype(float)
    design = design_of(np.ones(len(cluster)), arm)

    def draw(generator, count):
        return generator.normal(size=(14, count))[cluster] * 0.6 + generator.normal(
            size=(len(cluster), count)
        )

    def test(errors):
        return lambda y: rejections(contrasts(fit_ols(y, design), [[0, 1]], errors=errors, clusters=cluster))

    within(rate(draw, test("cr2"), replicates, seed=6), replicates, slack=0.012)
    # without the correction five treated clusters are not enough
    assert (rate(draw, test("cr0"), AT_ONCE, seed=6) > 0.08).all()


@pytest.mark.parametrize("replicates", REPLICATES)
def test_max_t_holds_the_family_wise_error_rate(replicates):
    arm = np.repeat(np.arange(5), [60, 30, 30, 20, 20])
    design = design_of(np.ones(160), *(arm == a for a in range(1, 5)))
    picked = np.eye(4, 5, 1)

    def draw(generator, count):
        return generator.normal(size=(160, count))

    fit = fit_ols(draw(np.random.default_rng(0), 1), design)
    spread = covariance(fit, picked, errors="classical")[0]
    one = np.sqrt(np.diagonal(spread))
    family = max_t(np.zeros(4), one, spread / np.outer(one, one), fit.df_residual, confidence=1 - LEVEL)

    def test(y):
        result = contrasts(fit_ols(y, design), picked, errors="classical")
        return (np.abs(result.point / result.std_error) > family.critical_value).any(axis=0, keepdims=True)

    # with classical errors and normal outcomes the multivariate t is exact
    within(rate(draw, test, replicates, seed=7), replicates)


LATE_REPLICATES = [600, pytest.param(20_000, marks=pytest.mark.slow)]


def take_up(generator, strength):
    """Return an outcome on which take-up has an effect of one, and take-up that shares its causes."""
    n = 150
    drawn = np.arange(n) % 2.0
    hidden = generator.normal(size=n)
    took = (strength * drawn + hidden + generator.normal(size=n) > 0.5).astype(float)
    return took + hidden + generator.normal(size=n), took, design_of(np.ones(n)), drawn


@pytest.mark.parametrize("replicates", LATE_REPLICATES)
def test_two_stage_least_squares_covers_when_the_instrument_is_strong(replicates):
    generator = np.random.default_rng(8)
    fits = [fit_2sls(Instrumented(*take_up(generator, 1.5), errors="hc1")) for _ in range(replicates)]
    covered = [two_sided_p(fit.point - 1.0, fit.std_error, fit.df) >= LEVEL for fit in fits]
    within(np.mean(covered), replicates, nominal=1 - LEVEL, slack=0.01)


@pytest.mark.parametrize("replicates", LATE_REPLICATES)
@pytest.mark.parametrize("strength", [1.5, 0.2])
def test_the_anderson_rubin_set_covers_however_weak_the_instrument_is(replicates, strength):
    generator = np.random.default_rng(9)

    def covers():
        kept = anderson_rubin(Instrumented(*take_up(generator, strength), errors="hc2"), confidence=1 - LEVEL)
        if kept.kind == "two-rays":
            return not kept.lower < 1.0 < kept.upper
        return kept.kind == "line" or kept.lower <= 1.0 <= kept.upper

    within(np.mean([covers() for _ in range(replicates)]), replicates, nominal=1 - LEVEL, slack=0.003)
