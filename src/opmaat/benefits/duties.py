"""The duties of a person on benefit, what lifts them, and whether one may be enforced on a date.

Source: https://wetten.overheid.nl/BWBR0015703#Artikel9. A duty is lifted one by one, with a ground, a first
and a last day. The trial's exemption lifts the duties of art. 9.1 that its rule names, and nothing else: the
decree (BWBR0039258, art. 2.1) names art. 9.1 and art. 31.2.n only. Whether the uniform duties of art. 18.4
then still rest on the person was not found in the decree; that answer is "unverified".
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from opmaat.core.errors import DataFileError, Issue
from opmaat.core.month import Month
from opmaat.core.texts import Text
from opmaat.params.load import legal_amount, parameter
from opmaat.params.model import Parameter
from opmaat.protocol.arms import ExemptionRule


class Duty(StrEnum):
    """A duty of someone on benefit."""

    WORK = "work"
    REINTEGRATION = "reintegration"
    SERVICE_IN_RETURN = "service_in_return"
    UNIFORM = "uniform"
    INFORM = "inform"
    COOPERATE_WITH_CHECKS = "cooperate_with_checks"
    IDENTIFY = "identify"


class Ground(StrEnum):
    """Why a duty is lifted."""

    URGENT_REASONS = "urgent_reasons"
    CHILD_UNDER_FIVE = "child_under_five"
    FULLY_UNFIT = "fully_unfit"
    TRIAL = "trial"


ARTICLE: dict[Duty | Ground, str] = {
    Duty.WORK: "art. 9.1.a",
    Duty.REINTEGRATION: "art. 9.1.b",
    Duty.SERVICE_IN_RETURN: "art. 9.1.c",
    Duty.UNIFORM: "art. 18.4",
    Duty.INFORM: "art. 17",
    Duty.COOPERATE_WITH_CHECKS: "art. 17",
    Duty.IDENTIFY: "art. 17",
    Ground.URGENT_REASONS: "art. 9.2",
    Ground.CHILD_UNDER_FIVE: "art. 9a and 9.7",
    Ground.FULLY_UNFIT: "art. 9.5",
    Ground.TRIAL: "Tijdelijk besluit experimenten Participatiewet, art. 2.1",
}

NEVER_LIFTED = frozenset({Duty.INFORM, Duty.COOPERATE_WITH_CHECKS, Duty.IDENTIFY})

MAY_LIFT: dict[Ground, frozenset[Duty]] = {
    Ground.URGENT_REASONS: frozenset({Duty.WORK, Duty.SERVICE_IN_RETURN}),
    Ground.CHILD_UNDER_FIVE: frozenset({Duty.WORK, Duty.SERVICE_IN_RETURN}),
    Ground.FULLY_UNFIT: frozenset({Duty.WORK, Duty.REINTEGRATION, Duty.SERVICE_IN_RETURN}),
    Ground.TRIAL: frozenset({Duty.WORK, Duty.REINTEGRATION, Duty.SERVICE_IN_RETURN}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """One duty of one person that is lifted, with the ground, the first and the last day.

    Raises DataFileError when the ground cannot lift the duty, or the last day is before the first.
    """

    duty: Duty
    ground: Ground
    first_day: date
    last_day: date

    def __post_init__(self) -> None:
        where, issues = f"{self.duty}, from {self.first_day}", []
        if self.duty not in MAY_LIFT[self.ground]:
            problem = f"{ARTICLE[self.ground]} does not lift the duty of {ARTICLE[self.duty]}."
            issues.append(Issue("ground-cannot-lift", where, problem, "Give the ground of the decision."))
        if self.last_day < self.first_day:
            problem = f"The last day, {self.last_day}, is before the first."
            issues.append(Issue("days-reversed", where, problem, "Give the days of the decision."))
        if issues:
            raise DataFileError(issues)

    def covers(self, day: date) -> bool:
        """Return whether the duty is lifted on a day; the first and the last day are both in it."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What decides on a person's duties besides exemptions.

    ``born`` is the date of birth. ``childcare_judged`` is, for a single parent with a child under twelve,
    whether the municipality has satisfied itself of childcare, schooling and what the person can bear
    (art. 9.4); None for everyone else.
    """

    born: date
    childcare_judged: bool | None = None


Verdict = Literal["yes", "no", "unverified"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a duty may be enforced, the article that decides it, and why, in Dutch and English."""

    verdict: Verdict
    article: str
    reason: Text


