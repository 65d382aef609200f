"""Scores: answers to the items of a scale become one number per person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.stats.reliability import Alpha, cronbach_alpha
from opmaat.survey.model import Answers
from opmaat.survey.scale import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The scores of one scale in one wave, a place per person as in the answers.

    Parameters
    ----------
    values
        Scores, shape (n,), NaN where fewer items were answered than the scale asks for.
    answered
        Number of items answered, shape (n,).
    alpha
        Cronbach's alpha among who answered every item; None for a single item, and where it does not exist.
    """

    scale: str
    wave: str
    persons: tuple[str, ...]
    values: NDArray[np.float64]
    answered: NDArray[np.int64]
    alpha: Alpha | None


def score(answers: Answers, scale: Scale) -> Scores:
    """Score a scale for everybody who answered a wave.

    A reversed item counts as lowest + highest - answer. Missing items follow the scale's rule: the score is
    made of the items that were answered, if there are enough of them. Items stand for themselves: their order
    in the questionnaire changes nothing.

    Parameters
    ----------
    answers
        With every item of the scale among its numbers (KeyError otherwise).
    scale
        The scale, with its rule.

    Examples
    --------
    >>> from opmaat.survey.scale import scale
    >>> day = np.array(["2018-11-01", "2018-11-03"], dtype="datetime64[D]")
    >>> trust = {"social_trust_1": np.array([8.0, np.nan]), "social_trust_2": np.array([6.0, 3.0])}
    >>> given = Answers(
    ...     questionnaire="q", wave="baseline", persons=("a", "b"), given_on=day, numbers=trust, words={}
    ... )
    >>> score(given, scale("social_trust")).values.tolist()
    [7.0, nan]
    """
    turned = turned_items(answers, scale)
    answered = np.sum(~np.isnan(turned), axis=1)
    times = len(scale.items) if scale.scoring.rule == "sum" else 1
    enough = answered >= scale.scoring.at_least
    values = np.full(len(answers.persons), np.nan)
    values[enough] = np.nansum(turned[enough], axis=1) * times / answered[enough]
    return Scores(
        scale=scale.scale,
        wave=answers.wave,
        persons=answers.persons,
        values=values,
        answered=answered.astype(np.int64),
        alpha=cronbach_alpha(turned),
    )


def turned_items(answers: Answers, scale: Scale) -> NDArray[np.float64]:
    """Return the answers, reversed items turned round: a row per person, a column per item of the scale."""
    columns = [
        scale.answers.lowest + scale.answers.highest - answers.numbers[name]
        if item.reversed
        else answers.numbers[name]
        for name, item in scale.items.items()
    ]
    return np.column_stack(columns).astype(np.float64)
