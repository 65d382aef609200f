"""Caseworkers: who has whom, how full their load is, and the talks that were held or missed."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from opmaat.conduct import kinds
from opmaat.conduct.approach import rules_of
from opmaat.rehearse.lives.lives import NEVER, Lives
from opmaat.rehearse.people.chance import Chance, Floats, Purpose
from opmaat.rehearse.people.people import Ints
from opmaat.rehearse.play.calendar import day_in

if TYPE_CHECKING:
    from opmaat.rehearse.play.journal import Diary

_CHANNELS: tuple[kinds.Channel, ...] = ("office", "office", "phone", "home")
_FIRST_WORKER = 0x3F00
_DAY_OF_TALK = (0.1, 0.6)


def write_contacts(
    diary: Diary, lives: Lives, adults: list[list[int]], chance: Chance, *, columns: int
) -> None:
    """Write the talks of every month: as often as the arm plans, and elsewhere as often as is usual.

    A caseworker has households of several arms; a fuller load makes talks shorter.
    """
    numbers = lives.setting.numbers.casework
    joined = np.flatnonzero(lives.part.joined)
    worker = _workers(lives, joined)
    load = np.bincount(worker)[worker] / numbers.load
    planned = _planned(lives)[joined]
    most = int(np.ceil(planned.max(initial=0.0)))
    for column, again in product(range(int(lives.start.min()), columns), range(most)):
        luck = chance.uniform(Purpose.CASEWORK, len(joined), month=column, part=2 * again)
        how = chance.uniform(Purpose.CASEWORK, len(joined), month=column, part=2 * again + 1)
        talks = np.flatnonzero((luck < planned - again) & _reachable(lives, joined, column))
        rows = zip(*(one[talks].tolist() for one in (joined, luck, how, load, worker)), strict=True)
        for household, of_channel, of_talk, full, name in rows:
            minutes = round(numbers.minutes * (0.6 + 0.8 * of_talk) / max(1.0, full))
            channel = _CHANNELS[int(of_channel * 997) % len(_CHANNELS)]
            kind = kinds.ContactMissed if of_talk < numbers.missed else kinds.ContactHeld
            diary.write(
                household,
                kind(minutes, channel),
                day_in(lives.setting, column, _DAY_OF_TALK[0] + _DAY_OF_TALK[1] * of_talk),
                person=adults[household][0],
                actor=f"caseworker:{_FIRST_WORKER + name:04x}",
            )


def _workers(lives: Lives, joined: Ints) -> Ints:
    """Return the caseworker of each household that joined; loads differ by half from worker to worker."""
    workers = max(2, -(-len(joined) // lives.setting.numbers.casework.load))
    shares = np.linspace(0.75, 1.25, workers)
    steps = np.cumsum(shares / shares.sum())[:-1]
    spread = (joined * 0.6180339887498949) % 1.0
    return np.searchsorted(steps, spread).astype(np.int64)


def _planned(lives: Lives) -> Floats:
    """Return how many talks a month each household has on average."""
    setting = lives.setting
    usual = setting.numbers.casework.contacts_per_month
    rules = [rules_of(arm) for arm in setting.protocol.arms.values()]
    of_arm = np.array([usual if one.guidance is None else one.guidance.contacts_per_month for one in rules])
    place = np.where(lives.part.option >= 0, lives.part.option, lives.arm)
    return np.where(lives.part.took_up, of_arm[place], usual)


def _reachable(lives: Lives, joined: Ints, column: int) -> Ints:
    """Tell which of those who joined are on benefit, here, and in the trial for the whole of a month."""
    inside = lives.start[joined] <= column
    for since in (lives.withdrew[joined], lives.moved[joined], lives.died[: lives.people.households][joined]):
        inside &= (since == NEVER) | (since > column)
    end = lives.start[joined] + lives.setting.arm_months[lives.arm[joined]]
    found: Ints = inside & (column < end) & lives.on_benefit[joined, column]
    return found
