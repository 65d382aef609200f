"""An explanation accounts for every cent, names its sources, and says what is not certain."""

import re

import pytest

from opmaat.benefits.disregard import Disregard, TrialDisregard
from opmaat.benefits.explain import explain, letter, rows, texts
from opmaat.benefits.household import HouseholdKind, household_months
from opmaat.benefits.settle import Rules, settle
from opmaat.core.errors import DataFileError
from opmaat.core.month import Month

TRIAL = Rules(trials=(TrialDisregard(5000),))
EXPLAINED = [
    "no_right income_too_high wealth_too_high norm norm_of_days norm_established earnings earnings_partner "
    "other_income counted benefit benefit_whole reduction set_off reserved paid"
][0].split()


def one(month, *, rules=TRIAL, **columns):
    facts = household_months(month, months=1, households=1, **columns)
    return explain(facts, settle(facts, rules=rules), household=0, month=month, rules=rules)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_rule_has_a_label_and_a_sentence_in_both_languages(language):
    rules = EXPLAINED + [f"disregard_{kind.name.lower()}" for kind in Disregard if kind]
    assert not [rule for rule in rules if rule not in texts(language)]
    assert not [rule for rule in rules if f"label_{rule}" not in texts(language)]
    assert texts("nl").keys() == texts("en").keys()


def test_both_languages_fill_in_the_same_things():
    for key, text in texts("nl").items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", texts("en")[key])), key


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"earnings_cents": 40_000},
        {"earnings_cents": 40_000, "trial": 1},
        {"earnings_cents": 40_000, "kind": HouseholdKind.COUPLE, "trial": 1},
        {"earnings_cents": 40_000, "reduction_bp": 500, "set_off_claim_cents": 3_000},
        {"other_income_cents": 20_000, "first_day": 11, "cost_sharers": 1},
        {"norm_cents": 50_000},
    ],
    ids=str,
)
def test_the_steps_lead_from_the_norm_to_the_payment(columns):
    settlement = one(Month(2018, 3), **columns)
    cents = {step.rule: step.cents for step in settlement.steps}
    norm = next(cents[rule] for rule in cents if rule.startswith("norm"))
    taken = sum(cents.get(rule, 0) for rule in ("counted", "reduction", "set_off", "reserved", "paid"))
    assert norm == taken == settlement.norm_cents
    assert settlement.paid_cents == cents["paid"]


@pytest.mark.parametrize(
    ("household", "month"),
    [(0, Month(2018, 2)), (0, Month(2018, 4)), (1, Month(2018, 3)), (-1, Month(2018, 3))],
)
def test_what_was_not_settled_is_not_explained(household, month):
    facts = household_months(Month(2018, 3), months=1, households=1)
    with pytest.raises(DataFileError, match="There is no household"):
        explain(facts, settle(facts), household=household, month=month)


def test_each_amount_comes_with_its_date_and_source():
    table = rows(one(Month(2018, 3), earnings_cents=40_000), "en")
    disregard = next(row for row in table if row["rule"].startswith("Disregard"))
    assert disregard["article"] == "art. 31.2.n"
    assert "disregard_n_rate 25% since 2015-01" in disregard["uses"]
    assert "disregard_art31_2n_max_per_month 202.00 since 2018-01" in disregard["uses"]
    assert "consolidated text of 2018-01-01" in disregard["uses"]


@pytest.mark.parametrize(
    ("month", "columns", "says"),
    [
        (Month(2018, 3), {"earnings_cents": 40_000, "trial": 1}, "niet zelf kunnen lezen"),
        (
            Month(2018, 3),
            {"earnings_cents": 40_000, "trial": 1, "medically_limited": True},
            "samengaan",
        ),
        (
            Month(2018, 3),
            {"earnings_cents": 40_000, "trial": 1, "youngest_child_months": 60},
            "vrijlating voor alleenstaande ouders er niet bij",
        ),
        (Month(2026, 8), {"earnings_cents": 40_000}, "niet goed te controleren"),
        (Month(2021, 8), {"in_institution": True}, "niet goed te controleren"),
        (Month(2018, 3), {"first_day": 11}, "Wij tellen de dagen"),
    ],
    ids=["trial", "trial and y", "trial and r", "amount", "norm", "days"],
)
def test_what_is_uncertain_is_said_in_the_letter_and_in_the_rows(month, columns, says):
    settlement = one(month, **columns)
    assert says in letter(settlement, "nl")
    assert "Let op. Dit is niet zeker." in letter(settlement, "nl")
    assert "This is not certain." in letter(settlement, "en")
    assert any(row["uncertain"] for row in rows(settlement, "nl"))


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"earnings_cents": 140_000}, "income_too_high"),
        ({"wealth_cents": 900_000}, "wealth_too_high"),
        ({"first_day": 0, "last_day": 0}, "no_right"),
    ],
)
def test_a_refusal_says_why(columns, rule):
    settlement = one(Month(2018, 3), **columns)
    assert settlement.steps[-1].rule == rule
    assert not settlement.entitled


def test_the_letter_is_in_short_sentences():
    """Plain Dutch (B1): no sentence of the letter is longer than 20 words."""
    for language in ("nl", "en"):
        sentences = [part for text in texts(language).values() for part in re.split(r"(?<=[.:]) ", text)]
        long = [s for s in sentences if len(s.split()) > 20 and not s.startswith(("januari", "January"))]
        assert not long
