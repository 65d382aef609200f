"""Duties: an exemption lifts exactly what it names, from its first through its last day."""

from datetime import date, timedelta

import pytest

from opmaat.benefits.duties import (
    MAY_LIFT,
    NEVER_LIFTED,
    Duty,
    Ground,
    Lifted,
    Person,
    Reviews,
    child_under_five_exemption,
    last_day_of,
    may_enforce,
    review_due_on,
    trial_exemption,
)
from opmaat.core.errors import DataFileError
from opmaat.protocol.arms import ExemptionRule

SOMEONE = Person(born=date(1980, 5, 1))
START = date(2017, 12, 1)


def verdicts(lifted, on, person=SOMEONE):
    return {duty: may_enforce(duty, person, lifted, on=on).verdict for duty in Duty}


def test_an_exemption_ends_on_its_last_day():
    lifted = trial_exemption(ExemptionRule(duties=("work", "service_in_return"), months=24), START)
    assert verdicts(lifted, START - timedelta(days=1))[Duty.WORK] == "yes"
    for day in (START, date(2019, 11, 30)):
        assert verdicts(lifted, day)[Duty.WORK] == "no"
        assert verdicts(lifted, day)[Duty.SERVICE_IN_RETURN] == "no"
        assert verdicts(lifted, day)[Duty.REINTEGRATION] == "yes"
    assert verdicts(lifted, date(2019, 12, 1))[Duty.WORK] == "yes"


@pytest.mark.parametrize("on", [START, date(2019, 1, 1), date(2060, 1, 1)], ids=str)
def test_some_duties_are_never_lifted(on):
    rule = ExemptionRule(duties=("work", "reintegration", "service_in_return"), months=24)
    lifted = trial_exemption(rule, START)
    for duty in NEVER_LIFTED:
        assert may_enforce(duty, SOMEONE, lifted, on=on).verdict == "yes"
        assert duty not in {one.duty for one in lifted}


@pytest.mark.parametrize("ground", Ground)
def test_no_ground_lifts_a_duty_it_does_not_name(ground):
    for duty in set(Duty) - MAY_LIFT[ground]:
        with pytest.raises(DataFileError, match="does not lift"):
            Lifted(duty=duty, ground=ground, first_day=START, last_day=START)


def test_an_exemption_does_not_end_before_it_begins():
    with pytest.raises(DataFileError) as caught:
        Lifted(duty=Duty.WORK, ground=Ground.TRIAL, first_day=START, last_day=START - timedelta(days=1))
    assert [issue.code for issue in caught.value.issues] == ["days-reversed"]


@pytest.mark.parametrize("duty", ["work", "reintegration"])
def test_the_uniform_duties_of_an_exempted_person_are_unverified_with_the_ground(duty):
    lifted = trial_exemption(ExemptionRule(duties=(duty,), months=24), START)
    answer = may_enforce(Duty.UNIFORM, SOMEONE, lifted, on=START)
    assert answer.verdict == "unverified"
    assert answer.article == "art. 18.4"
    assert "was not found" in answer.reason.en


def test_a_caseworker_reads_the_reason_in_dutch():
    lifted = trial_exemption(ExemptionRule(duties=("work",), months=24), START)
    reason = may_enforce(Duty.WORK, SOMEONE, lifted, on=START).reason
    assert reason.nl == "Ontheven van 2017-12-01 tot en met 2019-11-30."


def test_service_in_return_is_no_uniform_duty():
    lifted = trial_exemption(ExemptionRule(duties=("service_in_return",), months=24), START)
    assert may_enforce(Duty.UNIFORM, SOMEONE, lifted, on=START).verdict == "yes"


def test_who_is_fully_unfit_keeps_the_part_of_reintegration_that_is_not_about_work():
    unfit = {"ground": Ground.FULLY_UNFIT, "first_day": START, "last_day": START}
    answer = may_enforce(Duty.REINTEGRATION, SOMEONE, [Lifted(duty=Duty.REINTEGRATION, **unfit)], on=START)
    assert answer.article == "art. 9.5"
    assert "as far as it is about work" in answer.reason.en


