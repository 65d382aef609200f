import numpy as np
import pytest

from opmaat.stats.covariance import contrasts
from opmaat.stats.design_matrix import DesignMatrix
from opmaat.stats.errors import NotEstimableError
from opmaat.stats.intervals import two_sided_p
from opmaat.stats.iv import Instrumented, anderson_rubin, fit_2sls
from opmaat.stats.ols import fit_ols


def made_up(strength, seed=0, n=200):
    generator = np.random.default_rng(seed)
    drawn = np.arange(n) % 2.0
    hidden = generator.normal(size=n)
    took = (strength * drawn + hidden + generator.normal(size=n) > 0.5).astype(float)
    y = took + hidden + generator.normal(size=n)
    return y, took, DesignMatrix(("one",), np.ones((n, 1))), drawn


def test_just_identified_is_the_ratio_of_the_two_effects():
    y, took, one, drawn = made_up(2.0)
    difference = [values[drawn == 1].mean() - values[drawn == 0].mean() for values in (y, took)]
    fit = fit_2sls(Instrumented(y, took, one, drawn, errors="hc1"))
    assert fit.point == pytest.approx(difference[0] / difference[1], rel=1e-12)
    assert fit.first_stage.item() == pytest.approx(difference[1], rel=1e-12)


@pytest.mark.parametrize(("strength", "kind"), [(2.0, "interval"), (0.25, "two-rays"), (0.05, "line")])
@pytest.mark.parametrize("errors", ["classical", "hc2"])
def test_the_limits_of_the_anderson_rubin_set_have_the_p_value_asked_for(strength, kind, errors):
    y, took, one, drawn = made_up(strength, seed=0)
    kept = anderson_rubin(Instrumented(1000 * y, took, one, drawn, errors=errors), confidence=0.9)
    assert kept.kind == kind
    design = DesignMatrix(("one", "drawn"), np.column_stack([np.ones(200), drawn]))
    for limit in (kept.lower, kept.upper):
        if np.isfinite(limit):
            test = contrasts(fit_ols(1000 * y - limit * took, design), [[0, 1]], errors=errors)
            assert two_sided_p(test.point, test.std_error, test.df).item() == pytest.approx(0.1, rel=1e-6)


def test_the_first_stage_needs_a_moving_instrument():
    y, took, one, drawn = made_up(1.0)
    # as many take up in both halves
    rows = np.concatenate([np.flatnonzero((drawn == d) & (took == t))[:20] for d in (0, 1) for t in (0, 1)])
    short = DesignMatrix(("one",), one.values[rows])
    with pytest.raises(NotEstimableError, match="no-first-stage"):
        fit_2sls(Instrumented(y[rows], took[rows], short, drawn[rows], errors="hc1"))


@pytest.mark.parametrize("errors", ["hc2", "hc3", "cr2"])
def test_leverage_corrections_are_not_defined_for_two_stages(errors):
    with pytest.raises(NotEstimableError, match="errors-not-defined"):
        fit_2sls(Instrumented(*made_up(1.0), errors=errors, clusters=None))
