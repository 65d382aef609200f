"""The course of a trial: six made-up persons in two arms, counted by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import numpy as np
import pytest

from opmaat.conduct.fold import fold
from opmaat.conduct.kinds import (
    Answered,
    Chose,
    Disclosed,
    Drawn,
    EarningsReported,
    Invited,
    SignedUp,
    Started,
    WaveSent,
)
from opmaat.conduct.model import Event
from opmaat.core.codes import Codes
from opmaat.core.month import Month
from opmaat.evaluate.describe_course import Facts, describe_course
from opmaat.evaluate.model import estimates_digest
from opmaat.panel.months import PersonMonths
from opmaat.panel.trial import Enrolment
from opmaat.survey.score import Scores

TEXT = {"nl": "tekst", "en": "text"}
KNOWN_AT = datetime(2018, 4, 30, 23, 59, 59, tzinfo=UTC)
JANUARY = Month(2018, 1)


def months_of(persons, benefit, wages, *, codes=()):
    on = np.array([[sign == "B" for sign in row] for row in benefit])
    cents = np.array([[1_000 * (sign == "w") for sign in row] for row in wages])
    exit_code = np.zeros(on.shape, dtype=np.int8)
    for person, column, code in codes:
        exit_code[person, column] = code
    known = np.ones(on.shape[1], dtype=bool)
    return PersonMonths(
        persons=persons,
        household=np.arange(len(persons)),
        first_month=Month(2017, 12),
        benefit_known=known,
        wages_known=known,
        on_benefit=on,
        exit_code=exit_code,
        benefit_cents=on * 90_000,
        norm_cents=on * 100_000,
        wage_cents=cents,
        hours=cents / 10,
        permanent=on & False,
        self_employed=on & False,
        provenance={},
    )


def events():
    """Household h1 of the choice arm is told, starts, chooses twice and answers; h0 is only invited."""

    def event(number, household, day, payload, person=None):
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        common = {"valid_from": day, "recorded_at": moment, "actor": "system:0000"}
        return Event(id=f"e{number}", household=household, person=person, payload=payload, **common)

    story = [
        ("h0", date(2017, 11, 1), Invited(), None),
        ("h1", date(2017, 11, 1), Invited(), None),
        ("h1", date(2017, 11, 2), Drawn(), None),
        ("h1", date(2017, 11, 5), SignedUp(), None),
        ("h1", date(2017, 12, 1), Disclosed("choice"), None),
        ("h1", date(2018, 1, 1), Started(), None),
        ("h1", date(2018, 1, 2), Chose("a"), None),
        ("h1", date(2018, 2, 2), Chose("b"), None),
        ("h1", date(2018, 3, 1), WaveSent("midline"), "d"),
        ("h1", date(2018, 3, 9), Answered("midline"), "d"),
        ("h1", date(2018, 4, 2), WaveSent("endline"), "d"),
    ]
    return [event(number, *row[:3], person=row[3]) for number, row in enumerate(story)]


@pytest.fixture
def course_of(build_protocol):
    """A function of the month and the moment of what is known."""
    outcome = {"kind": "binary", "label": TEXT, "unit": TEXT, "definition": {"rule": "on_benefit"}}
    protocol = build_protocol(
        arms={"control": {"kind": "control", "label": TEXT}, "choice": {"kind": "other", "label": TEXT}},
        period={"first_day": "2018-01-01", "last_day": "2018-06-30"},
        waves=[{"name": "midline", "month": 2}, {"name": "endline", "month": 6}],
        outcomes={"on_benefit": outcome},
        estimands=[{"id": "E", "outcome": "on_benefit", "contrast": "against_control", "month": 6}],
    )
    benefit = ["BBBB", "BB..", "BBB.", "BBBB", "B...", "BBBB"]
    wages = ["....", "..ww", "....", ".www", ".www", "...."]
    persons = ("a", "b", "c", "d", "e", "f")
    score = np.array([4.0, 6.0, np.nan])
    facts = Facts(
        enrolment=Enrolment(
            household=np.array([0, 0, 0, 1, 1, 1]),
            arm=Codes(np.array([0, 0, 0, 1, 1, 1]), ("control", "choice")),
            start_month=np.full(6, JANUARY.index),
            joined=np.array([False, False, False, True, True, True]),
            sources={"draw": "sha256:0"},
        ),
        months=months_of(persons, benefit, wages, codes=[(1, 1, 11), (2, 2, 32), (4, 0, 98)]),
        arms={"h0": "control", "h1": "choice"},
        journal=fold(events()).checked(),
        scores=[
            Scores(
                scale="social_trust",
                wave="midline",
                persons=("d", "e", "f"),
                values=score,
                answered=np.ones(3, dtype=np.int64),
                alpha=None,
            )
        ],
        reference=months_of(("x", "y"), ["BBB.", "BBBB"], ["...w", "...."]),
    )
    return partial(describe_course, protocol, facts, cents_per_hour=6_000)


@pytest.fixture
def course(course_of):
    return course_of(month=3, known_at=KNOWN_AT)


def test_exits_are_counted_arm_by_arm_and_month_by_month(course):
    control, choice = course.arms
    seen = [(one.known, one.off_benefit, one.to_work, one.working) for one in control.exits]
    assert seen == [(3, 0, 0, 0), (3, 1, 1, 1), (3, 2, 1, 1)]
    assert control.exit_reasons == {"moved": 1, "work": 1}
    assert [(one.off_benefit, one.to_work, one.working) for one in choice.exits] == [(1, 1, 2)] * 3
    assert choice.exit_reasons == {"other": 1}


def test_benefit_is_counted_once_for_each_household_and_wages_beside_benefit_are_seen(course):
    control, choice = course.arms
    assert [(one.households, one.paid_cents) for one in control.benefit] == [
        (3, 270_000),
        (3, 180_000),
        (3, 90_000),
    ]
    assert [one.beside for one in choice.exits] == [1, 1, 1]
    assert control.reported is None


def test_two_adults_of_a_household_have_its_benefit_together(course_of):
    protocol, facts = course_of.args
    together = replace(facts.months, household=np.array([0, 0, 1, 2, 3, 4]))
    of_couple = partial(describe_course, protocol, replace(facts, months=together), cents_per_hour=6_000)
    (january, *_) = of_couple(month=3, known_at=KNOWN_AT).arms[0].benefit
    assert (january.households, january.paid_cents) == (2, 180_000)


def test_households_that_reported_earnings_since_their_start_are_counted_once(course_of):
    protocol, facts = course_of.args
    moment = datetime(2018, 3, 1, tzinfo=UTC)
    reports = [
        Event(
            id=f"r{number}",
            household="h1",
            person="d",
            valid_from=date(2018, month, 1),
            recorded_at=moment,
            actor="system:0000",
            payload=EarningsReported(20_000),
        )
        for number, month in enumerate((1, 2))
    ]
    journal = fold([*events(), *reports]).checked()
    told = partial(describe_course, protocol, replace(facts, journal=journal), cents_per_hour=6_000)
    assert [arm.reported for arm in told(month=3, known_at=KNOWN_AT).arms] == [0, 1]


def test_letters_choices_answers_and_scores_are_those_of_the_arm(course):
    control, choice = course.arms
    assert (control.households, control.persons, control.flow.invited, control.flow.started) == (1, 3, 1, 0)
    assert choice.chosen == {"b": 1}
    assert [(one.wave, one.sent, one.answered) for one in choice.response] == [("midline", 1, 1)]
    (score,) = choice.scores
    assert (score.n, score.mean, score.sd) == (2, 5.0, pytest.approx(2**0.5))
    assert control.scores[0].mean is None


@pytest.mark.parametrize(("known_on", "answered"), [(date(2018, 3, 31), 1), (date(2018, 3, 5), 0)])
def test_letters_and_answers_that_come_after_the_month_of_their_wave_are_of_it(course_of, known_on, answered):
    """The wave of month 2 goes out in March, when February is over; that of month 6 is no part of month 2."""
    known_at = datetime(known_on.year, known_on.month, known_on.day, tzinfo=UTC)
    choice = course_of(month=2, known_at=known_at).arms[1]
    assert [(one.wave, one.sent, one.answered) for one in choice.response] == [("midline", 1, answered)]
    assert choice.flow.sent == {"midline": 1}
    assert choice.flow.started == 1


def test_the_reference_population_is_no_arm(course):
    assert [arm.name for arm in course.arms] == ["control", "choice"]
    assert (course.reference.persons, course.reference.exits[-1].to_work) == (2, 1)
    assert course.reference.flow is None


def test_the_receipt_is_of_what_the_course_holds(course):
    assert course.receipt.output == estimates_digest(course.as_dict())
    assert course.receipt.inputs == {"draw": "sha256:0"}
