"""What holds for every draw: one arm each, shares within the bound, nobody split, chances that add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opmaat.assign.procedures.blocked import BlockedDraw
from opmaat.assign.procedures.blocks import BlockSequence
from opmaat.assign.procedures.clustered import ClusteredDraw
from opmaat.assign.procedures.minimised import MinimisedDraw
from opmaat.assign.procedures.rerandomised import RerandomisedDraw
from opmaat.assign.procedures.rounding import whole_numbers
from opmaat.assign.procedures.simple import SimpleDraw
from opmaat.assign.procedures.stream import Stream

ratios = st.lists(st.integers(1, 7), min_size=2, max_size=6)
strata = st.lists(st.integers(0, 6), min_size=1, max_size=120)
seeds = st.binary(min_size=1, max_size=32)


def shares_of(ratio):
    return np.array(ratio, dtype=np.float64) / sum(ratio)


def ranked(codes):
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


@given(sizes=st.lists(st.integers(0, 60), min_size=1, max_size=12), ratio=ratios, seed=seeds)
@settings(deadline=None)
def test_rounding_goes_to_a_neighbour_and_adds_up(sizes, ratio, seed):
    shares, sizes = shares_of(ratio), np.array(sizes, dtype=np.int64)
    numbers = whole_numbers(sizes, shares, stream=Stream(seed), count=3)
    assert (numbers.sum(axis=2) == sizes).all()
    assert (abs(numbers - sizes[:, None] * shares) < 1).all()


@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=30), ratio=ratios, seed=seeds)
@settings(deadline=None)
def test_strata_with_the_same_remainders_even_each_other_out(sizes, ratio, seed):
    sizes, shares = np.array(sizes, dtype=np.int64), shares_of(ratio)
    totals = whole_numbers(sizes, shares, stream=Stream(seed), count=5).sum(axis=1)
    kinds = len({size % sum(ratio) for size in sizes})
    assert (abs(totals - sizes.sum() * shares) < kinds + 1e-6).all()


@given(strata=strata, ratio=ratios, seed=seeds)
@settings(deadline=None)
def test_blocked_keeps_its_shares_in_every_stratum(strata, ratio, seed):
    stratum, shares = ranked(strata), shares_of(ratio)
    labels = BlockedDraw(stratum, shares).draws(Stream(seed), 2)
    assert labels.shape == (2, len(strata))
    assert labels.min() >= 0
    assert labels.max() < len(ratio)
    for code in np.unique(stratum):
        for row in labels[:, stratum == code]:
            assert (abs(np.bincount(row, minlength=len(ratio)) - len(row) * shares) < 1).all()


@given(
    strata=strata, sizes=st.sets(st.integers(2, 9), min_size=1, max_size=3), seed=seeds, rolling=st.booleans()
)
@settings(deadline=None)
def test_blocks_keep_equal_arms_within_a_block(strata, sizes, seed, rolling):
    stratum = ranked(strata)
    plain = BlockedDraw(stratum, np.array([0.5, 0.5]))
    names = tuple(map(str, np.unique(stratum)))
    labels = BlockSequence(plain, names, tuple(sorted(sizes)), rolling).draws(Stream(seed), 1)[0]
    for code in np.unique(stratum):
        row = labels[stratum == code]
        blocks = -(-len(row) // min(sizes))
        assert abs(int(row.sum()) - len(row) / 2) <= blocks / 2 + max(sizes) / 2


@given(strata=strata, later=strata, seed=seeds)
@settings(max_examples=40, deadline=None)
def test_later_households_do_not_change_earlier_ones(strata, later, seed):
    both = [*strata, *later]
    names = [str(code) for code in sorted(set(both))]

    def labels(codes, plan):
        if plan == "minimised":
            return MinimisedDraw(np.array(codes)[:, None], (1, 2), 0.8).draws(Stream(seed), 1)[0]
        if plan == "simple":
            return SimpleDraw(len(codes), np.array([0.3, 0.7])).draws(Stream(seed), 1)[0]
        known = [name for name in names if int(name) in codes]
        blocks = BlockedDraw(ranked(codes), np.array([0.5, 0.5]))
        return BlockSequence(blocks, tuple(known), (2, 4), True).draws(Stream(seed), 1)[0]

    for plan in ("minimised", "simple", "blocks"):
        assert labels(both, plan)[: len(strata)].tolist() == labels(strata, plan).tolist()


@given(clusters=st.lists(st.integers(0, 9), min_size=1, max_size=60), ratio=ratios, seed=seeds)
@settings(deadline=None)
def test_clusters_stay_together(clusters, ratio, seed):
    cluster = ranked(clusters)
    draw = ClusteredDraw(BlockedDraw(np.zeros(cluster.max() + 1, dtype=np.int64), shares_of(ratio)), cluster)
    labels = draw.draws(Stream(seed), 1)[0]
    assert all(len(set(labels[cluster == code])) == 1 for code in np.unique(cluster))


@given(strata=strata, ratio=ratios)
@settings(deadline=None)
def test_chances_add_up_to_one(strata, ratio):
    stratum, shares = ranked(strata), shares_of(ratio)
    blocked = BlockedDraw(stratum, shares)
    procedures = [
        SimpleDraw(len(strata), shares),
        blocked,
        BlockSequence(blocked, tuple(map(str, np.unique(stratum))), (4,), False),
        MinimisedDraw(stratum[:, None], tuple(ratio), 0.8),
    ]
    for procedure in procedures:
        assert procedure.chances().values.sum(axis=1) == pytest.approx(1.0)


@given(seed=seeds)
@settings(max_examples=15)
def test_another_seed_is_another_draw(seed):
    draw = BlockedDraw(np.zeros(200, dtype=np.int64), np.array([0.5, 0.5]))
    assert draw.draws(Stream(seed), 1).tolist() == draw.draws(Stream(seed), 1).tolist()
    assert draw.draws(Stream(seed), 1).tolist() != draw.draws(Stream(seed + b"!"), 1).tolist()


def test_bound_that_cannot_be_met_is_told(monkeypatch):
    from opmaat.assign.procedures import rerandomised
    from opmaat.core.errors import CheckFailedError

    monkeypatch.setattr(rerandomised, "_MOST_TRIES", 400)
    values = np.array([[-1.0], [1.0], [-1.0], [5.0]])
    draw = RerandomisedDraw(BlockedDraw(np.zeros(4, dtype=np.int64), np.array([0.5, 0.5])), values, 0.01)
    with pytest.raises(CheckFailedError, match="bound-too-tight"):
        draw.draws(Stream(b"a"), 1)
