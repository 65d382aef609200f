"""opmaat check holds a protocol against its legal framework: what is told, where, and what it stops."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from opmaat.cli.main import opmaat

STUDY = Path(__file__).parents[1] / "spec/errors/study"
POPULATION = """unit: household
  reference_date: 2017-10-01
  exclude: [{id: young, rule: younger_than, years: 27, reason: {nl: te jong, en: too young}}]
  reference: [young]"""
LAWFUL = [
    ("legal_framework: none", "legal_framework: experiments-2017"),
    ("unit: person", POPULATION),
    ("kind: other,", "kind: guidance, contacts_per_month: 2,"),
]


@pytest.fixture
def study(tmp_path):
    """A study under the decree of 2017 in which nothing is a breach."""
    text = (STUDY / "protocol.yaml").read_text(encoding="utf-8")
    for old, new in LAWFUL:
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "protocol.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def check(study, *options):
    return CliRunner(catch_exceptions=False).invoke(opmaat, ["check", str(study), *options])


def test_what_is_unverified_is_told_with_its_source_and_stops_nothing(study):
    result = check(study)
    assert result.exit_code == 0, result.output
    assert f"unverified  {study}/protocol.yaml:4" in result.stdout
    assert "written consent. (" in result.stdout
    assert "read in a secondary source only: Stimulansz" in result.stdout


def test_programs_get_rule_article_source_and_where_it_was_read(study):
    legal = json.loads(check(study, "--json").stdout)["legal"]
    assert {finding["severity"] for finding in legal} <= {"warning", "unverified"}
    for finding in legal:
        assert finding["article"]
        assert finding["source"]
        assert finding["read_in"] in ("act", "decree", "secondary")


def test_a_breach_is_told_together_with_all_the_rest(study):
    file = study / "protocol.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("unit: household", "unit: person"), encoding="utf-8"
    )
    told = check(study, "--json")
    assert told.exit_code == 10
    codes = [issue["code"] for issue in json.loads(told.stdout)["issues"]]
    assert codes.count("legal-breach") == 1
    assert "legal-unverified" in codes
    assert codes[0] == "legal-breach"
