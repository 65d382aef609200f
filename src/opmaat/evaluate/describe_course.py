"""Describe the course of a trial up to a month: counts and means per arm, and no test of any effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from opmaat.conduct.dose import Dose, doses
from opmaat.conduct.exits import EXIT_REASONS, ExitGroup
from opmaat.conduct.flow import Flow, flows
from opmaat.conduct.harms import harms
from opmaat.conduct.kinds import Chose, EarningsReported
from opmaat.conduct.model import Journal
from opmaat.core.month import Month
from opmaat.core.receipt import Receipt
from opmaat.core.version import __version__
from opmaat.evaluate.course import (
    ArmCourse,
    BenefitMonth,
    Course,
    ExitMonth,
    GuidanceMonth,
    Response,
    ScoreOfWave,
)
from opmaat.evaluate.integrity import Integrity
from opmaat.evaluate.model import estimates_digest
from opmaat.panel.months import PersonMonths
from opmaat.panel.outcomes import outcome_values, values_by_month
from opmaat.panel.trial import Enrolment
from opmaat.protocol.definitions import Amount, CbsExit, OnBenefit
from opmaat.protocol.model import Protocol
from opmaat.survey.score import Scores

REFERENCE = "reference"
_ON_BENEFIT = OnBenefit(rule="on_benefit")
_TO_WORK = CbsExit(rule="cbs_exit")
_WAGES = Amount(rule="amount", of="wages")
_BENEFIT = Amount(rule="amount", of="benefit")
_CENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the course of a trial is described from.

    ``arms`` is the arm of every household that was drawn, by pseudonym. ``reference`` is what registers know
    of the reference population, ``draws`` the integrity of each round of the draw.
    """

    enrolment: Enrolment
    months: PersonMonths
    arms: Mapping[str, str]
    journal: Journal
    scores: Sequence[Scores]
    reference: PersonMonths | None = None
    draws: tuple[Integrity, ...] = ()


def describe_course(
    protocol: Protocol, facts: Facts, *, month: int, known_at: datetime, cents_per_hour: int
) -> Course:
    """Return the course of a trial up to and with a month of it.

    Parameters
    ----------
    month
        Month of the trial. Registers are shown by everybody's own months; what happened to households, talks
        and harms up to the last day of this month of those who started first. The questionnaire of a month
        goes out when it is over: of waves of no later month all letters and answers that are known count.
    known_at
        The moment of what was known, as the facts were read.
    cents_per_hour
        What an hour of a caseworker costs, an assumption of who asks.

    Raises
    ------
    ValueError
        When the protocol has no period, or the month is not in the trial.
    """
    if protocol.period is None or month < 1:
        raise ValueError("a trial has a period, and its first month is 1")
    first = Month.of(protocol.period.first_day)
    on = min((first + (month - 1)).last_day, known_at.date())
    of_journal = _OfJournal(
        flows=_flows(facts, _waves(protocol, month), on=on, known_on=known_at.date()),
        doses=[
            dose for dose in doses(facts.journal, cents_per_hour=cents_per_hour) if dose.month <= Month.of(on)
        ],
        harms=Counter({(count.arm, str(count.harm)): count.events for count in harms(facts.journal, on=on)}),
        chosen=_chosen(facts.journal, facts.arms, on),
        reported=_reported(facts.journal, facts.arms, on),
    )
    course = Course(
        protocol_id=protocol.id,
        title={"nl": protocol.title.nl, "en": protocol.title.en},
        month=month,
        cents_per_hour=cents_per_hour,
        first_month=str(first),
        known_at=known_at.isoformat(),
        arms=tuple(_arm(protocol, facts, of_journal, name, month) for name in protocol.arms),
        reference=None if facts.reference is None else _reference(facts.reference, first, month),
        receipt=Receipt(
            stage="course",
            inputs=facts.enrolment.sources,
            output="",
            protocol=protocol.digest(),
            version=__version__,
            seed=next((draw.receipt.seed for draw in facts.draws), None),
        ),
        integrity=facts.draws,
    )
    return replace(course, receipt=replace(course.receipt, output=estimates_digest(course.as_dict())))


@dataclass(frozen=True, slots=True)
class _OfJournal:
    """What events tell, arm by arm."""

    flows: Mapping[str, Flow]
    doses: Sequence[Dose]
    harms: Mapping[tuple[str, str], int]
    chosen: Mapping[str, Counter[str]]
    reported: Counter[str]


def _waves(protocol: Protocol, month: int) -> tuple[str, ...]:
    """Return the waves of the months up to and with a month."""
    return tuple(wave.name for wave in protocol.waves if wave.month <= month)


def _flows(facts: Facts, waves: Sequence[str], *, on: date, known_on: date) -> dict[str, Flow]:
    """Return the flow of every arm by a day, with the letters and answers of some waves that are known."""
    return {
        flow.arm: replace(
            flow,
            sent={wave: count for wave, count in flow.sent.items() if wave in waves},
            answered={wave: count for wave, count in flow.answered.items() if wave in waves},
        )
        for flow in flows(facts.journal, facts.arms, on=on, waves_on=known_on)
    }


