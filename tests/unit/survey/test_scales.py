"""Scales: every file is whole and honest about where its items come from; known scores come out."""

import numpy as np
import pytest

from opmaat.core.errors import ProtocolError
from opmaat.stats.reliability import cronbach_alpha
from opmaat.survey.items import Rating
from opmaat.survey.model import Answers
from opmaat.survey.scale import items_of, scale, scale_names
from opmaat.survey.score import score

NAMED_BY_THE_EXPERIMENTS = {
    *(
        "general_self_efficacy",
        "self_confidence",
        "self_reliance",
        "happiness",
        "life_satisfaction",
        "health",
    ),
    *("social_trust", "institutional_trust", "job_search", "job_interviews", "participation_hours"),
    *("finances", "debts", "caseworker_satisfaction", "autonomy"),
}


def answers(rows, names):
    table = np.array(rows, dtype=np.float64)
    return Answers(
        questionnaire="q",
        wave="baseline",
        persons=tuple("abcdefgh"[: len(rows)]),
        given_on=np.full(len(rows), np.datetime64("2018-01-01")),
        numbers={name: table[:, column] for column, name in enumerate(names)},
        words={},
    )


def test_every_topic_of_the_experiments_has_a_scale():
    assert set(scale_names()) == NAMED_BY_THE_EXPERIMENTS


@pytest.mark.parametrize("name", scale_names())
def test_a_scale_is_whole(name):
    found = scale(name)
    assert found.scale == name
    assert found.answers.lowest < found.answers.highest
    assert found.scoring.at_least <= len(found.items)
    assert all(item == name or item.startswith(f"{name}_") for item in found.items)
    assert set(found.answers.labels) <= set(range(found.answers.lowest, found.answers.highest + 1))


def test_the_page_about_scales_says_of_each_what_its_file_says(root):
    page = (root / "docs/explanation/scales.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    told = {row[0].strip("`"): (int(row[1]), int(row[3]), row[4]) for row in rows}
    assert told == {
        name: (
            len(scale(name).items),
            scale(name).scoring.at_least,
            "our own" if scale(name).has_texts else "Schwarzer and Jerusalem 1995; not included",
        )
        for name in scale_names()
    }


@pytest.mark.parametrize("name", scale_names())
def test_items_are_shipped_only_where_they_are_our_own_and_no_reliability_is_claimed(name):
    found = scale(name)
    texts = [item.text for item in found.items.values()]
    assert found.has_texts == found.source.title.startswith("Own wording")
    assert found.has_texts or texts == [None] * len(texts)
    assert found.reliability.startswith("unknown")


def test_general_self_efficacy_is_a_sum_of_10_to_40_with_at_most_three_missing():
    rule = scale("general_self_efficacy")
    full, seven, six = [4] * 10, [3] * 7 + [np.nan] * 3, [3] * 6 + [np.nan] * 4
    scored = score(answers([full, [1] * 10, seven, six], list(rule.items)), rule)
    assert scored.values[:3].tolist() == [40, 10, 30]
    assert np.isnan(scored.values[3])
    assert scored.answered.tolist() == [10, 10, 7, 6]


def test_a_reversed_item_is_turned_round():
    rule = scale("self_confidence")
    scored = score(answers([[5, 5, 1], [5, 5, 5]], list(rule.items)), rule)
    assert scored.values.tolist() == [5, pytest.approx(11 / 3)]


def test_items_of_a_scale_are_asked_as_the_scale_says():
    item = items_of(scale("health"))["health"]
    assert isinstance(item, Rating)
    assert (item.lowest, item.highest, item.labels[1].nl) == (1, 5, "Heel ongezond")
    assert items_of(scale("general_self_efficacy")) == {}


def test_an_unknown_scale_is_told_with_the_nearest():
    with pytest.raises(ProtocolError, match="Did you mean 'happiness'"):
        scale("hapiness")


def test_alpha_is_that_of_an_analysis_of_variance():
    """Hoyt 1941: one less the ratio of the residual mean square to that between persons."""
    random = np.random.default_rng(20)
    table = random.normal(size=(60, 1)) + random.normal(size=(60, 5))
    residual = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
    between = 5 * table.mean(axis=1).var(ddof=1)
    hoyt = 1 - (residual**2).sum() / (59 * 4) / between
    with_missing = np.vstack([table, [np.nan, 1, 1, 1, 1]])
    alpha = cronbach_alpha(with_missing)
    assert alpha.value == pytest.approx(hoyt, rel=1e-12)
    assert alpha.rows == 60
    assert alpha.interval[0] < alpha.value < alpha.interval[1]


def test_feldts_interval_covers_as_often_as_it_says():
    """Parallel items, so that the population value is 2/3; within three Monte Carlo errors of 2,000 draws."""
    random = np.random.default_rng(3)
    inside = 0
    for _ in range(2000):
        table = random.normal(size=(40, 1)) + np.sqrt(2.0) * random.normal(size=(40, 4))
        low, high = cronbach_alpha(table).interval
        inside += low <= 2 / 3 <= high
    assert abs(inside / 2000 - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 2000)


@pytest.mark.parametrize("table", [np.zeros((5, 1)), np.ones((1, 3)), np.ones((5, 3))])
def test_alpha_that_does_not_exist_is_none(table):
    assert cronbach_alpha(table) is None
