"""The answers to a wave as who runs the questionnaire delivers them: pseudonyms, days and items."""

from __future__ import annotations

from datetime import date
from math import isnan, nan
from pathlib import Path

import numpy as np

from opmaat.rehearse.lives.answers import item_answers
from opmaat.rehearse.lives.lives import Lives
from opmaat.rehearse.people.chance import Chance, Floats, Purpose
from opmaat.rehearse.people.people import Ints
from opmaat.rehearse.play.calendar import first_day, recruiting
from opmaat.rehearse.play.journal import answer_day, answering
from opmaat.rehearse.play.tables import write_columns
from opmaat.survey.model import Questionnaire, SurveyWave
from opmaat.survey.schedule import window


def write_answers(
    path: Path,
    lives: Lives,
    questionnaire: Questionnaire,
    wave: int,
    chance: Chance,
    *,
    persons: tuple[str, ...],
    round_: Ints,
    rounds: list[int],
) -> None:
    """Write who of some rounds answered a wave, and what.

    Items outside the scales have no answer: nothing is assumed of them.

    Parameters
    ----------
    persons
        Pseudonyms, in the order of the people.
    round_
        The place of each household's round.
    rounds
        The places of the rounds whose answers came in.
    """
    of_round = np.isin(round_[lives.people.household], rounds)
    rows = np.flatnonzero(lives.answered[:, wave] & of_round)
    given: dict[str, Floats] = {}
    for scale in questionnaire.scales:
        given |= item_answers(lives, scale.scale, wave, chance)
    spread = chance.uniform(Purpose.LETTER, lives.people.households)
    found = questionnaire.waves[wave]
    columns = {
        "person": [persons[row] for row in rows],
        "wave": [found.name] * len(rows),
        "given_on": [
            _day(lives, found, int(round_[place]), float(spread[place])).isoformat()
            for place in lives.people.household[rows].tolist()
        ],
    }
    for item in questionnaire.asked:
        values = given[item][rows].tolist() if item in given else [nan] * len(rows)
        columns[item] = ["" if isnan(value) else f"{value:.0f}" for value in values]
    write_columns(path, columns, separator=",")


def _day(lives: Lives, wave: SurveyWave, round_: int, spread: float) -> date:
    """Return the day on which somebody answered, as the journal has it."""
    sent, latest = answering(wave, recruiting(lives.setting, round_))
    return answer_day(sent, latest, spread)


def closes(lives: Lives, wave: SurveyWave, round_: int) -> date:
    """Return the last day on which a wave can be answered by who is in a round."""
    return window(first_day(lives.setting, round_), wave).closes
