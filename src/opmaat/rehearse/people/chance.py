"""Chance: uniform numbers that depend on the seed, person, month and purpose, and on nothing else.

The same person under another arm, or in a run that asks for other things in between, gets the same numbers.
So lives under two arms differ by what the arms do, and not by luck (common random numbers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, auto
from threading import local
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]


class Purpose(IntEnum):
    """What a number is for. New purposes go at the end: the numbers of the others then stay as they were."""

    KIND = auto()
    AGE = auto()
    SEX = auto()
    DURATION = auto()
    SCHOOLING = auto()
    BACKGROUND = auto()
    HEALTH = auto()
    DRIVE = auto()
    HOURLY_WAGE = auto()
    SMALL_HOURS = auto()
    LARGE_HOURS = auto()
    KEEPS_TO_CAP = auto()
    WORKS_AT_FIRST = auto()
    OTHER_FIELD = auto()
    ROUND = auto()
    DRAW = auto()
    JOINS = auto()
    CHOOSES = auto()
    TAKES_UP = auto()
    DIES = auto()
    LEAVES = auto()
    REASON = auto()
    LARGE_JOB = auto()
    SMALL_JOB = auto()
    JOB_KIND = auto()
    PERMANENT = auto()
    HOURS_OF_MONTH = auto()
    RETURNS = auto()
    WITHDRAWS = auto()
    ANSWERS = auto()
    SCORE = auto()
    ITEM = auto()
    CASEWORK = auto()
    LETTER = auto()


class _OfThread(local):
    """A generator for each thread: it is set to its place before every use, and making one takes longer."""

    def __init__(self) -> None:
        self.generator = np.random.Generator(np.random.Philox(key=0))


_OF_THREAD = _OfThread()
_AT_THE_START: Mapping[str, Any] = {
    "bit_generator": "Philox",
    "buffer": np.zeros(4, dtype=np.uint64),
    "buffer_pos": 4,
    "has_uint32": 0,
    "uinteger": 0,
}


@dataclass(frozen=True, slots=True)
class Chance:
    """The source of all chance of one rehearsal; ``seed`` is a whole number below 2 to the power 64."""

    seed: int

    def uniform(self, purpose: Purpose, count: int, *, month: int = 0, part: int = 0) -> Floats:
        """Return a number from 0 up to 1 for each of ``count`` of something; more of them change no number.

        ``part`` tells numbers of one purpose and month apart, such as those of several items.

        >>> few, many = (Chance(7).uniform(Purpose.DIES, count, month=3) for count in (2, 5))
        >>> few.tolist() == many[:2].tolist()
        True
        """
        place = {"key": (self.seed, purpose), "counter": (0, 0, month, part)}
        _OF_THREAD.generator.bit_generator.state = {**_AT_THE_START, "state": place}
        return _OF_THREAD.generator.random(count)

    def of(self, *, households: int, partners: int) -> PersonalChance:
        """Return the chance of persons: first adults of households, and then the partners.

        >>> Chance(7).of(households=3, partners=1).uniform(Purpose.DIES).shape
        (4,)
        """
        return PersonalChance(self, households, partners)


@dataclass(frozen=True, slots=True)
class PersonalChance:
    """Chance per person, in the order of :class:`opmaat.rehearse.people.people.People`."""

    chance: Chance
    households: int
    partners: int

    def uniform(self, purpose: Purpose, *, month: int = 0, part: int = 0) -> Floats:
        """Return a number from 0 up to 1 for every person."""
        first = self.chance.uniform(purpose, self.households, month=month, part=2 * part)
        if not self.partners:
            return first
        return np.concatenate(
            [first, self.chance.uniform(purpose, self.partners, month=month, part=2 * part + 1)]
        )

    def normal(
        self, purpose: Purpose, *, month: int = 0, part: int = 0, rows: NDArray[np.int64] | None = None
    ) -> Floats:
        """Return a standard normal number for every person, or for those in some places."""
        drawn = self.uniform(purpose, month=month, part=part)
        drawn = drawn if rows is None else drawn[rows]
        normal: Floats = ndtri(drawn + 2.0**-54)
        return normal


def happens(uniform: Floats, odds: Floats) -> NDArray[np.bool_]:
    """Tell to whom something happens that has these odds.

    >>> happens(np.array([0.4, 0.6]), np.array([1.0, 1.0])).tolist()
    [True, False]
    """
    return uniform * (1.0 + odds) < odds
