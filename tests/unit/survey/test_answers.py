"""Answers: what was written comes out in its place, under pseudonyms, without arm or name."""

import dataclasses
from datetime import date

import numpy as np
import pytest

from opmaat.core.errors import DataFileError
from opmaat.core.tables import Column, Table
from opmaat.survey.collect import collect
from opmaat.survey.model import Answers
from opmaat.survey.read import read_answers
from opmaat.survey.scale import scale
from opmaat.survey.schedule import window
from opmaat.survey.score import score

FILE = """\
person,arm,wave,given_on,happiness,work,hours,help,social_trust_1,social_trust_2,wish
b,control,baseline,2017-11-02,8,yes,12.5,family friends,7,4,meer tijd
a,guidance,baseline,2017-11-01,,no,,friends,6,,
a,guidance,midline,2018-11-05,10,no,,,,,
"""


@pytest.fixture
def sent(questionnaire):
    return {
        (person, wave.name): window(date(2017, 11, 1), wave)
        for person in ("a", "b")
        for wave in questionnaire.waves
    }


@pytest.fixture
def waves(questionnaire, sent, tmp_path):
    file = tmp_path / "answers.csv"
    file.write_text(FILE, encoding="utf-8")
    return read_answers(file, questionnaire, sent)


def test_answers_come_per_wave_in_the_order_of_the_pseudonyms(waves):
    baseline, midline = waves
    assert (baseline.wave, baseline.persons, midline.persons) == ("baseline", ("a", "b"), ("a",))
    assert baseline.given_on.tolist() == [date(2017, 11, 1), date(2017, 11, 2)]
    np.testing.assert_array_equal(baseline.numbers["happiness"], [np.nan, 8])
    np.testing.assert_array_equal(baseline.numbers["hours"], [np.nan, 12.5])
    assert baseline.words["help"].tolist() == ["friends", "family friends"]
    assert baseline.words["wish"].tolist() == [None, "meer tijd"]


def test_answers_have_no_place_for_an_arm_or_a_name(waves):
    assert {field.name for field in dataclasses.fields(Answers)} == {
        *("questionnaire", "wave", "persons", "given_on", "numbers", "words"),
    }
    assert "arm" not in {*waves[0].numbers, *waves[0].words}


def test_an_arm_beside_answers_in_memory_is_refused(questionnaire, sent):
    cells = dict.fromkeys(["person", "wave", "given_on", *questionnaire.asked, "arm"], None)
    cells |= {"person": "a", "wave": "baseline", "given_on": "2017-11-01", "arm": "control"}
    columns = {name: Column(np.array([cell], dtype=object)) for name, cell in cells.items()}
    with pytest.raises(DataFileError, match="'arm' is not an item"):
        collect(questionnaire, Table("answers", columns, np.array([1]), "row"), sent)


def test_from_the_file_to_the_scores(waves):
    scores = [score(answers, scale("social_trust")) for answers in waves]
    np.testing.assert_array_equal(scores[0].values, [np.nan, 5.5])
    assert scores[0].answered.tolist() == [1, 2]
    assert scores[0].alpha is None
    np.testing.assert_array_equal(scores[1].values, [np.nan])


def test_rows_in_another_order_give_the_same_answers(questionnaire, sent, waves, tmp_path):
    header, *rows = FILE.splitlines()
    file = tmp_path / "turned.csv"
    file.write_text("\n".join([header, *reversed(rows)]), encoding="utf-8")
    for before, after in zip(waves, read_answers(file, questionnaire, sent), strict=True):
        assert before.persons == after.persons
        for name, numbers in before.numbers.items():
            np.testing.assert_array_equal(numbers, after.numbers[name])
        for name, words in before.words.items():
            assert words.tolist() == after.words[name].tolist()


def test_numbers_from_other_formats_are_the_same_answers_and_infinity_is_none(questionnaire, sent):
    def table(happiness):
        columns = {name: Column(np.array([None], dtype=object)) for name in questionnaire.asked}
        cells = {"person": "a", "wave": "baseline", "given_on": "2017-11-01"}
        columns |= {name: Column(np.array([cell], dtype=object)) for name, cell in cells.items()}
        return Table("answers", columns | {"happiness": Column(np.array([happiness]))}, np.array([1]), "row")

    (baseline,) = collect(questionnaire, table(7.0), sent)
    assert baseline.numbers["happiness"].tolist() == [7.0]
    (nothing,) = collect(questionnaire, table(np.nan), sent)
    assert np.isnan(nothing.numbers["happiness"]).all()
    with pytest.raises(DataFileError, match="'inf' is not an answer"):
        collect(questionnaire, table(np.inf), sent)
