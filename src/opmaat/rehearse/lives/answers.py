"""Answers to questionnaires: items that follow from health, work, the person, the wave and the arm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from opmaat.rehearse.lives.lives import Lives
from opmaat.rehearse.people.chance import Chance, Floats, Purpose
from opmaat.rehearse.people.municipality import ScoreNumbers, TypedNumber
from opmaat.rehearse.people.people import Flags, Ints
from opmaat.survey.model import Answers
from opmaat.survey.scale import Scale, scale, scale_names
from opmaat.survey.score import Scores, score

_OWN, _OF_WAVE = 0, 1


def item_answers(lives: Lives, name: str, wave: int, chance: Chance, *, rows: Ints) -> dict[str, Floats]:
    """Return the answers of some persons to the items of a scale in a wave, as if all answered.

    Some items are left open, NaN, whoever answers. Answers do not depend on whether somebody is asked.

    Parameters
    ----------
    wave
        The place of the wave in the protocol.
    rows
        The places of the persons, shape (rows,), as that of the answers to each item.
    """
    asked, numbers = scale(name), lives.setting.numbers
    latent = _latent(lives, name, wave, chance, rows)
    luck = chance.of(households=lives.people.households, partners=len(lives.people.partners))
    found = {}
    for place, (item_name, item) in enumerate(asked.items.items()):
        part = _part(name, wave, 2 * place)
        standing = latent + numbers.scores.item * luck.normal(Purpose.ITEM, part=part, rows=rows)
        answer = _answer(asked, -standing if item.reversed else standing, numbers.scores)
        open_ = luck.uniform(Purpose.ITEM, part=part + 1)[rows] < numbers.taking_part.unanswered_item
        found[item_name] = np.where(open_, np.nan, answer)
    return found


def _answer(asked: Scale, standing: Floats, numbers: ScoreNumbers) -> Floats:
    """Return the whole answers to an item of who stands so many standard deviations from the middle."""
    low, high = asked.answers.lowest, asked.answers.highest
    if asked.answers.kind == "number":
        value = _typed(numbers.numbers[asked.scale], standing / numbers.spread)
    else:
        value = np.rint((low + high) / 2 + numbers.width * (high - low) * standing)
    answer: Floats = np.clip(value, low, high) + 0.0
    return answer


def _typed(number: TypedNumber, rank: Floats) -> Floats:
    """Return numbers by standard normal ranks: none below some share, and from there geometric."""
    log_share_above = log_ndtr(-rank)
    steps = (np.log(number.share) - log_share_above) / -np.log1p(-1 / number.mean)
    found: Floats = np.maximum(np.floor(steps) + 1, 0.0)
    return found


def scores(
    lives: Lives, name: str, wave: int, chance: Chance, *, persons: tuple[str, ...], who: Flags
) -> Scores:
    """Return the scores on a scale in a wave of some persons, by the scale's own rule.

    Parameters
    ----------
    persons
        Names of all persons.
    who
        Whose scores are known, (persons,): those who answered, or everybody.
    """
    rows = np.flatnonzero(who)
    answers = Answers(
        questionnaire="",
        wave=lives.setting.protocol.waves[wave].name,
        persons=tuple(persons[row] for row in rows),
        given_on=np.full(len(rows), np.datetime64(lives.people.reference_date)),
        numbers=item_answers(lives, name, wave, chance, rows=rows),
        words={},
    )
    return score(answers, scale(name))


def wave_column(lives: Lives, wave: int) -> Ints:
    """Return the column of a wave for each person, within the months that are played, (persons,)."""
    month = lives.setting.protocol.waves[wave].month
    column = (lives.start + month - 1).clip(0, lives.months - 1)
    return column[lives.people.household]


def _latent(lives: Lives, name: str, wave: int, chance: Chance, rows: Ints) -> Floats:
    """Return what all items of a scale have in common, in standard deviations of the score."""
    numbers, people = lives.setting.numbers.scores, lives.people
    luck = chance.of(households=people.households, partners=len(people.partners))
    column = wave_column(lives, wave)
    sign = 1.0 if scale(name).better != "lower" else -1.0
    own = luck.normal(Purpose.SCORE, part=_part(name, 0, _OWN), rows=rows)
    of_wave = luck.normal(Purpose.SCORE, month=wave + 1, part=_part(name, 0, _OF_WAVE), rows=rows)
    well = numbers.health * people.health[rows] + numbers.works * lives.working(column)[rows]
    return sign * well + numbers.own * own + numbers.wave * of_wave + _shift(lives, name, column)[rows]


def _shift(lives: Lives, name: str, column: Ints) -> NDArray[np.float64]:
    """Return what the arm of each person adds, while it lasts and afterwards, to who took up its offer."""
    setting, household = lives.setting, lives.people.household
    of_arm = np.array([setting.effects.of(arm).scores.get(name, 0.0) for arm in setting.arms])
    if not of_arm.any():
        return np.zeros(lives.people.count)
    added = of_arm[lives.arm] + np.where(lives.part.option >= 0, of_arm[lives.part.option], 0.0)
    inside = (lives.withdrew < 0) | (lives.withdrew > lives.start)
    began = column >= lives.start[household]
    return np.where((lives.part.took_up & inside)[household] & began, added[household], 0.0)


def _part(name: str, wave: int, place: int) -> int:
    """Return a number that tells scales, waves and items apart."""
    return (scale_names().index(name) * 64 + wave) * 256 + place


def scales_of(lives: Lives) -> tuple[Scale, ...]:
    """Return the scales that outcomes of the protocol are made of."""
    definitions = [outcome.definition for outcome in lives.setting.protocol.outcomes.values()]
    wanted = {getattr(item, "scale", None) for item in definitions}
    return tuple(scale(name) for name in scale_names() if name in wanted)
