"""Behaviour, month by month: pure arithmetic on chance that does not depend on the arm.

What an arm does, it does by multiplying odds and hours of who takes up its offer. So lives under two arms
without effects are the same to the last cent, but for who joins, answers and withdraws. Nobody moves or dies
before the start: who did would not have been on the list any more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from opmaat.params.load import parameter
from opmaat.rehearse.lives.benefit import norms
from opmaat.rehearse.lives.lives import DEATH, MOVED, NEVER, PARTNER, PENSION, SELF_EMPLOYED, WORK, Lives
from opmaat.rehearse.lives.setting import Setting
from opmaat.rehearse.lives.taking_part import Part, answers, part_of
from opmaat.rehearse.lives.work import (
    LARGE,
    NO_JOB,
    SMALL,
    WEEKS_A_MONTH,
    cap_earnings,
    kept_to,
    pay_of,
    weekly_hours,
    work_odds,
)
from opmaat.rehearse.people.chance import Chance, Floats, PersonalChance, Purpose, happens
from opmaat.rehearse.people.people import Flags, Ints, People

_ON, _OFF_FOR_WORK, _OFF, _GONE = 0, 1, 2, 3


def live(people: People, setting: Setting, arm: Ints, chance: Chance, *, round_: Ints | None = None) -> Lives:
    """Play the lives of people under the arms that they were drawn into.

    Parameters
    ----------
    arm
        The place of each household's arm among those of the protocol, -1 for not drawn, (households,).
    round_
        The place of each household's round, (households,); the first unless given.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> from opmaat.rehearse.people.people import draw_people
    >>> from opmaat.rehearse.lives.setting import setting
    >>> made_up = setting(load_protocol(Path("tests/unit/rehearse/before")))
    >>> people = draw_people(100, made_up.reference_date, Chance(1))
    >>> control = live(people, made_up, np.zeros(100, dtype=np.int64), Chance(1))
    >>> bool(control.on_benefit[:, 0].all()), bool(control.on_benefit[:, -1].all())
    (True, False)
    """
    part = part_of(people, setting, arm, chance)
    start = setting.start[np.zeros(people.households, dtype=np.int64) if round_ is None else round_]
    walk = _Walk(people, setting, arm, part, start, chance)
    for column in range(setting.months):
        walk.month(column)
    return walk.lives()


class _Walk:
    """The state of everybody while the months go by; columns are kept as rows until the end."""

    def __init__(
        self, people: People, setting: Setting, arm: Ints, part: Part, start: Ints, chance: Chance
    ) -> None:
        self.people, self.setting, self.arm, self.part, self.start = people, setting, arm, part, start
        self.chance = chance
        self.luck: PersonalChance = chance.of(households=people.households, partners=len(people.partners))
        self.odds, self.pay = work_odds(people, setting), pay_of(people, setting)
        self.norm = norms(people, setting)
        self.pension = _pension_column(people, setting)
        households, shape = people.households, (setting.months, people.count)
        self.status = np.full(households, _ON, dtype=np.int8)
        self.withdrew, self.moved = np.full((2, households), NEVER, dtype=np.int64)
        self.died = np.full(people.count, NEVER, dtype=np.int64)
        self.job = np.where(
            self.luck.uniform(Purpose.WORKS_AT_FIRST) < setting.numbers.work.works_at_first, SMALL, NO_JOB
        )
        self.permanent_job = self._permanent_at_start(0)
        self.own_business = np.zeros(people.count, dtype=np.bool_)
        self.risk_of_death = _risk_of_death(people, setting)
        self.end = start + setting.arm_months[np.where(part.option >= 0, part.option, arm)]
        self.times = {
            name: part.multiplied(of_arm, arm)
            for name, of_arm in setting.multipliers.items()
            if name not in ("at_cap", "withdrawing") and (of_arm != 1).any()
        }
        withdrawing = part.multiplied(setting.multipliers["withdrawing"], arm)
        self.odds_of_withdrawing = _odds_of_withdrawing(people, setting, arm, withdrawing)
        self.on_benefit, self.permanent, self.self_employed = np.zeros((3, *shape), dtype=np.bool_)
        self.exit_code = np.zeros(shape, dtype=np.int8)
        self.wage_cents = np.zeros(shape, dtype=np.int64)
        self.hours = np.zeros(shape)

    def month(self, column: int) -> None:
        """Let a month go by: the order is dying, withdrawing, work, pay, and then benefit."""
        treated = self.part.took_up & (column >= self.start) & (column < self.end) & (self.withdrew == NEVER)
        if column:
            self._die(column)
            self._withdraw(column)
            self._change_jobs(column, treated)
        self._earn(column, treated)
        self._receive(column)

    def _effect(self, name: str, treated: Flags) -> Floats | float:
        """Return what multiplies odds or hours, per person, or for all alike where no arm does anything."""
        if name not in self.times:
            return 1.0
        return np.where(treated, self.times[name], 1.0)[self.people.household]

    def _can_work(self, column: int) -> Flags:
        """Tell who is alive and below the pension age."""
        retired = (self.pension != NEVER) & (self.pension <= column)
        able: Flags = (self.died == NEVER) & ~retired
        return able

    def _die(self, column: int) -> None:
        dies = self.luck.uniform(Purpose.DIES, month=column) < self.risk_of_death
        began = (column >= self.start)[self.people.household]
        self.died[began & (self.died == NEVER) & dies] = column

    def _withdraw(self, column: int) -> None:
        """Who takes part may withdraw, whatever the reason; the control arm as well."""
        inside = self.part.joined & (self.withdrew == NEVER) & (column >= self.start) & (column < self.end)
        uniform = self.chance.uniform(Purpose.WITHDRAWS, self.people.households, month=column)
        self.withdrew[inside & happens(uniform, self.odds_of_withdrawing)] = column

    def _change_jobs(self, column: int, treated: Flags) -> None:
        work, before = self.setting.numbers.work, self.job
        large = self.luck.uniform(Purpose.LARGE_JOB, month=column)
        small = self.luck.uniform(Purpose.SMALL_JOB, month=column)
        loses = (before == LARGE) & happens(large, self.odds.losing * self._effect("losing", treated))
        finds = (before != LARGE) & happens(large, self.odds.finding * self._effect("finding", treated))
        starts = (before == NO_JOB) & happens(small, self.odds.part_time * self._effect("part_time", treated))
        stops = (before == SMALL) & (small < work.part_time_stops)
        job = np.where(loses | stops, NO_JOB, np.where(starts, SMALL, before))
        job = np.where(finds, LARGE, job)
        job[~self._can_work(column)] = NO_JOB
        own = self.luck.uniform(Purpose.JOB_KIND, month=column) < work.self_employed
        self.own_business = np.where(finds, own, self.own_business & (job == LARGE))
        self._change_contracts(column, job, treated)
        self.job = job

    def _change_contracts(self, column: int, job: NDArray[np.int64], treated: Flags) -> None:
        """Give new jobs a permanent contract or not, and some that last one yet."""
        work = self.setting.numbers.work
        times = self._effect("permanent", treated)
        chance = np.where(job != self.job, work.permanent, work.becomes_permanent)
        lucky = happens(self.luck.uniform(Purpose.PERMANENT, month=column), chance / (1 - chance) * times)
        kept = self.permanent_job & (job == self.job)
        self.permanent_job = (job != NO_JOB) & (kept | lucky)

    def _permanent_at_start(self, column: int) -> Flags:
        share = self.setting.numbers.work.permanent
        lucky: Flags = (self.luck.uniform(Purpose.PERMANENT, month=column) < share) & (self.job != NO_JOB)
        return lucky

    def _earn(self, column: int, treated: Flags) -> None:
        """Fill in hours and wages; the self-employed have no wages."""
        month = self.setting.first_month + column
        hourly = self.pay.hourly_cents(month)
        of_month = self.luck.uniform(Purpose.HOURS_OF_MONTH, month=column)
        weekly = weekly_hours(
            self.pay, self.job, small_times=self._effect("hours", treated), of_month=of_month
        )
        wage = weekly * WEEKS_A_MONTH * hourly
        wage = np.where(self.job == SMALL, self._kept_to_caps(wage, column, treated), wage)
        wage[self.own_business] = 0.0
        self.wage_cents[column] = np.rint(wage)
        self.hours[column] = np.round(wage / hourly, 2)
        self.permanent[column] = self.permanent_job & ~self.own_business
        self.self_employed[column] = self.own_business

    def _kept_to_caps(self, wage: Floats, column: int, treated: Flags) -> Floats:
        """Return wages, of some at the amount that uses up the ordinary disregard or that of their arm."""
        setting, rank = self.setting, self.pay.cap_rank
        month, net = setting.first_month + column, setting.numbers.work.net_of_gross
        ordinary = np.full(len(wage), cap_earnings(None, month) / net)
        kept = kept_to(wage, ordinary, rank < setting.numbers.work.keeps_to_cap)
        if not setting.multipliers["at_cap"].any():
            return kept
        place = np.where(self.part.option >= 0, self.part.option, self.arm)[self.people.household]
        caps = np.array([cap_earnings(one, month) / net for one in setting.disregards])[place]
        share = setting.multipliers["at_cap"][place] * treated[self.people.household]
        return np.where(rank < share, kept_to(wage, caps, rank < share), kept)

    def _receive(self, column: int) -> None:
        """Fill in who is on benefit, and why others no longer are."""
        people, work = self.people, self.setting.numbers.work
        income = self.wage_cents[column] * work.net_of_gross
        lives_of_it = self.own_business & (self.job == LARGE)
        enough = (people.summed(income) >= self.norm[column]) | people.any_adult(lives_of_it)
        able = self._can_work(column)
        if not column:
            self._leave_work(enough)
            self.on_benefit[0] = able
            return
        before = self.status
        self.status, reason = self._moves(column, enough)
        self.on_benefit[column] = able & (self.status == _ON)[people.household]
        left = np.flatnonzero(self.on_benefit[column - 1] & ~self.on_benefit[column])
        reason[before == self.status] = 0
        self.exit_code[column - 1, left] = self._codes(column, reason, left)

    def _leave_work(self, enough: Flags) -> None:
        """Let nobody work in the first month whose household would earn too much for the benefit it has."""
        them = enough[self.people.household]
        self.job = np.where(them, NO_JOB, self.job)
        for row in (self.wage_cents, self.hours, self.permanent):
            row[0][them] = 0

    def _moves(self, column: int, enough: Flags) -> tuple[NDArray[np.int8], Ints]:
        """Return the state of every household in a month, and the code of the reason of who leaves."""
        course, status = self.setting.numbers.course, self.status
        count = self.people.households
        leaving = self.chance.uniform(Purpose.LEAVES, count, month=column)
        returning = self.chance.uniform(Purpose.RETURNS, count, month=column)
        on = status == _ON
        for_work = on & enough
        moves = (column >= self.start) & (status != _GONE) & (leaving < course.moves)
        leaves = on & ~enough & ~moves & (leaving < course.moves + course.leaves)
        back = np.where(status == _OFF_FOR_WORK, course.returns_after_work, course.returns_otherwise)
        returns = ((status == _OFF_FOR_WORK) | (status == _OFF)) & ~enough & ~moves & (returning < back)
        self.moved[moves] = column
        found, reason = status.copy(), np.zeros(count, dtype=np.int64)
        found[returns], found[leaves], found[for_work], found[moves] = _ON, _OFF, _OFF_FOR_WORK, _GONE
        reason[leaves] = self._other_reasons(column, leaves)
        reason[for_work], reason[moves] = WORK, MOVED
        return found, reason

    def _other_reasons(self, column: int, leaves: Flags) -> Ints:
        """Return the code of the reason of each household that leaves in a month, not for work."""
        reasons = self.setting.numbers.course.reasons
        uniform = self.chance.uniform(Purpose.REASON, self.people.households, month=column)
        steps = np.cumsum(list(reasons.values()))[:-1]
        return np.array([int(code) for code in reasons])[np.searchsorted(steps, uniform[leaves])]

    def _codes(self, column: int, reason: Ints, who: Ints) -> NDArray[np.int64]:
        """Return the code of the exit of some persons: the person's own before that of the household."""
        own = np.where(self.own_business[who], SELF_EMPLOYED, WORK)
        works = (self.job[who] == LARGE) | (self.wage_cents[column, who] > 0)
        of_household = reason[self.people.household[who]]
        for_work = np.where(works, own, PARTNER)
        code = np.where(of_household == WORK, for_work, of_household)
        code = np.where(self.pension[who] == column, PENSION, code)
        return np.where(self.died[who] == column, DEATH, code)

    def lives(self) -> Lives:
        """Return everything that happened."""
        shaped = {
            name: getattr(self, name).T
            for name in ("on_benefit", "exit_code", "wage_cents", "hours", "permanent", "self_employed")
        }
        return Lives(
            people=self.people,
            setting=self.setting,
            arm=self.arm,
            start=self.start,
            part=self.part,
            withdrew=self.withdrew,
            moved=self.moved,
            died=self.died,
            pension=self.pension,
            norm_cents=self.norm.T,
            answered=self._answered(),
            **shaped,
        )

    def _answered(self) -> Flags:
        """Tell who answered each wave: of those who joined, did not withdraw and live, (persons, waves)."""
        people, waves = self.people, self.setting.protocol.waves
        found = np.zeros((people.count, len(waves)), dtype=np.bool_)
        row = np.arange(people.count)
        for place, wave in enumerate(waves):
            column = (self.start + wave.month - 1).clip(0, self.setting.months - 1)
            sent = self.start + wave.month
            asked = self.part.joined & ((self.withdrew == NEVER) | (self.withdrew > sent))
            at = column[people.household]
            alive = (self.died == NEVER) | (self.died > sent[people.household])
            working = self.wage_cents[at, row] > 0
            given = answers(
                people,
                self.setting,
                self.arm,
                part=self.part,
                working=working,
                wave=place,
                chance=self.chance,
            )
            found[:, place] = asked[people.household] & alive & given
        return found


def _risk_of_death(people: People, setting: Setting) -> Floats:
    """Return the chance of each person to die in a month."""
    course = setting.numbers.course
    age = (np.datetime64(people.reference_date) - people.born).astype(np.float64) / 365.25
    risk: Floats = course.dies_at_45 * np.exp(course.dies_growth * (age - 45) - 0.3 * people.health)
    return risk


def _odds_of_withdrawing(people: People, setting: Setting, arm: Ints, times: Floats) -> Floats:
    """Return the odds of each household to withdraw in a month in which it takes part."""
    numbers, health = setting.numbers.taking_part, people.health[: people.households]
    odds: Floats = numbers.withdraws * setting.withdrawing[arm] * times
    return odds * np.exp(numbers.withdrawing_by_health * health)


def _pension_column(people: People, setting: Setting) -> Ints:
    """Return the column of the month in which each person reaches the pension age (art. 7a AOW), or -1."""
    born = people.born.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    found = np.full(people.count, NEVER, dtype=np.int64)
    for column in range(setting.months):
        month = setting.first_month + column
        reached = born + parameter("pension_age").at(month).amount <= month.index
        found[reached & (found == NEVER)] = column
    return found
