"""The plan of a made-up study: what goes into each comparison, and what the reader is warned about."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from opmaat.core.errors import ProtocolError
from opmaat.design.comparison import Basis, power_at
from opmaat.design.families import Bonferroni, contrast_correlation, largest_t
from opmaat.design.numbers import answering
from opmaat.design.plan import EXTRA_PARTICIPANTS, plan
from opmaat.design.power import unpooled_proportions_effect
from opmaat.design.precision import ClusterLevel, design_effect
from opmaat.protocol.checks.planning import check_planning
from opmaat.protocol.load import load_protocol
from opmaat.protocol.planning import (
    Assumed,
    FromRegister,
    MeanMeasure,
    OutcomePlanning,
    Planning,
    Recruitment,
    Repeats,
    ShareMeasure,
    WaveAnswers,
)
from opmaat.stats.multiplicity import max_t

STUDY = Path(__file__).parent / "study"


@pytest.fixture(scope="module")
def protocol():
    return load_protocol(STUDY)


@pytest.fixture(scope="module")
def made(protocol):
    return plan(protocol)


@pytest.fixture
def comparison(made):
    def find(analysis, arm, population):
        (item,) = (
            item
            for item in made.comparisons
            if (item.analysis, item.contrast[0], item.population) == (analysis, arm, population)
        )
        return item

    return find


def simple(protocol, *, invited=400, joins=1.0, base=0.10, smallest=0.05, timing="after_consent", **more):
    """Two arms, one share from a register, one test: the formula of two proportions."""
    arms = {name: protocol.arms[name] for name in ("control", "guidance")}
    outcome = OutcomePlanning(
        measure=ShareMeasure(kind="share", base=Assumed(value=base)),
        measured=FromRegister(by="register"),
        smallest_effect=smallest,
    )
    planning = Planning(
        recruitment=Recruitment(invited=invited, joins=Assumed(value=joins)),
        outcomes={"works": outcome},
        **more,
    )
    analysis = replace(protocol.analyses[0], multiplicity=None)
    return replace(
        protocol,
        arms=arms,
        assignment=replace(protocol.assignment, timing=timing),
        estimands=protocol.estimands[:1],
        analyses=(analysis,),
        planning=planning,
    )


def test_same_protocol_gives_the_same_plan(protocol, made):
    assert plan(simple(protocol)) == plan(simple(protocol))
    assert made.receipt.output == made.digest()
    assert made.receipt.protocol == protocol.digest()


def test_numbers_of_the_arms(made):
    numbers = {item.arm: item for item in made.arms}
    assert numbers["control"].drawn == numbers["guidance"].drawn == pytest.approx(1000)
    assert numbers["control"].joined == pytest.approx(350)
    assert numbers["exemption"].joined == pytest.approx(400)
    assert (numbers["control"].takes_up, numbers["guidance"].takes_up) == (0.0, 0.8)


def test_city_of_equal_arms(protocol):
    """One comparison of two arms of 178 is the formula, to the last digit."""
    (item,) = plan(simple(protocol, invited=356)).comparisons
    assert item.population == "drawn"
    assert item.detectable == pytest.approx(
        unpooled_proportions_effect(0.10, 178, 178, level=0.05, power=0.8), abs=1e-12
    )


def test_refusal_before_the_draw_costs_people_but_does_not_dilute(protocol):
    half = plan(simple(protocol, invited=800, joins=0.5)).comparisons
    whole = plan(simple(protocol, invited=400)).comparisons
    assert [item.power for item in half] == pytest.approx([item.power for item in whole])


def test_refusal_after_the_draw_dilutes(protocol):
    drawn, joined = plan(simple(protocol, invited=800, joins=0.5, timing="before_invitation")).comparisons
    assert (drawn.population, joined.population) == ("drawn", "joined")
    assert drawn.takes_up == pytest.approx(0.5)
    assert drawn.measured == pytest.approx((400, 400))
    assert joined.measured == pytest.approx((200, 200))
    assert drawn.detectable_average == pytest.approx(0.5 * drawn.detectable)
    assert drawn.power < joined.power


def test_survey_is_net_of_refusal_leaving_and_silence(comparison):
    item = comparison("baseline", "exemption", "joined")
    answers = 0.7 * 0.7 + 0.3 * 0.4
    assert item.measured == pytest.approx((400 * 1.3 * answers, 350 * 1.3 * answers))
    assert item.variance_factor == pytest.approx(1 - 0.5**2)
    measured_per_caseworker = 30 * answers * 1150 / 3000
    levels = [ClusterLevel(1.0, 0.35, 0.3), ClusterLevel(measured_per_caseworker, 0.4, 0.02)]
    assert item.design_effect == pytest.approx(design_effect(levels))


def test_register_has_everyone_but_the_lost(comparison):
    assert comparison("offered", "guidance", "drawn").measured == pytest.approx((980, 980))
    assert comparison("offered", "guidance", "drawn").takes_up == pytest.approx(0.4 * 0.8)
    assert comparison("time", "guidance", "drawn").measured == pytest.approx((1000, 1000))


def test_family_counts_every_comparison(comparison):
    assert comparison("offered", "guidance", "drawn").tests == 4
    assert comparison("time", "guidance", "drawn").critical_value == pytest.approx(1.959964, abs=1e-6)
    assert 1.96 < comparison("offered", "guidance", "drawn").critical_value < 2.4978  # Bonferroni of four


def test_needed_number_reaches_the_power_and_one_less_does_not(protocol):
    (item,) = plan(simple(protocol)).comparisons
    for invited, reached in ((item.needed, True), (item.needed - 1, False)):
        (again,) = plan(simple(protocol, invited=invited)).comparisons
        assert (again.power >= 0.8) is reached


def test_each_extra_hundred_participants(made):
    for item in made.comparisons:
        assert bool(item.steps) is item.leading
    steps = made.comparisons[0].steps
    assert [round(point.joined - steps[0].joined) for point in steps] == list(EXTRA_PARTICIPANTS)
    powers = [point.power for point in steps]
    assert powers == sorted(powers)
    assert steps[0].power == made.comparisons[0].power


def test_cautions(made, protocol):
    codes = [(item.code, item.arm) for item in made.cautions]
    weak = [item for item in made.comparisons if item.leading and item.power < 0.8]
    assert codes.count(("too-small", "guidance")) + codes.count(("too-small", "exemption")) == len(weak) > 0
    assert ("joined-only", None) in codes
    small = plan(simple(protocol, invited=190, base=0.05))
    assert [(item.code, item.arm) for item in small.cautions] == [
        ("too-small", "guidance"),
        ("few-participants", "control"),
        ("few-participants", "guidance"),
        ("few-events", None),
    ]
    enough = plan(simple(protocol, invited=5000))
    assert enough.cautions == ()


def test_outcome_without_assumptions_is_named(protocol):
    outcomes = {name: item for name, item in protocol.planning.outcomes.items() if name != "well_being"}
    partial = plan(replace(protocol, planning=replace(protocol.planning, outcomes=outcomes)))
    assert {item.outcome for item in partial.comparisons} == {"works", "exit"}
    assert [item.outcome for item in partial.cautions if item.code == "not-assumed"] == ["well_being"]
    assert partial.comparisons[0].tests == 4


def test_a_subgroup_is_named_and_not_planned_as_if_it_were_everybody(protocol):
    first, *others = protocol.estimands
    changed = replace(protocol, estimands=(replace(first, subgroup={"duration": "5+"}), *others))
    made = plan(changed)
    assert first.id not in {item.estimand for item in made.comparisons}
    assert [item.estimand for item in made.cautions if item.code == "subgroup"] == [first.id]


def test_an_estimand_of_who_joined_is_planned_among_them_alone(protocol):
    first, *others = protocol.estimands
    made = plan(replace(protocol, estimands=(replace(first, among="joined"), *others)))
    assert {item.population for item in made.comparisons if item.estimand == first.id} == {"joined"}


def test_every_assumption_is_listed_with_or_without_its_source(made):
    sources = {item.path: item.source for item in made.assumptions}
    assert sources["outcomes", "works", "measure", "base"] == "made up"
    assert sources["waves", "endline", "answers"] is None
    assert sources["takes_up", "exemption"] is None


def test_nobody_takes_up(protocol):
    (item,) = plan(simple(protocol, takes_up={"guidance": Assumed(value=0.0)})).comparisons
    assert (item.detectable, item.needed) == (None, None)
    assert item.power == pytest.approx(0.025)


def test_no_effect_is_larger_than_a_share_has_room_for(protocol):
    few = plan(simple(protocol, invited=40, base=0.6)).comparisons[0]
    none = plan(
        simple(protocol, invited=40, base=0.6, takes_up={"guidance": Assumed(value=0.5)})
    ).comparisons[0]
    assert 0.3 < few.detectable < 0.4
    assert (none.detectable, none.detectable_average) == (None, None)
    assert none.needed > 40


def test_protocol_without_planning(protocol):
    with pytest.raises(ProtocolError) as caught:
        plan(replace(protocol, planning=None))
    assert [issue.code for issue in caught.value.issues] == ["no-planning"]


def test_whole_clusters_lend_their_number_to_the_test():
    basis = Basis(
        measure=MeanMeasure(kind="mean", sd=Assumed(value=1.0)),
        first=0.5,
        second=0.5,
        in_fit=1.0,
        parameters=2,
        cluster_size=50.0,
        factor=1.0,
        design_effect=design_effect([ClusterLevel(50, 0.0, 0.05)]),
        takes_up=1.0,
        rises=True,
        lost=0.0,
    )
    alone = replace(basis, cluster_size=None)
    test = Bonferroni(0.05)
    twelve_clusters = power_at(basis, test, invited=600, effect=0.5)
    assert twelve_clusters < power_at(alone, test, invited=600, effect=0.5)
    assert power_at(basis, test, invited=100, effect=0.5) == 0.0  # two clusters leave no degrees of freedom
    share = replace(basis, measure=ShareMeasure(kind="share", base=Assumed(value=0.2)))
    of_people = power_at(replace(share, cluster_size=None), test, invited=600, effect=0.2)
    assert power_at(share, test, invited=600, effect=0.2) < of_people


def test_largest_t_between_its_exact_values():
    equal = 0.5 + 0.5 * np.eye(3)
    threshold, ones = largest_t([equal], level=0.05), np.ones(3)
    for df in (5, 7, 20, 60, 120, 500, 5000):
        exact = max_t(ones, ones, equal, df, confidence=0.95).critical_value
        assert threshold.critical(df) == pytest.approx(exact, abs=1e-3 if df < 10 else 1e-4)
    assert threshold.critical(2) == Bonferroni(0.05, 3).critical(2) > threshold.critical(4)
    assert threshold.critical(math.inf) == threshold.values[0]


def test_largest_t_of_all_pairs_is_lower_than_if_they_were_independent():
    pairs = contrast_correlation([[1, -1, 0], [1, 0, -1], [0, 1, -1]], [10, 10, 10])
    together = largest_t([pairs], level=0.05).critical(60)
    assert together == pytest.approx(2.403216, abs=2e-4)  # R: qtukey(.95, 3, 60) / sqrt(2)
    assert largest_t([np.eye(1)] * 3, level=0.05).critical(60) > together


def test_the_needed_number_does_not_depend_on_how_many_are_invited(protocol):
    def needed(invited):
        recruitment = replace(protocol.planning.recruitment, invited=invited)
        made = plan(replace(protocol, planning=replace(protocol.planning, recruitment=recruitment)))
        return [item.needed for item in made.comparisons]

    assert needed(3000) == needed(300) == needed(100_000)


def test_answers_of_those_who_left_follow_the_others_unless_given():
    assert answering(WaveAnswers(answers=Assumed(value=0.6), left=Assumed(value=0.5))) == pytest.approx(0.6)


def test_months_cannot_correlate_more_across_the_start_than_within(protocol):
    outcome = protocol.planning.outcomes["well_being"]
    unlike = replace(outcome, repeats=Repeats(after=12, before=12, autocorrelation=Assumed(value=0.1)))
    planning = replace(protocol.planning, outcomes={"well_being": unlike})
    codes = [item.code for item in check_planning(replace(protocol, planning=planning))]
    assert codes == ["impossible-correlations"]
