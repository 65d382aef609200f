"""Joining, choosing, taking up and answering: they depend on the arm and on health, with or without effects.

A rehearsal in which those who join or answer are like the others would be no test: it would show nothing of
what goes wrong when only they are compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.rehearse.lives.setting import Setting
from opmaat.rehearse.people.chance import Chance, Floats, Purpose, happens
from opmaat.rehearse.people.people import Flags, Ints, People

_NOT_DRAWN = -1


@dataclass(frozen=True, slots=True)
class Part:
    """How households take part; arrays (households,).

    ``option`` is the place of the arm that a household of a choice arm chose, and -1 elsewhere.
    """

    joined: Flags
    option: Ints
    took_up: Flags

    def multiplied(self, of_arm: Floats, arm: Ints) -> Floats:
        """Return what belongs to an arm, times what belongs to the option that was chosen."""
        return of_arm[arm] * np.where(self.option >= 0, of_arm[self.option], 1.0)


def part_of(people: People, setting: Setting, arm: Ints, chance: Chance) -> Part:
    """Return how households take part in the arms that they were drawn into; -1 was not drawn.

    Parameters
    ----------
    arm
        The place of each household's arm, (households,).
    """
    drawn = arm >= 0
    health = people.health[: people.households]
    joined = drawn if setting.joins_first else drawn & _joins(setting, arm, health, chance)
    option = np.where(joined, _chosen(setting, arm, health, chance), _NOT_DRAWN)
    return Part(joined, option, joined & _takes_up(setting, arm, option, health, chance))


def joins_first(people: People, setting: Setting, chance: Chance) -> Flags:
    """Tell which households join before there is a draw: by health, and by nothing that an arm has."""
    part, planning = setting.numbers.taking_part, setting.protocol.planning
    share = part.joins if planning is None else planning.recruitment.joins.value
    odds = _odds(share) * np.exp(part.joining_by_health * people.health[: people.households])
    return happens(chance.uniform(Purpose.JOINS, people.households), odds)


def answers(
    people: People, setting: Setting, arm: Ints, *, part: Part, working: Flags, wave: int, chance: Chance
) -> Flags:
    """Tell who answers a wave, of all persons; who may be asked is for the caller.

    Parameters
    ----------
    working
        Who works in the month of the wave, (persons,).
    wave
        The place of the wave in the protocol.
    """
    numbers = setting.numbers.taking_part
    found = setting.protocol.waves[wave]
    planning = setting.protocol.planning
    assumed = None if planning is None else planning.waves.get(found.name)
    share = numbers.answers if assumed is None else assumed.answers.value
    effect = part.multiplied(setting.multipliers["answering"], arm)
    of_household = np.where(arm >= 0, setting.answering[arm] * effect, 1.0)
    odds = _odds(share) * of_household[people.household]
    odds = odds * np.exp(numbers.answering_by_health * people.health + numbers.answering_by_work * working)
    luck = chance.of(households=people.households, partners=len(people.partners))
    return happens(luck.uniform(Purpose.ANSWERS, part=wave), odds)


def _joins(setting: Setting, arm: Ints, health: Floats, chance: Chance) -> Flags:
    odds = _odds(setting.joins)[arm] * np.exp(setting.joining_by_health[arm] * health)
    return happens(chance.uniform(Purpose.JOINS, len(arm)), odds)


def _takes_up(setting: Setting, arm: Ints, option: Ints, health: Floats, chance: Chance) -> Flags:
    """Tell who takes up what their arm, or the option they chose, offers."""
    slope = setting.numbers.taking_part.taking_up_by_health
    odds = _odds(setting.takes_up)[np.where(option >= 0, option, arm)] * np.exp(slope * health)
    return happens(chance.uniform(Purpose.TAKES_UP, len(arm)), odds)


def _chosen(setting: Setting, arm: Ints, health: Floats, chance: Chance) -> Ints:
    """Return the option of who may choose: the one with the most pull, of which health is a part."""
    chosen = np.full(len(arm), _NOT_DRAWN, dtype=np.int64)
    for place, options in enumerate(setting.options):
        if not options:
            continue
        pulls = [
            np.log(_odds(setting.joins)[option])
            + setting.joining_by_health[option] * health
            - np.log(-np.log(chance.uniform(Purpose.CHOOSES, len(arm), part=option) + 2.0**-54))
            for option in options
        ]
        best: NDArray[np.int64] = np.array(options)[np.argmax(pulls, axis=0)]
        chosen = np.where(arm == place, best, chosen)
    return chosen


def _odds(share: Floats | float) -> Floats:
    """Return the odds of a share; of certainty they are as good as endless."""
    part = np.clip(share, 0.0, 1 - 1e-12)
    odds: Floats = np.asarray(part / (1 - part), dtype=np.float64)
    return odds
