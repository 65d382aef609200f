"""The panel of a trial, on four made-up adults in three households."""

from dataclasses import replace

import numpy as np
import pytest

from opmaat.core.codes import Codes
from opmaat.core.month import Month
from opmaat.panel.months import PersonMonths
from opmaat.panel.trial import NEVER, Enrolment, build_trial_panel
from opmaat.survey.score import Scores

TEXT = {"nl": "tekst", "en": "text"}
JANUARY = Month(2018, 1).index


@pytest.fixture
def protocol(build_protocol):
    said = {"label": TEXT, "unit": TEXT}
    return build_protocol(
        assignment={"method": "complete", "timing": "before_invitation"},
        period={"first_day": "2018-01-10", "last_day": "2018-12-31"},
        waves=[{"name": "baseline", "month": 0}, {"name": "endline", "month": 2}],
        outcomes={
            "wages": {
                "kind": "mostly_zero",
                **said,
                "scale": 0.5,
                "definition": {"rule": "amount", "of": "wages", "when": "by_month"},
                "baseline": {"month": 0},
            },
            "trust": {
                "kind": "continuous",
                **said,
                "definition": {"rule": "scale", "scale": "social_trust"},
                "baseline": {"month": 0},
            },
        },
        estimands=[
            {"id": "E1", "outcome": "wages", "contrast": "against_control", "month": 2},
            {"id": "E2", "outcome": "wages", "contrast": "against_control", "month": 1},
            {"id": "E3", "outcome": "trust", "contrast": "against_control", "month": 2},
        ],
        analyses=[{"id": "A", "method": "difference_in_means", "estimands": ["E1", "E2", "E3"]}],
    )


@pytest.fixture
def months():
    no, known = np.zeros((4, 3), dtype=bool), np.ones(3, dtype=bool)
    euros = np.array([[10, 20, 30], [0, 0, 0], [1, 2, 3], [5, 5, 5]])
    return PersonMonths(
        persons=("a", "b", "c", "d"),
        household=np.array([0, 0, 1, 2]),
        first_month=Month(2017, 12),
        benefit_known=known,
        wages_known=known,
        on_benefit=~no,
        exit_code=np.zeros((4, 3), dtype=np.int8),
        benefit_cents=euros * 0,
        norm_cents=euros * 0,
        wage_cents=euros * 100,
        hours=euros * 1.0,
        permanent=no,
        self_employed=no,
        provenance={},
    )


@pytest.fixture
def enrolment(months):
    return Enrolment(
        household=months.household,
        arm=Codes(np.array([1, 1, 0, 1]), ("control", "guidance")),
        start_month=np.full(4, JANUARY),
        joined=np.array([True, False, True, True]),
        intercurrent={"died": np.array([NEVER, JANUARY + 1, NEVER, NEVER])},
        sources={"draw": "sha256:0"},
    )


def scores(wave, **values):
    found = np.array(list(values.values()), dtype=float)
    return Scores(
        scale="social_trust",
        wave=wave,
        persons=tuple(values),
        values=found,
        answered=np.ones(len(found), dtype=np.int64),
        alpha=None,
    )


def test_every_adult_who_was_drawn_is_a_row_with_outcomes_in_their_unit(protocol, months, enrolment):
    panel = build_trial_panel(protocol, months=months, scores=[], enrolment=enrolment)
    assert panel.outcomes["wages"][1].tolist() == [10, 0, 1, 2.5]
    assert panel.outcomes["wages"][2].tolist() == [25, 0, 2.5, 5]
    assert panel.baselines["wages"].tolist() == [5, 0, 0.5, 2.5]
    assert panel.household.tolist() == [0, 0, 1, 2]
    assert panel.intercurrent["died"].tolist() == [np.inf, 2, np.inf, np.inf]


@pytest.mark.parametrize(
    ("probability", "told"), [([0.4, 0.4, 0.6, 0.4], False), ([0.4, 0.4, 0.6, 0.5], True)]
)
def test_chances_are_told_where_they_differ_within_an_arm(protocol, months, enrolment, probability, told):
    """Arms of unequal size are no unequal chances: everybody had the same of each arm."""
    drawn = replace(enrolment, probability=np.array(probability))
    panel = build_trial_panel(protocol, months=months, scores=[], enrolment=drawn)
    assert (panel.probability is not None) == told


def test_scores_go_to_who_gave_them_in_the_wave_of_the_month(protocol, months, enrolment):
    given = [scores("endline", z=1, d=8, a=6), scores("baseline", c=3)]
    panel = build_trial_panel(protocol, months=months, scores=given, enrolment=enrolment)
    assert np.array_equal(panel.outcomes["trust"][2], [6, np.nan, np.nan, 8], equal_nan=True)
    assert np.array_equal(panel.baselines["trust"], [np.nan, np.nan, 3, np.nan], equal_nan=True)


def test_control_takes_up_nothing_and_who_stayed_out_neither(protocol, months, enrolment):
    panel = build_trial_panel(protocol, months=months, scores=[], enrolment=enrolment)
    assert panel.take_up.tolist() == [1, 0, 0, 1]


def test_other_persons_than_those_enrolled_are_refused(protocol, months, enrolment):
    fewer = replace(enrolment, arm=Codes(np.array([0]), ("control", "guidance")))
    with pytest.raises(ValueError, match="other persons"):
        build_trial_panel(protocol, months=months, scores=[], enrolment=fewer)