_NEVER = Text("Deze plicht vervalt nooit.", "This duty is never lifted.")
_AGES = Text(
    "De plichten van artikel 9 gelden van 18 jaar tot de pensioenleeftijd.",
    "The duties of art. 9 hold from 18 to pension age.",
)
_NOT_JUDGED = Text(
    "Alleenstaande ouder met een kind onder de 12: opvang, scholing en belastbaarheid zijn niet beoordeeld.",
    "A single parent with a child under 12: childcare, schooling and capacity are not judged yet.",
)
_NO_EXEMPTION = Text("Op deze dag geldt geen ontheffing.", "No exemption holds on this date.")


def may_enforce(duty: Duty, person: Person, lifted: Sequence[Lifted], *, on: date) -> Answer:
    """Return whether a duty may be enforced on a date: one answer, with its ground.

    Examples
    --------
    >>> trial = {"ground": Ground.TRIAL, "first_day": date(2017, 12, 1), "last_day": date(2019, 11, 30)}
    >>> free = Lifted(duty=Duty.WORK, **trial)
    >>> someone = Person(born=date(1980, 5, 1))
    >>> may_enforce(Duty.WORK, someone, [free], on=date(2019, 11, 30)).verdict
    'no'
    >>> may_enforce(Duty.WORK, someone, [free], on=date(2019, 12, 1)).reason.en
    'No exemption holds on this date.'
    >>> may_enforce(Duty.UNIFORM, someone, [free], on=date(2018, 1, 1)).verdict
    'unverified'
    """
    if duty in NEVER_LIFTED:
        return Answer("yes", ARTICLE[duty], _NEVER)
    if not _of_working_age(person, on):
        return Answer("no", "art. 9.1", _AGES)
    for one in lifted:
        if one.duty == duty and one.covers(on):
            return Answer("no", ARTICLE[one.ground], _told(one))
    if duty == Duty.WORK and person.childcare_judged is False:
        return Answer("no", "art. 9.4", _NOT_JUDGED)
    if duty == Duty.UNIFORM:
        return _uniform_duty(lifted, on)
    return Answer("yes", ARTICLE[duty], _NO_EXEMPTION)


def _told(lifted: Lifted) -> Text:
    """Say from when to when a duty is lifted, and how far."""
    part = lifted.ground == Ground.FULLY_UNFIT and lifted.duty == Duty.REINTEGRATION
    how_far = Text("Ontheven voor zover het om werk gaat,", "Lifted as far as it is about work,")
    begin = how_far if part else Text("Ontheven", "Lifted")
    return Text(
        f"{begin.nl} van {lifted.first_day} tot en met {lifted.last_day}.",
        f"{begin.en} from {lifted.first_day} through {lifted.last_day}.",
    )


def _uniform_duty(lifted: Sequence[Lifted], on: date) -> Answer:
    """Art. 18.4 is about work and provisions: whether it rests on who is exempted of these was not found."""
    for one in lifted:
        if one.duty in (Duty.WORK, Duty.REINTEGRATION) and one.covers(on):
            duty, ground = ARTICLE[one.duty], ARTICLE[one.ground]
            reason = Text(
                f"Ontheven van {duty} ({ground}). Of artikel 18.4 dan geldt, is niet gevonden.",
                f"The duty of {duty} is lifted by {ground}; whether art. 18.4 then holds was not found.",
            )
            return Answer("unverified", ARTICLE[Duty.UNIFORM], reason)
    return Answer("yes", ARTICLE[Duty.UNIFORM], _NO_EXEMPTION)


def _of_working_age(person: Person, on: date) -> bool:
    """Return whether a person is 18 or older and has not reached pension age."""
    pension = legal_amount("pension_age", Month.of(on))
    return add_months(person.born, 18 * 12) <= on < add_months(person.born, pension)


