"""The draw redone by an outsider: without numpy, with hashlib and what the docstrings say."""

import hashlib

import numpy as np

from opmaat.assign.procedures.blocked import BlockedDraw
from opmaat.assign.procedures.stream import Stream

MASK = (1 << 64) - 1


def words_of(seed):
    """Philox4x64-10 with the key and counter that the stream's docstring names."""
    key = hashlib.sha256(seed).digest()[:16]
    keys = (int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little"))
    counter = 0
    while True:
        counter += 1
        block, (one, two) = [counter & MASK, 0, 0, 0], keys
        for _ in range(10):
            high = block[0] * 0xD2E7470EE14C6C93
            low = block[2] * 0xCA5A826395121157
            block = [(low >> 64) ^ block[1] ^ one, low & MASK, (high >> 64) ^ block[3] ^ two, high & MASK]
            one, two = (one + 0x9E3779B97F4A7C15) & MASK, (two + 0xBB67AE8584CAA73B) & MASK
        yield from block


def child(seed, name):
    return hashlib.sha256(seed + b"/" + name.encode()).digest()


def test_words_are_philox():
    stream, again = Stream(b"a seed"), words_of(b"a seed")
    assert [int(word) for word in stream.words(3, 5).ravel()] == [next(again) for _ in range(15)]


def test_child_does_not_depend_on_how_far_its_parent_was_read():
    read, fresh = Stream(b"a seed"), Stream(b"a seed")
    read.words(100)
    assert read.child("x").words(2).tolist() == fresh.child("x").words(2).tolist()
    assert [next(words_of(child(b"a seed", "x")))] == [int(Stream(b"a seed").child("x").words(1)[0])]


def test_complete_draw_redone_by_hand():
    units, shares, seed = 23, [0.5, 0.25, 0.25], b"the seed of a ceremony"
    rounding, slips = words_of(child(seed, "rounding")), words_of(child(seed, "slips"))
    next(rounding)  # the turn of the only stratum of its kind
    start = (next(rounding) >> 11) * 2.0**-53
    order = [at for _, at in sorted((next(rounding), at) for at in range(3))]
    owed = [units * share for share in shares]
    numbers, end = [int(value) for value in owed], 0.0
    for at in order:
        begin, end = end, end + owed[at] - int(owed[at])
        numbers[at] += sum(begin <= start + step < end for step in range(3))
    arms = [arm for arm, number in enumerate(numbers) for _ in range(number)]
    drawn = sorted((next(slips) >> 8 << 8) | arm for arm in arms)
    ours = BlockedDraw(np.zeros(units, dtype=np.int64), np.array(shares)).draws(Stream(seed), 1)[0]
    assert [slip & 0xFF for slip in drawn] == ours.tolist()
