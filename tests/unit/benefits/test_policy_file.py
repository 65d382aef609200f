"""A municipality's own policy: every entry names its source, and every mistake is told with its line."""

import pytest

from opmaat.benefits.household import household_months
from opmaat.benefits.policy import read_policy
from opmaat.benefits.settle import Rules, settle
from opmaat.core.errors import DataFileError
from opmaat.core.month import Month

GOOD = """\
municipality: Diemen
reductions:
  category_1: {rate: 5%, months: 1, source: {title: Afstemmingsverordening, href: null}}
  category_2: {rate: 30%, months: 1, source: {title: Afstemmingsverordening, href: null}}
reduction_base: {value: benefit, source: {title: Afstemmingsverordening, href: 'https://example.org/a'}}
disregard_granted: {value: always, source: {title: Beleidsregel, href: null}}
counters_restart_after_months: {value: 6, source: {title: Beleidsregel, href: null}}
"""

BAD = """\
municipality: Diemen
reductions:
  category_1: {rate: 5%, months: 1}
  category_2: {rate: five, months: 0, source: {title: Verordening, href: null}}
reduction_base: {value: nrom, source: {title: Verordening, href: null}}
disregard_granted: {value: always}
counters_restart_after_months: {value: yes, source: {title: Beleidsregel, href: null}}
reduction_bases: {value: norm, source: {title: Verordening, href: null}}
"""


def written(tmp_path, text):
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_policy_is_read_with_its_sources(tmp_path):
    policy = read_policy(written(tmp_path, GOOD))
    assert policy.municipality == "Diemen"
    assert policy.reduction_bp("category_2") == 3000
    assert policy.reduction_bp("category_9") == 0
    assert policy.reduction_base == "benefit"
    assert policy.sources["reduction_base"].href == "https://example.org/a"
    assert policy.counters_restart_after_months == 6


def test_everything_that_is_wrong_is_told_with_its_line(tmp_path):
    with pytest.raises(DataFileError) as caught:
        read_policy(written(tmp_path, BAD))
    assert [(issue.code, issue.where) for issue in caught.value.issues] == [
        ("no-source", "policy.yaml:3"),
        ("not-a-rate", "policy.yaml:4"),
        ("not-a-number-of-months", "policy.yaml:4"),
        ("unknown-value", "policy.yaml:5"),
        ("no-source", "policy.yaml:6"),
        ("not-a-number-of-months", "policy.yaml:7"),
        ("unknown-key", "policy.yaml:8"),
    ]
    assert caught.value.exit_code == 11
    assert "Did you mean 'norm'?" in caught.value.issues[3].fix


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("municipality: true\n", "not-a-name"),
        ("reductions: {c: {rate: 5%, months: 1, sorce: {title: a}, source: {title: a}}}\n", "unknown-key"),
        ("reduction_base: {value: norm, source: {title: a, url: 'https://example.org'}}\n", "unknown-key"),
        ("reduction_base: {value: norm, source: {title: a, href: 5}}\n", "no-source"),
        ("reduction_base: {value: norm, source: '  '}\n", "no-source"),
        ("reductions: {c: {rate: 5, months: 1, source: {title: a}}}\n", "not-a-rate"),
        ("reductions: {c: {rate: 101%, months: 1, source: {title: a}}}\n", "not-a-rate"),
        ("reductions: {c: {rate: 5%, months: true, source: {title: a}}}\n", "not-a-number-of-months"),
        ("counters_restart_after_months: {value: 0, source: {title: a}}\n", "not-a-number-of-months"),
        ("<<: {muncipality: a}\n", "unknown-key"),
        ("municipality: 2020-13-45\n", "unreadable-policy"),
        ("\0", "unreadable-policy"),
    ],
)
def test_one_mistake_is_told_as_one(tmp_path, text, code):
    with pytest.raises(DataFileError) as caught:
        read_policy(written(tmp_path, text))
    assert [issue.code for issue in caught.value.issues] == [code]


@pytest.mark.parametrize("text", ["- a\n", "a: [1\n", "a: 1\na: 2\n", "reductions: 5%\n"])
def test_a_file_that_is_no_policy_is_refused(tmp_path, text):
    with pytest.raises(DataFileError, match=r"policy\.yaml"):
        read_policy(written(tmp_path, text))


def test_a_missing_file_is_an_issue(tmp_path):
    with pytest.raises(DataFileError, match=r"nowhere\.yaml"):
        read_policy(tmp_path / "nowhere.yaml")


def test_the_policy_decides_in_a_settlement(tmp_path):
    policy = read_policy(written(tmp_path, GOOD))
    facts = household_months(
        Month(2018, 1), months=1, households=1, earnings_cents=40_000, contributes=False, reduction_bp=1000
    )
    result = settle(facts, rules=Rules(policy=policy))
    assert result.disregarded_cents[0, 0, 0] == 10_000
    assert result.reduction_cents[0, 0] == 6_921
