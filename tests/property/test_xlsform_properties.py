"""Whatever stands in an XLSForm, it is read whole or refused with issues; nothing else comes out."""

import tempfile
from pathlib import Path

import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from opmaat.core.errors import OpmaatError
from opmaat.survey.xlsform import items_from_form

TYPES = [
    "",
    "text",
    "note",
    "integer",
    "range",
    "select_one a",
    "select_multiple a",
    "select_one",
    "begin_group",
]
RULES = [
    "",
    "${a} = 1",
    "${b} = 'x' or ${b} = 'y'",
    "selected(${a}, '1') and (${b} = 'x')",
    "(",
    "()",
    "not(",
]
CELLS = {
    "type": st.sampled_from([*TYPES, "end_group", "geopoint", "start"]),
    "name": st.sampled_from(["", "a", "b", "happiness", "wave", "1a"]),
    "label::nl": st.sampled_from(["", "Wat?"]),
    "label::Engels (en)": st.just("What?"),
    "relevant": st.sampled_from(RULES),
    "constraint": st.sampled_from(["", ". >= 0 and . <= 5", ". > 3"]),
    "parameters": st.sampled_from(["", "start=0 end=10", "start=1 end=0", "start", "step=0.5"]),
    "required": st.sampled_from(["", "no", "yes"]),
}
CHOICES = [
    ["list_name", "name", "label::nl", "label::Engels (en)"],
    ["a", 1, "een", "one"],
    ["a", 2, "twee", "two"],
]


@given(st.lists(st.fixed_dictionaries(CELLS), max_size=5))
@settings(max_examples=150, deadline=None)
def test_a_form_gives_items_or_issues(rows):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "form.xlsx"
        sheets = {"survey": [list(CELLS), *(list(row.values()) for row in rows)], "choices": CHOICES}
        with xlsxwriter.Workbook(file) as book:
            for name, cells in sheets.items():
                sheet = book.add_worksheet(name)
                for place, row in enumerate(cells):
                    sheet.write_row(place, 0, row)
        items, issues = items_or_issues(file)
    asked = [row["name"] for row in rows if row["type"] not in {"end_group", "start"}]
    assert bool(issues) != (items == asked)
    assert all(issue.fix and "form.xlsx" in issue.where for issue in issues)


def items_or_issues(file):
    try:
        return list(items_from_form(file)), ()
    except OpmaatError as error:
        return None, error.issues