def test_after_a_notice_without_improvement_all_duties_apply_again():
    rule = ExemptionRule(duties=("work", "reintegration"), months=24)
    assert review_due_on(START) == date(2018, 6, 1)
    noticed = Reviews(notice_on=date(2018, 6, 1))
    assert review_due_on(START, noticed) == date(2018, 12, 1)
    assert trial_exemption(rule, START, noticed)[0].last_day == date(2019, 11, 30)
    failed = Reviews(notice_on=date(2018, 6, 1), improved=False)
    assert review_due_on(START, failed) is None
    ended = trial_exemption(rule, START, failed)
    assert {one.last_day for one in ended} == {date(2018, 11, 30)}
    assert verdicts(ended, date(2018, 12, 1))[Duty.REINTEGRATION] == "yes"
    improved = Reviews(notice_on=date(2018, 6, 1), improved=True)
    assert trial_exemption(rule, START, improved)[0].last_day == date(2019, 11, 30)


def test_a_notice_never_lengthens_an_exemption():
    late = Reviews(notice_on=date(2019, 10, 1), improved=False)
    assert trial_exemption(ExemptionRule(duties=("work",), months=24), START, late)[0].last_day == date(
        2019, 11, 30
    )


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        (date(1998, 4, 30), "no"),
        (date(1998, 5, 1), "yes"),
        (date(2018, 1, 1), "yes"),
    ],
)
def test_duties_begin_at_eighteen(on, verdict):
    if on.year < 2015:
        on, person = date(2018, on.month, on.day), Person(born=date(2000, 5, 1))
    else:
        person = SOMEONE
    assert may_enforce(Duty.WORK, person, [], on=on).verdict == verdict


def test_duties_end_at_pension_age():
    """66 years in 2018."""
    person = Person(born=date(1952, 3, 15))
    assert may_enforce(Duty.WORK, person, [], on=date(2018, 3, 14)).verdict == "yes"
    assert may_enforce(Duty.WORK, person, [], on=date(2018, 3, 15)).verdict == "no"


def test_a_single_parent_whose_childcare_is_not_judged_has_no_work_duty_yet():
    person = Person(born=date(1985, 1, 1), childcare_judged=False)
    answer = may_enforce(Duty.WORK, person, [], on=date(2018, 1, 1))
    assert (answer.verdict, answer.article) == ("no", "art. 9.4")
    assert may_enforce(Duty.REINTEGRATION, person, [], on=date(2018, 1, 1)).verdict == "yes"


@pytest.mark.parametrize(
    ("child", "days_used", "last"),
    [
        (date(2016, 3, 10), 0, date(2021, 3, 9)),
        (date(2017, 12, 31), 0, date(2022, 12, 30)),
        (date(2018, 1, 1), 0, date(2022, 12, 31)),
        (date(2017, 12, 31), 365, date(2021, 12, 31)),
    ],
)
def test_the_exemption_of_a_single_parent_ends_with_the_child_or_after_five_years(child, days_used, last):
    lifted = child_under_five_exemption(date(2018, 1, 1), child, days_used=days_used)
    assert {(one.duty, one.last_day) for one in lifted} == {
        (Duty.WORK, last),
        (Duty.SERVICE_IN_RETURN, last),
    }


def test_there_is_no_such_exemption_with_an_older_child():
    assert child_under_five_exemption(date(2018, 1, 1), date(2013, 1, 1)) == ()


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2018, 2, 28), 24, date(2020, 2, 27)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2018, 8, 31), 6, date(2019, 2, 28)),
    ],
)
def test_a_stretch_of_months_around_29_february(first, months, last):
    assert last_day_of(first, months) == last
