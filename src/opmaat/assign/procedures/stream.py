"""Random numbers that an outsider can make again, in any language.

A stream is Philox4x64-10 (Salmon, Moraes, Dror and Shaw 2011, doi:10.1145/2063384.2063405) with the counter
at zero. Its key is the first 16 bytes of SHA-256(seed), read as two little-endian 64-bit words; a child named
``x`` has the seed SHA-256(seed + "/" + "x"). As in numpy, the counter is raised before the first block.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray


class Stream:
    """A stream of 64-bit words that follows from a seed alone.

    Examples
    --------
    >>> hex(int(Stream(b"opmaat").words(1)[0]))
    '0x911a8381d7177fb3'
    >>> float(Stream(b"opmaat").uniforms(1)[0]) < 1
    True
    """

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        words = np.frombuffer(hashlib.sha256(seed).digest()[:16], dtype="<u8")
        self._generator = np.random.Philox(key=words.astype(np.uint64))

    def child(self, name: str) -> Stream:
        """Return a stream of its own, which does not depend on how far this one was read."""
        return Stream(hashlib.sha256(self._seed + b"/" + name.encode()).digest())

    def words(self, *shape: int) -> NDArray[np.uint64]:
        """Return the next words, filling the shape row by row."""
        total = int(np.prod(shape, dtype=np.int64))
        return np.asarray(self._generator.random_raw(total), dtype=np.uint64).reshape(shape)

    def uniforms(self, *shape: int) -> NDArray[np.float64]:
        """Return numbers from 0 up to, but not including, 1: the upper 53 bits of each word."""
        return (self.words(*shape) >> np.uint64(11)).astype(np.float64) * 2.0**-53
