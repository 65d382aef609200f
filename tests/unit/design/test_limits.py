"""The legal limits: a protocol is held against its framework, and what cannot be seen is said."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from opmaat import load_protocol
from opmaat.core.errors import ProtocolError
from opmaat.core.texts import Text
from opmaat.design.limits.check import CHECKS, check_limits
from opmaat.design.limits.load import framework
from opmaat.protocol.arms import (
    BonusRule,
    ChoiceArm,
    CombinedArm,
    ControlArm,
    DisregardArm,
    DisregardRule,
    ExemptionArm,
    GuidanceArm,
    OtherArm,
    PremiumRule,
    Rules,
)
from opmaat.protocol.model import Period
from opmaat.protocol.planning import (
    Assumed,
    FromRegister,
    OutcomePlanning,
    Planning,
    Recruitment,
    ShareMeasure,
)

FRAMEWORKS = ["experiments-2017", "ordinary-act", "none"]
LABEL = Text("arm", "arm")
CONTROL = ControlArm(kind="control", label=LABEL, share=1)
EXEMPTION = ExemptionArm(kind="exemption", label=LABEL, share=1, duties=("work",), months=24)
GUIDANCE = GuidanceArm(kind="guidance", label=LABEL, share=1, contacts_per_month=1)
DISREGARD = DisregardArm(
    kind="disregard", label=LABEL, share=1, rate=5000, cap="exp_disregard_cap", months=24
)
CHOICE = ChoiceArm(kind="choice", label=LABEL, share=1, options=("exemption", "guidance"))
TWO_YEARS = Period(first_day=date(2017, 12, 1), last_day=date(2019, 11, 30))
ALL = {"control": CONTROL, "exemption": EXEMPTION, "guidance": GUIDANCE, "disregard": DISREGARD}


def combined(**rules) -> CombinedArm:
    return CombinedArm(kind="combined", label=LABEL, share=1, rules=Rules(**rules))


@pytest.fixture(scope="module")
def protocol():
    """A protocol of 2017 that breaks nothing."""
    study = load_protocol(Path(__file__).parents[3] / "studies" / "nsw-1975")
    population = replace(
        study.population,
        unit="household",
        reference_date=date(2017, 9, 1),
        reference=("elsewhere",),
    )
    outcome = OutcomePlanning(
        measure=ShareMeasure(kind="share", base=Assumed(value=0.1)),
        measured=FromRegister(by="register"),
        smallest_effect=0.1,
    )
    planning = Planning(
        recruitment=Recruitment(invited=1000, joins=Assumed(value=0.5)), outcomes={"exit": outcome}
    )
    return replace(
        study,
        legal_framework="experiments-2017",
        arms=ALL,
        population=population,
        planning=planning,
        period=TWO_YEARS,
    )


def found(protocol, severity):
    return [finding.rule.id for finding in check_limits(protocol) if finding.severity == severity]


def test_a_protocol_within_the_decree_has_no_breach_and_no_warning(protocol):
    assert found(protocol, "breach") == []
    assert found(protocol, "warning") == []
    assert found(protocol, "unverified") == ["written-consent", "municipalities", "share-of-recipients"]


@pytest.mark.parametrize(
    ("arms", "rule"),
    [
        ({"control": CONTROL, "exemption": EXEMPTION}, "exemption-requires-guidance"),
        (ALL | {"exemption": replace(EXEMPTION, months=36)}, "duration"),
        (ALL | {"other": OtherArm(kind="other", label=LABEL)}, "arms"),
        ({"guidance": GUIDANCE, "disregard": DISREGARD}, "control-arm"),
        (
            ALL
            | {f"c{n}": combined(disregard=DisregardRule(rate=5000, cap="199", months=24)) for n in range(3)},
            "number-of-combinations",
        ),
        (ALL | {f"g{n}": GUIDANCE for n in range(3)}, "number-of-arms"),
        (ALL | {"c": combined(bonus=BonusRule(amount="2404.01", condition="full_time"))}, "bonus"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_breaches(protocol, arms, rule):
    assert rule in found(replace(protocol, arms=arms), "breach")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"unit": "person"}, "participant"),
        ({"reference": ()}, "reference-population"),
        ({"reference_date": date(2017, 3, 31)}, "window"),
        ({"reference_date": date(2020, 4, 1)}, "window"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_breaches_of_the_population(protocol, change, rule):
    changed = replace(protocol, population=replace(protocol.population, **change))
    assert found(changed, "breach") == [rule]


def test_a_trial_of_more_than_two_years_is_a_breach(protocol):
    """Nijmegen ran to 1 January 2020."""
    longer = replace(protocol, period=replace(TWO_YEARS, last_day=date(2020, 1, 1)))
    assert found(longer, "breach") == ["duration-of-trial"]
    one_day = replace(protocol, period=replace(TWO_YEARS, last_day=date(2019, 12, 1)))
    assert found(one_day, "breach") == ["duration-of-trial"]
    assert "duration-of-trial" in found(replace(protocol, period=None), "unverified")


def test_a_bonus_up_to_the_highest_premium_of_a_year_is_possible(protocol):
    """Tilburg gave 2,400 euro a year for full-time work."""
    arms = ALL | {"c": combined(bonus=BonusRule(amount="2400", condition="full_time"))}
    assert found(replace(protocol, arms=arms), "breach") == []
    unread = replace(protocol.population, reference_date=date(2022, 2, 1))
    unknown = check_limits(replace(protocol, arms=arms, population=unread))
    bonus = next(finding for finding in unknown if finding.rule.id == "bonus")
    assert bonus.severity == "unverified"


@pytest.mark.parametrize(("cap", "breaches"), [("200.00", []), ("200.34", ["bonus"])])
def test_a_premium_for_everyone_fits_in_the_highest_premium_of_a_year(protocol, cap, breaches):
    """2,404 euro a year in September 2017; Amsterdam paid up to 200 a month."""
    paid = replace(protocol, premium=PremiumRule(rate=5000, cap=cap))
    assert found(paid, "breach") == breaches
    ordinary = replace(paid, legal_framework="ordinary-act", arms={"control": CONTROL, "guidance": GUIDANCE})
    assert found(ordinary, "breach") == breaches
    assert found(ordinary, "unverified") == ["premium-payments"]


def test_a_choice_arm_is_unverified_and_not_a_breach(protocol):
    changed = replace(protocol, arms=ALL | {"choice": CHOICE})
    assert found(changed, "breach") == []
    assert "choice" in found(changed, "unverified")


def test_small_arms_are_a_warning_and_never_a_breach(protocol):
    few = replace(protocol.planning, recruitment=Recruitment(invited=100, joins=Assumed(value=0.5)))
    changed = replace(protocol, planning=few)
    assert found(changed, "breach") == []
    assert found(changed, "warning") == ["size-of-arms"] * 4


@pytest.mark.parametrize(("cap", "unverified"), [("142", False), ("142.00", False), ("300", True)])
def test_a_joint_cap_of_a_couple_other_than_reported_is_unverified(protocol, cap, unverified):
    changed = replace(protocol, arms=ALL | {"disregard": replace(DISREGARD, cap_couple=cap)})
    assert found(changed, "breach") == []
    assert ("disregard-rate" in found(changed, "unverified")) is unverified


@pytest.mark.parametrize(("cap", "unverified"), [("201.00", False), ("199", False), ("250", True)])
def test_a_cap_other_than_reported_is_unverified(protocol, cap, unverified):
    """201 euro was the cap of n in September 2017; Nijmegen used it."""
    changed = replace(protocol, arms=ALL | {"disregard": replace(DISREGARD, cap=cap)})
    assert found(changed, "breach") == []
    assert ("disregard-rate" in found(changed, "unverified")) is unverified


def test_what_a_protocol_does_not_say_is_said_and_is_no_breach(protocol):
    silent = replace(protocol, planning=None, population=replace(protocol.population, reference_date=None))
    findings = {finding.rule.id: finding for finding in check_limits(silent)}
    for rule in ("window", "size-of-arms", "municipalities"):
        assert findings[rule].severity == "unverified"
        assert findings[rule].problem.startswith("Not checkable here")


def test_within_the_ordinary_act_nothing_is_departed_from(protocol):
    ordinary = replace(protocol, legal_framework="ordinary-act")
    assert found(ordinary, "breach") == ["provisions", "provisions"]
    assert check_limits(replace(ordinary, arms={"control": CONTROL, "guidance": GUIDANCE})) == ()


def test_all_findings_come_at_once_with_the_worst_first(protocol):
    bad = replace(protocol, arms={"control": CONTROL, "exemption": replace(EXEMPTION, months=48)})
    severities = [finding.severity for finding in check_limits(bad)]
    assert severities[:2] == ["breach", "breach"]
    assert severities[-1] == "unverified"
    assert "read in the decree" in str(check_limits(bad)[0])


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_rule_names_its_source_and_a_check_that_exists(name):
    for rule in framework(name).rules:
        assert rule.check in CHECKS
        assert rule.severity in {"breach", "warning", "unverified"}
        assert rule.read in {"act", "decree", "secondary"}
        assert rule.title
        assert rule.says.nl
        assert rule.says.en


def test_an_unknown_framework_is_refused():
    with pytest.raises(ProtocolError, match="experiments-2017"):
        framework("experiment-2017")
