"""The answers to a wave as who runs the questionnaire delivers them: pseudonyms, days and items."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from opmaat.rehearse.lives.answers import item_answers
from opmaat.rehearse.lives.lives import Lives
from opmaat.rehearse.people.chance import Chance, Floats, Purpose
from opmaat.rehearse.people.people import Ints
from opmaat.rehearse.play.calendar import first_day, recruiting
from opmaat.rehearse.play.journal import answer_day, answering
from opmaat.rehearse.play.tables import whole_numbers, write_columns
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
) -> int:
    """Write who of some rounds answered a wave, and what; return the number of rows.

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
    households = lives.people.household[rows]
    given: dict[str, Floats] = {}
    for scale in questionnaire.scales:
        given |= item_answers(lives, scale.scale, wave, chance, rows=rows)
    spread = chance.uniform(Purpose.LETTER, lives.people.households).tolist()
    found = questionnaire.waves[wave]
    days = {place: answering(found, recruiting(lives.setting, place)) for place in rounds}
    columns = {
        "person": [persons[row] for row in rows],
        "wave": [found.name] * len(rows),
        "given_on": [
            answer_day(*days[place], spread[household]).isoformat()
            for household, place in zip(households.tolist(), round_[households].tolist(), strict=True)
        ],
    }
    for item in questionnaire.asked:
        columns[item] = whole_numbers(given[item]) if item in given else [""] * len(rows)
    return write_columns(path, columns, separator=",")


def closes(lives: Lives, wave: SurveyWave, round_: int) -> date:
    """Return the last day on which a wave can be answered by who is in a round."""
    return window(first_day(lives.setting, round_), wave).closes
