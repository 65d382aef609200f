"""Questionnaires: what stands in the file is what is asked, also when it is an XLSForm."""

import pytest
import xlsxwriter

from opmaat.core.errors import DataFileError
from opmaat.survey.items import AskWhen, Number, Rating, SeveralChoices
from opmaat.survey.load import load_questionnaire

SURVEY = [
    ["type", "name", "label::Nederlands (nl)", "label::English (en)", "relevant", "constraint", "parameters"],
    ["start", "begin", "", "", "", "", ""],
    ["note", "welcome", "U mag elke vraag overslaan.", "You may skip any question.", "", "", ""],
    ["range", "happiness", "Hoe gelukkig bent u?", "How happy are you?", "", "", "start=0 end=10 step=1"],
    ["select_one yesno", "work", "Betaald werk?", "Paid work?", "", "", ""],
    ["begin_group", "job", "Over uw baan", "About your job", "${work} = 'yes'", "", ""],
    ["decimal", "hours", "Uren per week?", "Hours a week?", "", ". >= 0 and . <= 80", ""],
    ["select_one mark", "like", "Cijfer?", "Mark?", "(${work} = 'yes' or ${work} = 'no')", "", ""],
    ["end_group", "", "", "", "", "", ""],
    ["select_multiple who", "help", "Wie helpt u?", "Who helps?", "selected(${like}, '2')", "", ""],
    ["text", "wish", "Wat wilt u kwijt?", "What else?", "", "", ""],
]
CHOICES = [
    ["list_name", "name", "label::Nederlands (nl)", "label::English (en)"],
    ["yesno", "yes", "ja", "yes"],
    ["yesno", "no", "nee", "no"],
    ["mark", 1, "slecht", "bad"],
    ["mark", 2, "goed", "good"],
    ["who", "family", "familie", "family"],
    ["who", "friends", "vrienden", "friends"],
]
WITH_FORM = """\
version: 1
id: made-up
title: {nl: Vragen, en: Questions}
waves: {baseline: {days: 28}}
form: form.xlsx
"""


def write_form(folder):
    (folder / "questionnaire.yaml").write_text(WITH_FORM, encoding="utf-8")
    with xlsxwriter.Workbook(folder / "form.xlsx") as book:
        for name, rows in (("survey", SURVEY), ("choices", CHOICES)):
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)


def test_scales_are_replaced_by_their_items_in_place(questionnaire):
    names = ["welcome", "happiness", "work", "hours", "help", "social_trust_1", "social_trust_2", "wish"]
    assert list(questionnaire.items) == names
    assert list(questionnaire.asked) == names[1:]
    assert [scale.scale for scale in questionnaire.scales] == ["happiness", "social_trust"]
    assert questionnaire.items["social_trust_2"].ask_when[0].item == "help"


def test_waves_come_with_the_months_of_the_protocol(questionnaire):
    assert [(wave.name, wave.month) for wave in questionnaire.waves] == [("baseline", 0), ("midline", 12)]
    assert questionnaire.waves[0].fieldwork.reminders == (7, 14)


def test_an_xlsform_gives_the_same_kinds_of_items(tmp_path, protocol):
    write_form(tmp_path)
    read = load_questionnaire(tmp_path, protocol)
    assert list(read.items) == ["welcome", "happiness", "work", "job", "hours", "like", "help", "wish"]
    assert [scale.scale for scale in read.scales] == ["happiness"]
    yes = AskWhen(item="work", answers=("yes",))
    hours, like, helped = read.items["hours"], read.items["like"], read.items["help"]
    assert isinstance(hours, Number)
    assert (hours.lowest, hours.highest, hours.whole, hours.ask_when) == (0, 80, False, (yes,))
    assert isinstance(like, Rating)
    assert like.ask_when == (yes, AskWhen(item="work", answers=("yes", "no")))
    assert (like.lowest, like.highest, like.labels[2].nl) == (1, 2, "goed")
    assert isinstance(helped, SeveralChoices)
    assert helped.ask_when == (AskWhen(item="like", answers=("2",)),)


@pytest.mark.parametrize("cut", [10, 500])
def test_a_truncated_xlsform_is_told_and_not_read_half(cut, tmp_path, protocol):
    write_form(tmp_path)
    content = (tmp_path / "form.xlsx").read_bytes()
    (tmp_path / "form.xlsx").write_bytes(content[:-cut])
    with pytest.raises(DataFileError, match="not a whole spreadsheet"):
        load_questionnaire(tmp_path, protocol)


def test_a_form_that_is_not_there_is_told(tmp_path, protocol):
    write_form(tmp_path)
    (tmp_path / "form.xlsx").unlink()
    with pytest.raises(DataFileError, match="no such file"):
        load_questionnaire(tmp_path, protocol)
