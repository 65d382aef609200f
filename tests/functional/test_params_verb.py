"""opmaat params as its user meets it: amounts with sources, gaps and doubts said, near names suggested."""

import json

import pytest
from click.testing import CliRunner

from opmaat.cli.main import opmaat
from opmaat.params.load import names


def run(*arguments):
    return CliRunner(catch_exceptions=False).invoke(opmaat, ["params", *arguments])


def test_an_amount_is_told_with_its_article_source_and_confidence():
    told = run("norm_art21a_single_21plus", "--at", "2018-03").stdout
    for part in ("992.12 euro a month", "since 2018-01", "art. 21", "https://wetten.overheid.nl", "high"):
        assert part in told


def test_a_note_says_what_sources_contradict():
    assert "Nijmegen applied 201" in run("exp_disregard_cap", "--at", "2018-03").stdout


def test_an_uncertain_amount_says_so_wherever_it_is_shown():
    told = [
        run("disregard_art31_2y_max_per_month", "--at", "2023-01"),
        run("disregard_art31_2y_max_per_month"),
        run("--at", "2023-01"),
    ]
    for result in told:
        assert "uncertain: no reliable source" in result.stdout


def test_programs_get_whole_numbers_and_the_reference():
    content = json.loads(run("disregard_r_rate", "--at", "2018-03", "--json").stdout)
    assert (content["amount"], content["unit"], content["uncertain"]) == (1250, "percent", False)
    assert content["reference"]["href"].startswith("https://")


def test_the_history_names_gaps_with_their_reason():
    told = run("premium_art31_2j_max_per_year").stdout
    assert "not known:" in told
    content = json.loads(run("premium_art31_2j_max_per_year", "--json").stdout)
    assert any(entry["amount"] is None and entry["reason"] for entry in content["values"])


def test_without_a_name_every_amount_is_listed():
    content = json.loads(run("--json", "--at", "2018-03").stdout)
    assert [entry["name"] for entry in content["parameters"]] == names()
    gap = next(entry for entry in content["parameters"] if entry["name"] == "gift_disregard_31_2m")
    assert gap["value"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "issue", "fix"),
    [
        (["exp_disregard_cap", "--at", "2022-03"], 10, "no-legal-value", "Choose another month"),
        (["exp_disregard_cp"], 10, "unknown-parameter", "Did you mean 'exp_disregard_cap'?"),
        (["qqq"], 10, "unknown-parameter", "Run 'opmaat params'"),
        (["exp_disregard_cap", "--at", "March"], 2, "not-a-month", "Use --at 2018-03."),
        (["exp_disregard_cap", "--at", "2018-13"], 2, "not-a-month", "Use --at 2018-03."),
    ],
)
def test_what_is_not_known_is_said_with_a_way_on(arguments, code, issue, fix):
    result = run(*arguments, "--json")
    assert result.exit_code == code
    told = json.loads(result.stdout)["issues"][0]
    assert told["code"] == issue
    assert fix in told["fix"]
