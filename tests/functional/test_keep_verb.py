"""opmaat keep as its user meets it: the same amounts in text and JSON, and every wrong question answered."""

import json
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from opmaat.cli.main import opmaat

PROTOCOL = """
version: 1
id: made-up
title: {nl: verzonnen, en: made up}
legal_framework: none
population: {unit: household, description: {nl: verzonnen, en: made up}}
arms:
  usual: {kind: control, share: 1, label: {nl: gewoon, en: usual}}
  more:
    {kind: disregard, share: 1, label: {nl: meer, en: more}, rate: 60%, cap: '250.00', cap_couple: '300.00',
     months: 24}
  mixed:
    {kind: combined, share: 1, label: {nl: mix, en: mixed},
     rules: {disregard: {rate: 25%, cap: disregard_art31_2n_max_per_month, months: 24}}}
  pick: {kind: choice, share: 1, label: {nl: kies, en: pick}, options: [more, mixed]}
assignment: {method: complete}
outcomes: {work: {kind: binary, label: {nl: werk, en: work}, unit: {nl: deel, en: share}}}
estimands: [{id: E1, outcome: work, contrast: against_control}]
analyses: [{id: A1, method: difference_in_means, estimands: [E1]}]
"""


def run(*arguments):
    return CliRunner(catch_exceptions=False).invoke(opmaat, ["keep", *map(str, arguments)])


def arms_of(*arguments):
    told = json.loads(run(*arguments, "--json").stdout)
    return {arm["arm"]: arm for arm in told["arms"]}, told


def test_arms_stand_beside_each_other_with_the_month_in_which_n_runs_out():
    arms, told = arms_of("--earnings", "0:400:400", "--arm", "disregard", "--at", "2018-03")
    assert list(arms) == ["control", "disregard", "after_n"]
    assert arms["control"]["total_cents"] == [99_212, 109_212]
    assert arms["disregard"]["total_cents"] == [99_212, 119_112]
    assert arms["after_n"]["total_cents"] == [99_212, 99_212]
    assert told["n_runs_out"] == "2018-09"
    assert told["not_in_total"] == [
        "housing_allowance",
        "care_allowance",
        "child_allowances",
        "tax_refunds",
        "municipal_support",
        "premium",
    ]


def test_text_shows_the_same_amounts_and_what_is_not_in_them():
    told = run("--earnings", "0:400:400", "--arm", "disregard", "--at", "2018-03").stdout
    for part in ("1.191,12", "september 2018", "huurtoeslag", "Niet zeker"):
        assert part in told


def test_where_a_couple_keeps_less_in_the_arm_is_said():
    asked = ("--earnings", "0:1200", "--household", "couple", "--first-earns", "50", "--at", "2018-03")
    arms, told = arms_of(*asked, "--language", "en")
    assert arms["disregard"]["keeps_less"] == [
        {"from_cents": 56_900, "to_cents": 120_000, "most_cents": 15_800}
    ]
    assert any("€\u00a0569.00" in sentence for sentence in told["know"])


def test_labels_that_are_wider_than_their_columns_are_whole():
    told = run("--earnings", "0", "--at", "2018-03", "--language", "en").stdout
    assert all(word in told for word in ("ordinary", "exemption", "guidance"))
    assert max(len(line) for line in told.splitlines()[:3]) <= 100


def test_partners_of_different_ages_have_the_norm_of_their_ages():
    asked = ("--earnings", "0", "--household", "couple", "--at", "2018-03", "--arm", "control")
    arms, _ = arms_of(*asked, "--age", "22", "--partner-age", "20", "--youngest-child", "1")
    assert arms["control"]["total_cents"] == [123_703]


