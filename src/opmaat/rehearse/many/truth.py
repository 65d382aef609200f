"""The truth: what the arms do to the same people, found by playing them under every arm.

Everybody's chance is the same under every arm, so that a difference is what the arm did. The truth is never
read from the file of effects, nor from an estimate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from opmaat.evaluate.questions import Question, questions
from opmaat.evaluate.sample import asked_about, outcome_of
from opmaat.panel.model import Panel
from opmaat.rehearse.lives.behaviour import live
from opmaat.rehearse.many.replicate import Study, drawn_frame, panel_of
from opmaat.rehearse.people.chance import Chance, Floats, Purpose
from opmaat.rehearse.people.frame import Drawn

_LEAST = 3


@dataclass(frozen=True, slots=True)
class Truth:
    """The mean difference that an arm makes, its Monte Carlo error, and of how many people."""

    value: float
    std_error: float
    people: int


def asked(study: Study) -> list[tuple[Question, tuple[str, str]]]:
    """Return every question of a protocol with each of its contrasts, in order."""
    return [(question, pair) for question in questions(study.protocol) for pair in question.pairs]


def truths(
    study: Study,
    households: int,
    seeds: Iterator[int],
    *,
    wanted: Sequence[float],
    most: int = 200,
) -> list[Truth]:
    """Return the truth of every question and contrast, in the order of :func:`asked`.

    Parameters
    ----------
    households
        How many are played at a time.
    seeds
        A seed for each of these times.
    wanted
        The Monte Carlo error at which the truth of each is precise enough.
    most
        How many times at most; they are three at least, as an error from few who changed says little.

    Examples
    --------
    >>> from itertools import count
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> from opmaat.rehearse.many.replicate import study_of
    >>> folder = Path("tests/unit/rehearse/before")
    >>> study = study_of(load_protocol(folder), folder=folder)
    >>> [one.value for one in truths(study, 300, count(1), wanted=[1.0] * 16)][:2]
    [0.0, 0.0]
    """
    sums = np.zeros((len(asked(study)), 3))
    found: list[Truth] = []
    for seed, number in zip(seeds, range(most), strict=False):
        sums += _sums(study, households, Chance(seed))
        found = [_truth(*row) for row in sums]
        if number + 1 >= _LEAST and all(
            one.std_error <= enough for one, enough in zip(found, wanted, strict=True)
        ):
            break
    return found


def _truth(people: float, total: float, squares: float) -> Truth:
    """Return a mean with its error, from the sums of households over their persons."""
    if not people:
        return Truth(np.nan, np.inf, 0)
    return Truth(float(total / people), float(np.sqrt(squares) / people), int(people))


def _sums(study: Study, households: int, chance: Chance) -> Floats:
    """Return per question the number of people, the sum of differences, and the sum of squares by household.

    The squares are those of the households' sums less what is expected of them at this population's mean, as
    people of a household differ together.
    """
    panels = dict(_panels(study, households, chance))
    rows = []
    for question, (arm, other) in asked(study):
        panel = panels[arm]
        change = outcome_of(panel, question) - outcome_of(panels[other], question)
        known = asked_about(panel, question.estimand) & ~np.isnan(change)
        if panel.household is None or not known.any():
            rows.append((0.0, 0.0, 0.0))
            continue
        change, household = change[known], panel.household[known]
        apart = np.bincount(household, change - change.mean())
        rows.append((len(change), change.sum(), (apart**2).sum()))
    return np.array(rows, dtype=np.float64)


def _panels(study: Study, households: int, chance: Chance) -> Iterator[tuple[str, Panel]]:
    """Yield the panel of the same people under every arm, all of them answering."""
    found = drawn_frame(study, households, chance)
    count = found.people.households
    round_ = (chance.uniform(Purpose.ROUND, count) * len(study.setting.rounds)).astype(np.int64)
    for place, name in enumerate(study.setting.arms):
        arm = np.full(count, place, dtype=np.int64)
        drawn = Drawn(round_, arm, None, None, np.ones(count))
        lives = live(found.people, study.setting, arm, chance, round_=round_)
        yield name, panel_of(lives, found, drawn, chance, everybody_answers=True)
