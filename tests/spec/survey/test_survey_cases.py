"""Everything that can be wrong with a questionnaire, an XLSForm or its answers, as cases that can be read."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from ruamel.yaml import YAML

from opmaat.core.errors import OpmaatError
from opmaat.protocol.load import load_protocol
from opmaat.protocol.model import Wave
from opmaat.survey.load import load_questionnaire
from opmaat.survey.read import read_answers
from opmaat.survey.schedule import window

HERE = Path(__file__).parent
HEADER = "person,wave,given_on,happiness,work,hours,help,social_trust_1,social_trust_2,wish"
WITH_FORM = "version: 1\nid: f\ntitle: {nl: V, en: Q}\nwaves: {baseline: {days: 28}}\nform: form.xlsx\n"
TEXTS = ("label::Nederlands (nl)", "label::English (en)")
SURVEY_HEADS = ("type", "name", *TEXTS, "relevant", "constraint", "required", "calculation", "parameters")
CHOICE_HEADS = ("list_name", "name", *TEXTS)


def cases(name):
    found = YAML(typ="safe").load((HERE / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["case"]) for case in found]


@pytest.fixture(scope="module")
def protocol():
    waves = (Wave(name="baseline", month=0), Wave(name="midline", month=12))
    return dataclasses.replace(load_protocol(HERE.parent / "errors/study"), waves=waves)


def write_sheet(book, name, heads, rows):
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, heads)
    for place, row in enumerate(rows, start=1):
        cells = dict.fromkeys(TEXTS, row.get("text", "")) | row
        sheet.write_row(place, 0, [cells.get(head, "") for head in heads])


def assert_told(case, raised):
    issues = raised.value.issues
    assert [issue.code for issue in issues] == [expected["code"] for expected in case["issues"]], str(raised)
    for issue, expected in zip(issues, case["issues"], strict=True):
        if "line" in expected:
            assert issue.where.endswith(f".yaml:{expected['line']}")
        for field in ("where", "problem", "fix"):
            assert expected.get(field, "") in getattr(issue, field)
        assert issue.fix.endswith((".", "?"))


@pytest.mark.parametrize("case", cases("questionnaires.yaml"))
def test_questionnaire(case, protocol, tmp_path):
    text = (HERE / "questionnaire.yaml").read_text(encoding="utf-8")
    for old, new in case["change"]:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file = tmp_path / "questionnaire.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(OpmaatError) as raised:
        load_questionnaire(file, protocol)
    assert_told(case, raised)


@pytest.mark.parametrize("case", cases("answers.yaml"))
def test_answers(case, protocol, tmp_path):
    questionnaire = load_questionnaire(HERE / "questionnaire.yaml", protocol)
    start = date(2017, 11, 1)
    baseline, midline = (window(start, wave) for wave in questionnaire.waves)
    sent = {("a", "baseline"): baseline, ("b", "baseline"): baseline, ("a", "midline"): midline}
    file = tmp_path / "answers.csv"
    file.write_text("\n".join([case.get("header", HEADER), *case["rows"]]), encoding="utf-8")
    with pytest.raises(OpmaatError) as raised:
        read_answers(file, questionnaire, sent)
    assert_told(case, raised)


@pytest.mark.parametrize("case", cases("forms.yaml"))
def test_form(case, protocol, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "form.xlsx") as book:
        write_sheet(book, "survey", SURVEY_HEADS, case["rows"])
        write_sheet(book, "choices", CHOICE_HEADS, case.get("choices", []))
    (tmp_path / "questionnaire.yaml").write_text(WITH_FORM, encoding="utf-8")
    with pytest.raises(OpmaatError) as raised:
        load_questionnaire(tmp_path, protocol)
    assert_told(case, raised)
