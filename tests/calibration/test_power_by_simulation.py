"""The power that the formulas promise, found back by simulation within three Monte Carlo errors."""

import math

import numpy as np
import pytest

from opmaat.design.families import joint_power
from opmaat.design.power import t_power, two_sample_t_power, unpooled_proportions_power
from opmaat.design.precision import ancova_factor, clusters_drawn_std_error
from opmaat.design.survival import hazard_ratio, log_rank_power
from opmaat.stats.intervals import critical_t

Z = 1.959964


def agrees(rejected, power, *, bias=0.0):
    """Compare a share of rejections with a power; `bias` is what the formula's approximation may cost."""
    error = math.sqrt(power * (1 - power) / rejected.size)
    return abs(rejected.mean() - power) < 3 * error + bias


def t_of(first, second):
    """Return the pooled t statistic of each row."""
    n, m = first.shape[1], second.shape[1]
    pooled = ((n - 1) * first.var(axis=1, ddof=1) + (m - 1) * second.var(axis=1, ddof=1)) / (n + m - 2)
    return (first.mean(axis=1) - second.mean(axis=1)) / np.sqrt(pooled * (1 / n + 1 / m))


@pytest.mark.parametrize(("n", "m", "d"), [(40, 40, 0.6), (15, 30, 0.9)])
def test_t_test(n, m, d):
    rng = np.random.default_rng(1)
    statistic = t_of(rng.normal(d, 1, (20_000, n)), rng.normal(0, 1, (20_000, m)))
    rejected = np.abs(statistic) > critical_t(n + m - 2, confidence=0.95)
    assert agrees(rejected, two_sample_t_power(d, n, m, level=0.05))


def test_two_proportions_with_unpooled_errors():
    rng = np.random.default_rng(2)
    p, q, n = 0.15, 0.27, 178
    first, second = rng.binomial(n, q, 50_000) / n, rng.binomial(n, p, 50_000) / n
    error = np.sqrt((first * (1 - first) + second * (1 - second)) / n)
    rejected = np.abs(first - second) > Z * error
    # a binomial number has steps, which the normal approximation smooths
    assert agrees(rejected, unpooled_proportions_power(p, q, n, n, level=0.05), bias=0.01)


def test_whole_clusters():
    rng = np.random.default_rng(3)
    clusters, size, icc, effect = 24, 20, 0.1, 0.45
    shared = rng.normal(0, math.sqrt(icc), (20_000, clusters))
    own = rng.normal(0, math.sqrt((1 - icc) / size), (20_000, clusters))
    means = shared + own
    means[:, : clusters // 2] += effect
    statistic = t_of(means[:, : clusters // 2], means[:, clusters // 2 :])
    critical = float(critical_t(clusters - 2, confidence=0.95))
    error = clusters_drawn_std_error(clusters, size, icc=icc)
    power = t_power(effect, std_error=error, df=clusters - 2, critical=critical)
    assert agrees(np.abs(statistic) > critical, power)


def test_variance_with_a_baseline_and_three_follow_ups():
    rng = np.random.default_rng(4)
    runs, people, rho = 2_000, 200, 0.5
    shared = rng.normal(0, math.sqrt(rho), (runs, people, 1))
    measures = shared + rng.normal(0, math.sqrt(1 - rho), (runs, people, 4))
    before = measures[..., 0] - measures[..., 0].mean(axis=1, keepdims=True)
    after = measures[..., 1:].mean(axis=2)
    slope = (before * after).sum(axis=1) / (before**2).sum(axis=1)
    left = after - slope[:, None] * before
    half = people // 2
    difference = left[:, :half].mean(axis=1) - left[:, half:].mean(axis=1)
    found = difference.var() / (2 / half)
    expected = ancova_factor(baseline_correlation=rho, after=3, autocorrelation=rho)
    assert found == pytest.approx(expected, rel=3 * math.sqrt(2 / runs))


def test_any_pair_and_all_pairs():
    rng = np.random.default_rng(5)
    arms = rng.normal(0, 1, (40_000, 4)) + np.array([0, 3.2, 3.6, 4.2])
    statistic = (arms[:, 1:] - arms[:, :1]) / math.sqrt(2)
    shown = np.abs(statistic) > 2.35
    shifts = [3.2 / math.sqrt(2), 3.6 / math.sqrt(2), 4.2 / math.sqrt(2)]
    anyone, everyone = joint_power(shifts, [math.sqrt(0.5)] * 3, df=math.inf, critical=2.35)
    assert agrees(shown.any(axis=1), anyone)
    assert agrees(shown.all(axis=1), everyone)


def log_rank(times, seen, treated):
    """Return the log-rank statistic of people sorted by time, without ties."""
    at_risk = np.arange(len(times), 0, -1)
    treated_at_risk = treated.sum() - np.concatenate([[0], np.cumsum(treated)[:-1]])
    share = treated_at_risk / at_risk
    return ((treated - share) * seen).sum() / math.sqrt((share * (1 - share) * seen).sum())


@pytest.mark.parametrize("runs", [1_500, pytest.param(20_000, marks=pytest.mark.slow)])
def test_log_rank(runs):
    rng = np.random.default_rng(6)
    n, base, other = 200, 0.30, 0.44
    statistics = np.empty(runs)
    treated = np.repeat([1, 0], n)
    hazard = np.repeat([-math.log1p(-other), -math.log1p(-base)], n)
    for run in range(runs):
        times = rng.exponential(1 / hazard)
        order = np.argsort(times)
        statistics[run] = log_rank(times[order], times[order] < 1, treated[order])
    power = log_rank_power(hazard_ratio(base, other), n * (base + other), treated=0.5, level=0.05)
    # Schoenfeld's variance is that under no effect, an approximation of one or two points here
    assert agrees(np.abs(statistics) > Z, power, bias=0.015)