def _arm(protocol: Protocol, facts: Facts, of_journal: _OfJournal, name: str, month: int) -> ArmCourse:
    """Return the course of one arm."""
    enrolment = facts.enrolment
    rows = np.flatnonzero(enrolment.arm.codes == enrolment.arm.names.index(name))
    months, start = facts.months.taken(rows), enrolment.start_month[rows]
    flow = of_journal.flows.get(name, Flow(arm=name))
    waves = _waves(protocol, month)
    return ArmCourse(
        name=name,
        households=len(np.unique(enrolment.household[rows])),
        persons=len(rows),
        exits=_exits(months, start, month),
        exit_reasons=_exit_reasons(months, start, month),
        flow=flow,
        guidance=tuple(_guidance(of_journal.doses, name)),
        scores=tuple(_scores(facts.scores, waves, frozenset(months.persons))),
        response=tuple(
            Response(wave=wave, sent=flow.sent.get(wave, 0), answered=flow.answered.get(wave, 0))
            for wave in waves
        ),
        chosen=dict(sorted(of_journal.chosen.get(name, Counter()).items())),
        harms={harm: count for (arm, harm), count in sorted(of_journal.harms.items()) if arm == name},
        benefit=_benefit(months, start, month),
        reported=of_journal.reported[name] if of_journal.reported else None,
    )


def _reference(months: PersonMonths, first: Month, month: int) -> ArmCourse:
    """Return the course of the reference population, whose months are those of who started first."""
    start = np.full(len(months.persons), first.index)
    return ArmCourse(
        name=REFERENCE,
        households=len(np.unique(months.household)),
        persons=len(months.persons),
        exits=_exits(months, start, month),
        exit_reasons=_exit_reasons(months, start, month),
    )


def _exits(months: PersonMonths, start: NDArray[np.int64], last: int) -> tuple[ExitMonth, ...]:
    """Return who is off benefit, out for work, and working, in each month; of those of whom all is known."""
    on, to_work, wages = (
        values_by_month(definition, months, start, last) for definition in (_ON_BENEFIT, _TO_WORK, _WAGES)
    )
    known = ~np.isnan(on) & ~np.isnan(to_work) & ~np.isnan(wages)
    works = known & (wages > 0)
    counts = {
        "known": known,
        "off_benefit": known & (on == 0),
        "to_work": known & (to_work == 1),
        "working": works,
        "beside": works & (on == 1),
    }
    totals = {name: np.count_nonzero(marks, axis=0).tolist() for name, marks in counts.items()}
    return tuple(
        ExitMonth(month=place + 1, **{name: total[place] for name, total in totals.items()})
        for place in range(last)
    )


def _benefit(months: PersonMonths, start: NDArray[np.int64], last: int) -> tuple[BenefitMonth, ...]:
    """Return what was paid to households in each month; every adult has the amount of the household."""
    of_household = np.unique(months.household, return_index=True)[1]
    own, first = months.taken(of_household), start[of_household]
    paid = enumerate(values_by_month(_BENEFIT, own, first, last).T, start=1)
    return tuple(
        BenefitMonth(
            month=month,
            households=int((~np.isnan(euros)).sum()),
            paid_cents=round(float(np.nansum(euros)) * _CENTS),
        )
        for month, euros in paid
    )


def _exit_reasons(months: PersonMonths, start: NDArray[np.int64], month: int) -> dict[ExitGroup, int]:
    """Return how many are off benefit in a month, by the kind of the last reason for which it ended."""
    off = outcome_values(_ON_BENEFIT, months, start, month) == 0
    columns = np.arange(months.exit_code.shape[1]) + months.first_month.index
    told = (months.exit_code > 0) & months.benefit_known & (columns < (start + month - 1)[:, None])
    latest = months.exit_code.shape[1] - 1 - np.argmax(told[:, ::-1], axis=1)
    codes = months.exit_code[np.arange(len(latest)), latest][off & told.any(axis=1)]
    counts: Counter[ExitGroup] = Counter(EXIT_REASONS[f"{code:02d}"].group for code in codes.tolist())
    return dict(sorted(counts.items()))


def _guidance(rows: Sequence[Dose], arm: str) -> Iterator[GuidanceMonth]:
    """Yield what was delivered to an arm, month by month, by all workers together."""
    own = [dose for dose in rows if dose.arm == arm]
    for month in sorted({dose.month for dose in own}):
        now = [dose for dose in own if dose.month == month]
        yield GuidanceMonth(
            month=str(month),
            contacts=sum(dose.contacts for dose in now),
            missed=sum(dose.missed for dose in now),
            minutes=sum(dose.minutes for dose in now),
            cost_cents=sum(dose.cost_cents for dose in now),
        )


def _scores(given: Sequence[Scores], waves: Sequence[str], persons: frozenset[str]) -> Iterator[ScoreOfWave]:
    """Yield the mean score of an arm on every scale, wave by wave."""
    in_wave = [one for one in given if one.wave in waves]
    for one in sorted(in_wave, key=lambda item: (item.scale, waves.index(item.wave))):
        of_arm = np.array([person in persons for person in one.persons], dtype=np.bool_)
        values = one.values[of_arm & ~np.isnan(one.values)]
        yield ScoreOfWave(
            scale=one.scale,
            wave=one.wave,
            n=len(values),
            mean=float(values.mean()) if len(values) else None,
            sd=float(values.std(ddof=1)) if len(values) > 1 else None,
        )


def _reported(journal: Journal, arms: Mapping[str, str], on: date) -> Counter[str]:
    """Return per arm how many households that started have reported earnings since, by a day."""
    return Counter(
        arms[history.household]
        for history in journal
        if history.household in arms
        and (start := history.started_on) is not None
        and any(
            payload.net_cents > 0 and start <= event.valid_from <= on
            for event, payload in history.of(EarningsReported)
        )
    )


def _chosen(journal: Journal, arms: Mapping[str, str], on: date) -> dict[str, Counter[str]]:
    """Return per arm how many households have each option by a day."""
    found: dict[str, Counter[str]] = {}
    for history in journal:
        options = [payload.option for event, payload in history.of(Chose) if event.valid_from <= on]
        if options and history.household in arms:
            found.setdefault(arms[history.household], Counter())[options[-1]] += 1
    return found