def add_months(day: date, months: int) -> date:
    """Return the same day of the month, months later; the first of the next month when there is none.

    Who is born on 29 February is a year older on 1 March of an ordinary year.

    Examples
    --------
    >>> str(add_months(date(2016, 2, 29), 12)), str(add_months(date(2016, 2, 29), 48))
    ('2017-03-01', '2020-02-29')
    """
    month = Month.of(day) + months
    if day.day > calendar.monthrange(month.year, month.month)[1]:
        return (month + 1).first_day
    return date(month.year, month.month, day.day)


def last_day_of(first_day: date, months: int) -> date:
    """Return the last day of a stretch of whole months.

    >>> last_day_of(date(2017, 12, 1), 24)
    datetime.date(2019, 11, 30)
    """
    return add_months(first_day, months) - timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """What happened at the reviews of a trial's exemption.

    ``notice_on`` is the day of a notice that the person does too little; ``improved`` whether the effort had
    improved at the second review, None when that is not judged yet.
    """

    notice_on: date | None = None
    improved: bool | None = None


NO_REVIEWS = Reviews()


def trial_exemption(
    rule: ExemptionRule, first_day: date, reviews: Reviews = NO_REVIEWS
) -> tuple[Lifted, ...]:
    """Return the duties that an arm lifts for a person, each with its first and last day.

    The exemption lasts the months of the rule. It is reviewed after six months; six months after a notice it
    ends when the effort did not improve (secondary source: the decree's article was not read).

    Examples
    --------
    >>> rule = ExemptionRule(duties=("work",), months=24)
    >>> [str(one.last_day) for one in trial_exemption(rule, date(2017, 12, 1))]
    ['2019-11-30']
    >>> late = Reviews(notice_on=date(2018, 6, 1), improved=False)
    >>> [str(one.last_day) for one in trial_exemption(rule, date(2017, 12, 1), late)]
    ['2018-11-30']
    """
    last = last_day_of(first_day, rule.months)
    if reviews.notice_on is not None and reviews.improved is False:
        last = min(
            last, last_day_of(reviews.notice_on, _months("exp_exemption_improvement_months", first_day))
        )
    return tuple(
        Lifted(duty=Duty(duty), ground=Ground.TRIAL, first_day=first_day, last_day=last)
        for duty in rule.duties
    )


def review_due_on(first_day: date, reviews: Reviews = NO_REVIEWS) -> date | None:
    """Return the day on which the next review of a trial's exemption is due; None when all are done.

    Examples
    --------
    >>> str(review_due_on(date(2017, 12, 1)))
    '2018-06-01'
    >>> str(review_due_on(date(2017, 12, 1), Reviews(notice_on=date(2018, 6, 4))))
    '2018-12-04'
    """
    if reviews.notice_on is None:
        return add_months(first_day, _months("exp_exemption_review_months", first_day))
    if reviews.improved is None:
        return add_months(reviews.notice_on, _months("exp_exemption_improvement_months", first_day))
    return None


def _months(name: str, first_day: date) -> int:
    """Return a number of months of the decree as it stood when the exemption began."""
    found: Parameter = parameter(name)
    return found.at(Month.of(first_day)).amount


def child_under_five_exemption(
    first_day: date, youngest_child_born: date, *, days_used: int = 0
) -> tuple[Lifted, ...]:
    """Return the exemption of a single parent with an own child under five: art. 9a, with art. 9.7.

    On request, once, and at most five years in total, of which ``days_used`` were used before. It needs a
    plan within six months and a review every six months, and ends when the person does not want to meet
    art. 9.1.b: the caller then gives an earlier last day.

    Examples
    --------
    >>> [str(one.last_day) for one in child_under_five_exemption(date(2018, 1, 1), date(2016, 3, 10))]
    ['2021-03-09', '2021-03-09']
    """
    month = Month.of(first_day)
    child_years = legal_amount("own_child_age_art9a", month)
    most_years = legal_amount("exemption_art9a_max_years", month)
    by_child = add_months(youngest_child_born, 12 * child_years) - timedelta(days=1)
    by_total = last_day_of(first_day, 12 * most_years) - timedelta(days=days_used)
    last = min(by_child, by_total)
    if last < first_day:
        return ()
    return tuple(
        Lifted(duty=duty, ground=Ground.CHILD_UNDER_FIVE, first_day=first_day, last_day=last)
        for duty in (Duty.WORK, Duty.SERVICE_IN_RETURN)
    )
