"""The same XLSForm read by pyxform, the reference implementation of the standard. Texts, so no tolerance."""

import json
import re
from pathlib import Path

import pytest
import xlsxwriter

from opmaat.survey.items import answers_of
from opmaat.survey.xlsform import items_from_form

HERE = Path(__file__).parent
STORED = json.loads((HERE / "expected_pyxform.json").read_text(encoding="utf-8"))["items"]
KINDS = {
    ("note", "note"),
    ("group", "note"),
    ("range", "rating"),
    ("select one", "choice"),
    ("select one", "rating"),
    ("select all that apply", "several"),
    ("decimal", "number"),
    ("integer", "number"),
    ("text", "text"),
}


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    file = tmp_path_factory.mktemp("form") / "form.xlsx"
    with xlsxwriter.Workbook(file) as book:
        for name, rows in json.loads((HERE / "form.json").read_text(encoding="utf-8")).items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return items_from_form(file)


def in_both(text):
    return {"Nederlands (nl)": text.nl, "English (en)": text.en}


def test_the_same_is_asked_in_the_same_order(items):
    assert list(items) == [child["name"] for child in STORED]


@pytest.mark.parametrize("child", STORED, ids=lambda child: child["name"])
def test_an_item_has_the_texts_choices_and_rules_of_pyxform(child, items):
    item = items[child["name"]]
    assert (child["type"], item.kind) in KINDS
    assert in_both(item.text) == child["label"]
    assert (in_both(item.hint) if item.hint else None) == child.get("hint")
    if child["choices"]:
        assert answers_of(item) == tuple(child["choices"])
        texts = getattr(item, "choices", None) or item.labels
        assert [in_both(text) for text in texts.values()] == list(child["choices"].values())
    compared = re.findall(r"\$\{(\w+)\}", child.get("bind", {}).get("relevant", ""))
    own = [rule for rule in item.ask_when if rule.item in compared]
    assert {rule.item for rule in own} == set(compared)
    assert sum(len(rule.answers) for rule in own) == len(compared)
