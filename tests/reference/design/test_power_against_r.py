"""Power and detectable effects against R, and against values that others computed with R.

`expected_r.json` was printed by `r_power.R` beside it, which names the packages and their versions. The
tolerance of 1e-6 is that of our promise. R integrates the multivariate t to 1e-8.
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from opmaat.design.families import joint_power, largest_t
from opmaat.design.power import (
    cohens_h,
    cohens_h_effect,
    cohens_h_power,
    multiplier_effect,
    pooled_proportions_effect,
    pooled_proportions_power,
    t_power,
    two_sample_t_effect,
    two_sample_t_power,
    unpooled_proportions_effect,
)
from opmaat.design.precision import (
    ancova_factor,
    clusters_drawn_std_error,
    one_by_one_std_error,
    varying_sites_std_error,
)

STORED = json.loads((Path(__file__).parent / "expected_r.json").read_text(encoding="utf-8"))["results"]
ATOL = 1e-6


def joint(shifts, loadings, critical, df):
    return joint_power(shifts, loadings, df=math.inf if df is None else df, critical=critical)


def critical(loadings, df):
    correlation = np.outer(loadings, loadings)
    np.fill_diagonal(correlation, 1.0)
    return largest_t([correlation], level=0.05).critical(math.inf if df is None else df)


FORMULAS = {
    "t_power": lambda d, first, second, level: two_sample_t_power(d, first, second, level=level),
    "h_power": lambda h, first, second, level: cohens_h_power(h, first, second, level=level),
    "t_effect": lambda n, m, level, power: two_sample_t_effect(n, m, level=level, power=power),
    "h_effect": lambda n, m, level, power: cohens_h_effect(n, m, level=level, power=power),
    "pooled_power": lambda base, other, n, level: pooled_proportions_power(base, other, n, n, level=level),
    "pooled_effect": lambda base, n, level, power: pooled_proportions_effect(
        base, n, n, level=level, power=power
    ),
    "cohens_h": cohens_h,
    "joint": joint,
    "critical": critical,
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_against_r(formula):
    cases = [case for case in STORED if case["formula"] == formula]
    assert cases
    for case in cases:
        arguments = case["arguments"]
        found = FORMULAS[formula](*arguments)
        np.testing.assert_allclose(found, case["value"], rtol=0, atol=ATOL, err_msg=str(arguments))


# Computed elsewhere with pwr 1.3.0, PowerUpR 1.1.0 and mvtnorm 1.1.3; two arms of 178 where nothing is said.
# pwr finds effects by a root to 1e-4 of its power, so its effects are only good to about 1e-5.
POWER = (0.4688608414332, 0.6525266454044, 0.8058068312022)
T_EFFECT, T_EFFECT_OF_FOUR, H_EFFECT = 0.2977761457705, 0.3555330659134, 0.2969674611896
ROOT_OF_PWR = 1e-5
ONE_BY_ONE, CLUSTERS, SITES = 0.2491571198491, 0.3559677708221, 0.2870486799724
DUNNETT, DUNNETT_POWER = 2.445720357115, 0.6497022129602
MCKENZIE = 0.4166666666667


def test_two_arms_of_178():
    powers = [two_sample_t_power(d, 178, 178, level=0.05) for d in (0.20, 0.25, 0.30)]
    np.testing.assert_allclose(powers, POWER, rtol=0, atol=ATOL)
    effects = [two_sample_t_effect(178, 178, level=level, power=0.8) for level in (0.05, 0.05 / 4)]
    np.testing.assert_allclose(effects, [T_EFFECT, T_EFFECT_OF_FOUR], rtol=0, atol=ROOT_OF_PWR)
    np.testing.assert_allclose(cohens_h_effect(178, 178, level=0.05, power=0.8), H_EFFECT, atol=ATOL)


@pytest.mark.parametrize(
    ("error", "df", "effect"),
    [
        (one_by_one_std_error(356, r_squared=0.3), 356 - 5 - 2, ONE_BY_ONE),
        (clusters_drawn_std_error(20, 30, icc=0.05, r_squared_within=0.3), 20 - 2, CLUSTERS),
        (varying_sites_std_error(8, 60, icc=0.1, heterogeneity=0.2, r_squared=0.3), 8 - 1, SITES),
    ],
)
def test_minimum_detectable_effects_of_powerup(error, df, effect):
    np.testing.assert_allclose(multiplier_effect(error, df, level=0.05, power=0.8), effect, rtol=0, atol=ATOL)


def test_four_arms_against_one_control():
    threshold = largest_t([0.5 + 0.5 * np.eye(4)], level=0.05).critical(885)
    assert threshold == pytest.approx(DUNNETT, abs=1e-3)  # theirs is numerical, good to three decimals
    power = t_power(0.3, std_error=math.sqrt(2 / 178), df=885, critical=DUNNETT)
    assert power == pytest.approx(DUNNETT_POWER, abs=1e-4)  # as far as their degrees of freedom reach


def test_three_follow_ups_and_a_baseline():
    assert ancova_factor(baseline_correlation=0.5, after=3, autocorrelation=0.5) == pytest.approx(MCKENZIE)


# Detectable increase in points over 5, 10 and 15%: two equal arms, two-sided 5%, power 80%. Equal arms are an
# assumption; the numbers per arm follow from the participants that CPB counted in 2022.
CITIES = {
    "Groningen, Utrecht": (178, (8.5, 10.6, 12.0)),
    "Tilburg": (195, (8.0, 10.0, 11.4)),
    "Wageningen": (102, (12.0, 14.5, 16.2)),
    "Deventer": (91, (13.0, 15.5, 17.3)),
    "Nijmegen": (101, (12.1, 14.6, 16.3)),
    "ZonMw's minimum": (100, (12.2, 14.7, 16.4)),
}


@pytest.mark.parametrize("city", CITIES)
def test_cities(city):
    number, points = CITIES[city]
    for base, expected in zip((0.05, 0.10, 0.15), points, strict=True):
        rise = unpooled_proportions_effect(base, number, number, level=0.05, power=0.8)
        assert 100 * rise == pytest.approx(expected, abs=0.1)
        pooled = pooled_proportions_effect(base, number, number, level=0.05, power=0.8)
        assert 0 < 100 * (pooled - rise) < 0.3