@pytest.mark.parametrize(
    ("asked", "said", "not_said"),
    [
        (["--age", "24"], "Are you younger than 27?", "only keep part of your wage if"),
        (["--youngest-child", "5"], "for 30 months in a row at most", "Are you younger"),
        (["--age", "70"], "A wage can change", "only keep part of your wage if"),
        (["--medically-limited", "--n-used", "6"], "which rule holds", "whether the limit of the experiment"),
    ],
)
def test_a_reader_is_told_what_holds_for_this_household(asked, said, not_said):
    arms = () if "--age" not in asked or asked[1] == "24" else ("--arm", "control")
    told = run("--earnings", "0:400", *asked, *arms, "--at", "2018-03", "--language", "en").stdout
    assert said in told
    assert not_said not in told


def test_arms_under_the_same_rules_are_one():
    arms, _ = arms_of("--earnings", "0", "--arm", "exemption", "--arm", "guidance", "--at", "2018-03")
    assert arms["control"]["label"] == "gewone regels, ontheffing, extra begeleiding"


def test_a_study_brings_its_own_arms_with_their_own_caps(tmp_path):
    (tmp_path / "protocol.yaml").write_text(PROTOCOL, encoding="utf-8")
    asked = ("--study", tmp_path, "--earnings", "1000", "--at", "2024-03")
    arms, _ = arms_of(*asked)
    assert arms["more"]["disregarded_cents"] == [25_000]
    assert "pick" not in arms
    couple, _ = arms_of(*asked, "--household", "couple", "--arm", "more")
    assert couple["more"]["disregarded_cents"] == [30_000]
    options, _ = arms_of(*asked, "--arm", "pick")
    assert list(options) == ["usual", "more", "mixed", "after_n"]


def test_a_picture_is_a_file_of_its_own(tmp_path):
    file = tmp_path / "keep.svg"
    assert run("--earnings", "0:1500", "--at", "2018-03", "--out", file).exit_code == 0
    picture = ElementTree.fromstring(file.read_text(encoding="utf-8"))
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert "nettoloon per maand" in "".join(picture.itertext())


def test_another_kind_of_file_is_refused_and_not_written(tmp_path):
    file = tmp_path / "keep.pdf"
    result = run("--earnings", "0", "--at", "2018-03", "--out", file, "--json")
    assert (result.exit_code, json.loads(result.stdout)["issues"][0]["code"]) == (2, "unknown-file-kind")
    assert not file.exists()


def test_a_municipality_grants_the_disregard_by_its_own_policy(tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text("disregard_granted: {value: always}\n", encoding="utf-8")
    result = run("--earnings", "0:100", "--at", "2018-03", "--policy", file, "--json")
    assert result.exit_code == 11
    assert json.loads(result.stdout)["issues"][0]["code"] == "no-source"


@pytest.mark.parametrize(
    ("changed", "exit_code", "code"),
    [
        ({"--earnings": "a lot"}, 2, "not-earnings"),
        ({"--earnings": "-5:100"}, 11, "negative-earnings"),
        ({"--earnings": "0:200000"}, 11, "absurd-earnings"),
        ({"--earnings": "900:100"}, 11, "earnings-turned"),
        ({"--earnings": "0:100:0"}, 11, "wrong-step"),
        ({"--household": "singel"}, 11, "unknown-household-kind"),
        ({"--arm": "disregrad"}, 10, "unknown-arm"),
        ({"--at": "2014-03"}, 10, "no-legal-value"),
        ({"--at": "2024-03"}, 10, "no-legal-value"),
        ({"--at": "soon"}, 2, "not-a-month"),
        ({"--youngest-child": "17", "--age": "18"}, 0, None),
    ],
)
def test_a_wrong_question_gets_an_answer_that_helps(changed, exit_code, code):
    options = {"--earnings": "0:100", "--at": "2018-03", "--arm": "disregard"} | changed
    result = run(*(part for option in options.items() for part in option), "--json")
    assert result.exit_code == exit_code
    if code is not None:
        issues = json.loads(result.stdout)["issues"]
        assert code in [issue["code"] for issue in issues]
        assert all(issue["fix"] for issue in issues)
