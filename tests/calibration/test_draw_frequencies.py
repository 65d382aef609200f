"""Chances that are told are the chances that are given: 10,000 re-draws within Monte Carlo error.

With z-values of n units and k arms the largest of n x k stays below 5 in all but 1 of 1,000 to 10,000 cases,
and their spread near 1; both are checked, because a small bias everywhere shows only in the spread.
"""

import numpy as np
import pytest

from opmaat.assign.balance import RedrawTest, sample_ratio
from opmaat.assign.procedures.blocked import BlockedDraw
from opmaat.assign.procedures.blocks import BlockSequence
from opmaat.assign.procedures.clustered import ClusteredDraw
from opmaat.assign.procedures.differences import arm_means, standardised
from opmaat.assign.procedures.minimised import MinimisedDraw
from opmaat.assign.procedures.rerandomised import RerandomisedDraw
from opmaat.assign.procedures.simple import SimpleDraw
from opmaat.assign.procedures.stream import Stream

DRAWS = 10_000
RATIO = (2, 1, 1, 2)
SHARES = np.array(RATIO) / sum(RATIO)
CHANCE = np.random.default_rng(1)
STRATUM = np.sort(CHANCE.integers(0, 7, 61))
FACTORS = CHANCE.integers(0, 3, (60, 2))
BLOCKED = BlockedDraw(STRATUM, SHARES)
NAMES = tuple(map(str, range(7)))
CLUSTER = np.concatenate([np.arange(9), CHANCE.integers(0, 9, 40)])
PROCEDURES = {
    "simple": SimpleDraw(50, SHARES),
    "complete": BlockedDraw(np.zeros(50, dtype=np.int64), SHARES),
    "blocked": BLOCKED,
    "blocked, unlike shares": BlockedDraw(STRATUM, np.array([0.37, 0.11, 0.52])),
    "blocks on a closed list": BlockSequence(BLOCKED, NAMES, (4, 5, 7), False),
    "blocks in order of entry": BlockSequence(BLOCKED, NAMES, (4, 5, 7), True),
    "clustered": ClusteredDraw(BlockedDraw(np.zeros(9, dtype=np.int64), SHARES), CLUSTER),
    "minimised": MinimisedDraw(FACTORS, RATIO, 0.8),
}


@pytest.mark.parametrize("name", PROCEDURES)
def test_chances_are_the_frequencies(name):
    procedure = PROCEDURES[name]
    labels = procedure.draws(Stream(b"frequencies"), DRAWS)
    told = procedure.chances()
    assert told.draws is None
    z = np.stack(
        [
            ((labels == arm).mean(axis=0) - chance) / np.sqrt(chance * (1 - chance) / DRAWS)
            for arm, chance in enumerate(told.values.T)
        ]
    )
    assert abs(z).max() < 5
    assert abs(z.std() - 1) < (0.6 if name == "clustered" else 0.25)


def test_pairs_of_a_stratum_are_drawn_apart_as_often_as_complete_draws_say():
    labels = BlockedDraw(np.zeros(6, dtype=np.int64), np.array([0.5, 0.5])).draws(Stream(b"pairs"), DRAWS)
    apart = [(labels[:, one] != labels[:, other]).mean() for one in range(6) for other in range(one)]
    assert np.allclose(apart, 3 / 5, atol=5 * np.sqrt(0.24 / DRAWS))


@pytest.mark.parametrize("parts", [(2, 1), (1, 4), (2, 1, 1, 2), (3, 2, 1)])
def test_minimisation_keeps_unequal_ratios_at_every_entry(parts):
    labels = MinimisedDraw(FACTORS, parts, 0.9).draws(Stream(b"ratio"), 4000)
    shares = np.array(parts) / sum(parts)
    for arm, share in enumerate(shares):
        by_entry = (labels == arm).mean(axis=0)
        assert abs(by_entry - share).max() < 5 * np.sqrt(share * (1 - share) / 4000)
    totals = (labels == 0).sum(axis=1)
    assert totals.std() < 0.8 * np.sqrt(60 * shares[0] * (1 - shares[0]))


def test_minimisation_balances_what_simple_draws_leave_uneven():
    levels = np.random.default_rng(2).integers(0, 2, (200, 4))

    def unevenness(labels):
        signs = 2.0 * labels - 1.0
        return np.mean([abs(signs[:, levels[:, factor] == 1].sum(axis=1)).mean() for factor in range(4)])

    minimised = MinimisedDraw(levels, (1, 1), 0.85).draws(Stream(b"even"), 200)
    simple = SimpleDraw(200, np.array([0.5, 0.5])).draws(Stream(b"even"), 200)
    assert unevenness(minimised) < 0.4 * unevenness(simple)


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.25, 0.5, 0.25)])
def test_rerandomised_chances_are_estimated_with_their_error(shares):
    values = standardised(np.random.default_rng(3).normal(size=(40, 2)) ** 3)
    draw = RerandomisedDraw(BlockedDraw(np.zeros(40, dtype=np.int64), np.array(shares)), values, 0.35)
    told = draw.chances()
    labels = draw.draws(Stream(b"others"), 4000)
    error = np.sqrt(2) * np.maximum(told.std_error, 1e-9)
    z = [((labels == arm).mean(axis=0) - told.values[:, arm]) / error[:, arm] for arm in range(len(shares))]
    assert told.draws == 4000
    assert abs(np.array(z)).max() < 5
    means = arm_means(labels, values, len(shares))
    assert np.ptp(means, axis=1).max() <= 0.35


def test_sample_ratio_holds_its_size_and_finds_an_arm_that_stays_away():
    chance = np.random.default_rng(4)
    draw = BlockedDraw(np.zeros(200, dtype=np.int64), np.array([0.5, 0.5]))
    redraws = draw.draws(Stream(b"again"), 400)
    own = draw.draws(Stream(b"own"), 400)
    p = [sample_ratio(labels, chance.random(200) < 0.3, redraws, 2).p for labels in own]
    assert np.mean(np.array(p) <= 0.05) < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 400)
    away = [
        sample_ratio(labels, chance.random(200) < np.where(labels == 1, 0.1, 0.4), redraws, 2).p
        for labels in own
    ]
    assert np.mean(np.array(away) <= 0.05) > 0.9


def test_everybody_joining_says_nothing_about_a_blocked_draw():
    redraws = BLOCKED.draws(Stream(b"again"), 50)
    plain = BlockedDraw(np.zeros(60, dtype=np.int64), np.array([0.5, 0.5])).draws(Stream(b"x"), 50)
    assert sample_ratio(plain[0], np.ones(60, dtype=bool), plain, 2) == RedrawTest(0.0, 1.0, 50)
    assert 0 < sample_ratio(redraws[0], np.ones(61, dtype=bool), redraws, 4).p <= 1
