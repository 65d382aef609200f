"""Scores: direction, the rule for missing items, the order of items and people, for every scale there is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from opmaat.survey.model import Answers
from opmaat.survey.scale import scale, scale_names
from opmaat.survey.score import score

SCALES = [scale(name) for name in scale_names()]


def answers_to(scale, rows):
    persons = tuple(f"p{place:03d}" for place in range(len(rows)))
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(scale.items))
    return Answers(
        questionnaire="q",
        wave="baseline",
        persons=persons,
        given_on=np.full(len(rows), np.datetime64("2018-01-01")),
        numbers={name: table[:, column] for column, name in enumerate(scale.items)},
        words={},
    )


@st.composite
def scales_with_answers(draw):
    chosen = draw(st.sampled_from(SCALES))
    answer = st.one_of(st.just(np.nan), st.integers(chosen.answers.lowest, chosen.answers.highest))
    row = st.lists(answer, min_size=len(chosen.items), max_size=len(chosen.items))
    return chosen, draw(st.lists(row, min_size=1, max_size=8))


@given(scales_with_answers())
@settings(max_examples=150, deadline=None)
def test_a_score_exists_exactly_when_enough_was_answered_and_lies_in_the_range(case):
    chosen, rows = case
    scores = score(answers_to(chosen, rows), chosen)
    given_items = np.sum(~np.isnan(np.array(rows, dtype=float)), axis=1)
    assert scores.answered.tolist() == given_items.tolist()
    assert (~np.isnan(scores.values) == (given_items >= chosen.scoring.at_least)).all()
    lowest, highest = chosen.score_range
    present = scores.values[~np.isnan(scores.values)]
    assert ((present >= lowest) & (present <= highest)).all()


@given(scales_with_answers(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_items_and_of_people_changes_no_bit_of_a_score(case, random):
    chosen, rows = case
    before = score(answers_to(chosen, rows), chosen).values
    shuffled = answers_to(chosen, rows)
    names = list(shuffled.numbers)
    random.shuffle(names)
    turned = Answers(
        questionnaire="q",
        wave="baseline",
        persons=shuffled.persons[::-1],
        given_on=shuffled.given_on,
        numbers={name: shuffled.numbers[name][::-1] for name in names},
        words={},
    )
    assert score(turned, chosen).values[::-1].tobytes() == before.tobytes()


@given(scales_with_answers(), st.data())
@settings(max_examples=150, deadline=None)
def test_one_step_up_moves_the_score_in_the_direction_of_the_item(case, data):
    chosen, rows = case
    place = data.draw(st.integers(0, len(chosen.items) - 1))
    row = [chosen.answers.lowest if np.isnan(cell) else cell for cell in rows[0]]
    row[place] = min(row[place], chosen.answers.highest - 1)
    higher = [*row[:place], row[place] + 1, *row[place + 1 :]]
    low, high = score(answers_to(chosen, [row, higher]), chosen).values
    reversed_item = list(chosen.items.values())[place].reversed
    assert (high < low) if reversed_item else (high > low)


@given(scales_with_answers())
@settings(max_examples=100, deadline=None)
def test_a_missing_item_counts_as_the_mean_of_the_others(case):
    chosen, rows = case
    scored = score(answers_to(chosen, rows), chosen)
    directions = [item.reversed for item in chosen.items.values()]
    ends = chosen.answers.lowest + chosen.answers.highest
    for row, value in zip(rows, scored.values, strict=True):
        turned = [ends - cell if back else cell for cell, back in zip(row, directions, strict=True)]
        present = [cell for cell in turned if not np.isnan(cell)]
        if len(present) >= chosen.scoring.at_least:
            filled = [*present, *[np.mean(present)] * (len(row) - len(present))]
            expected = np.sum(filled) if chosen.scoring.rule == "sum" else np.mean(filled)
            assert np.isclose(value, expected, rtol=1e-12, atol=1e-12)
