"""Work: finding and losing it, the hours and wages of a month, and keeping to the amount that is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from opmaat.benefits.disregard import TrialDisregard
from opmaat.core.month import Month
from opmaat.params.load import legal_amount
from opmaat.rehearse.lives.setting import Setting
from opmaat.rehearse.people.chance import Floats
from opmaat.rehearse.people.people import Flags, People

NO_JOB, SMALL, LARGE = 0, 1, 2
WEEKS_A_MONTH = 52 / 12
_FULL_WEEK_HOURS = 38.0
_NEAR_CAP = (0.6, 1.5)
_LARGEST_SMALL_JOB, _SMALLEST_LARGE_JOB, _FULL_TIME = 20.0, 24.0, 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOdds:
    """The odds of each person in a month, without any effect, (persons,)."""

    finding: Floats
    losing: Floats
    part_time: Floats


def work_odds(people: People, setting: Setting) -> WorkOdds:
    """Return the odds of finding large jobs, losing them, and starting small ones."""
    work = setting.numbers.work
    today = np.datetime64(people.reference_date)
    years = (today - people.benefit_start).astype(np.float64) / 365.25
    age = (today - people.born).astype(np.float64) / 365.25
    traits = {
        "drive": people.drive,
        "health": people.health,
        "years_on_benefit": np.minimum(years, 15.0),
        "years_above_45": np.maximum(age - 45.0, 0.0),
        "schooling": people.schooling.astype(np.float64),
    }
    return WorkOdds(
        finding=_odds(work.finding, work.finding_by, traits),
        losing=_odds(work.losing, work.losing_by, traits),
        part_time=_odds(work.part_time, work.part_time_by, traits),
    )


def _odds(chance: float, slopes: Mapping[str, float], traits: Mapping[str, Floats]) -> Floats:
    """Return odds by traits; the chance is that of someone whose traits are all zero."""
    total = sum((slope * traits[name] for name, slope in slopes.items()), np.zeros(len(traits["drive"])))
    odds: Floats = chance / (1 - chance) * np.exp(total)
    return odds


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """What people work and earn when they have a job, before chance of the month, (persons,)."""

    small_hours: Floats
    large_hours: Floats
    above_minimum: Floats
    cap_rank: Floats

    def hourly_cents(self, month: Month) -> Floats:
        """Return what is paid for an hour, in cents."""
        minimum = legal_amount("minimum_wage_gross_month", month) / (_FULL_WEEK_HOURS * WEEKS_A_MONTH)
        return minimum * self.above_minimum


def pay_of(people: People, setting: Setting) -> Pay:
    """Return what people work and earn when they have a job."""
    work = setting.numbers.work
    median, spread = work.small_hours
    mean, deviation = work.large_hours
    small = median * np.exp(spread * ndtri(people.small_hours_rank + 2.0**-54))
    large = mean + deviation * ndtri(people.large_hours_rank + 2.0**-54)
    return Pay(
        small_hours=np.clip(small, 2.0, _LARGEST_SMALL_JOB),
        large_hours=np.clip(large, _SMALLEST_LARGE_JOB, _FULL_TIME),
        above_minimum=1 - work.hourly_above_minimum * np.log1p(-people.wage_rank),
        cap_rank=people.cap_rank,
    )


def weekly_hours(pay: Pay, job: Floats, *, small_times: Floats | float, of_month: Floats) -> Floats:
    """Return the hours a week of a month; those of small jobs differ from month to month."""
    small = np.minimum(pay.small_hours * small_times * (0.85 + 0.3 * of_month), _SMALLEST_LARGE_JOB)
    return np.where(job == LARGE, pay.large_hours, np.where(job == SMALL, small, 0.0))


def cap_earnings(disregard: TrialDisregard | None, month: Month) -> float:
    """Return the net earnings at which the whole disregard of a single person is used, in cents.

    Without a disregard of the trial it is that of art. 31, second paragraph, n.

    >>> cap_earnings(TrialDisregard(5000, cap=19_900), Month(2018, 1))
    39800.0
    """
    if disregard is not None:
        return disregard.caps(month)[0] * 10_000 / disregard.rate_bp
    return (
        legal_amount("disregard_art31_2n_max_per_month", month)
        * 10_000
        / legal_amount("disregard_n_rate", month)
    )


def kept_to(wage: Floats, cap: Floats, keeps: Flags) -> Floats:
    """Return wages with those near the cap at it, of who keeps to it.

    >>> kept_to(np.array([70.0, 70.0, 20.0]), np.full(3, 80.0), np.array([True, False, True])).tolist()
    [80.0, 70.0, 20.0]
    """
    near = keeps & (wage > _NEAR_CAP[0] * cap) & (wage < _NEAR_CAP[1] * cap)
    return np.where(near, cap, wage)
