"""Texts: the same keys in both languages, one for every kind of event, and none missing in a template."""

import re
import string
from typing import get_args

import pytest
from django.utils.translation import override

from opmaat.benefits.duties import Duty
from opmaat.conduct.kinds import KINDS
from opmaat.design.limits.model import Severity
from opmaat.web.theme.issues import told_problem
from opmaat.web.theme.words import words


def test_both_languages_say_the_same_things_with_the_same_names():
    dutch, english = words("nl").texts, words("en").texts
    assert set(dutch) == set(english)
    for key, text in dutch.items():
        assert names_in(text) == names_in(english[key]), key


def names_in(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_kind_of_event_and_every_duty_has_words():
    known = words("nl").texts
    assert {f"trial.kinds.{kind.kind}" for kind in KINDS} <= set(known)
    assert {f"trial.arm.duty.{duty.value}" for duty in Duty} <= set(known)


def test_every_text_that_a_template_takes_is_there(root):
    known = words("nl").texts
    for template in (root / "src/opmaat/web").rglob("*.html"):
        for key in re.findall(r'{% say "([\w.]+)"', template.read_text(encoding="utf-8")):
            assert key in known, f"{template.name}: {key}"


def test_what_happened_is_told_in_words(participants):
    client = participants("arm 'disregard'")
    page = client.get("/part/data/").content.decode()
    assert "purpose" not in page
    assert "True" not in page
    assert "meer bijverdienen" in page
    english = client.get("/part/data/", headers={"Accept-Language": "en"}).content.decode()
    assert "keep more of what you earn" in english


REGISTER = ("caseload/rows", "caseload/households", "caseload/build", "caseload/read")
FILES = ("formats/csv", "formats/lines", "formats/layout", "formats/packed", "formats/read")
DELIVERY = ("panel/register_rules",)
BESIDE_PROTOCOL = ("caseload/layout", "survey/check", "survey/load", "design/plan", "design/limits/load")
NAMED = ("arm", "characteristic", "covariate", "estimand", "exclusion", "outcome", "round", "wave")
NO_CODES = {"dd-mm-yyyy", "yyyy-mm-dd", "ordinary-act"}


@pytest.mark.parametrize(
    ("room", "modules"), [("preparation", (*REGISTER, *FILES)), ("fieldwork", (*FILES, *DELIVERY))]
)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_keeps_a_row_or_file_out_is_told_in_the_language_of_the_reader(root, room, modules, language):
    codes = codes_in(root / f"src/opmaat/{module}.py" for module in modules)
    assert len(codes) > 5
    assert not_told(codes, language, room) == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_is_wrong_in_a_protocol_is_told_in_the_language_of_the_reader(root, language):
    beside = [root / f"src/opmaat/{module}.py" for module in BESIDE_PROTOCOL]
    codes = codes_in([*(root / "src/opmaat/protocol").rglob("*.py"), *beside]) - NO_CODES
    codes |= {f"unknown-{kind}" for kind in NAMED} | {f"legal-{weight}" for weight in get_args(Severity)}
    assert len(codes) > 100
    assert not_told(codes, language, "preparation") == []


def codes_in(files):
    return {code for file in files for code in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', file.read_text())}


def not_told(codes, language, room):
    with override(language):
        told = [told_problem(issue_of(code), room, "jobs") for code in sorted(codes)]
    return [one.code for one in told if one.language != language or not one.precisely]


def issue_of(code):
    return {"code": code, "where": "register.csv:3", "problem": "In English.", "fix": "So."}
