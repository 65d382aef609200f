"""Which earnings are left out of account: art. 31.2 n, r, y, z and aa, art. 34a, and the trial's disregard.

Source: https://wetten.overheid.nl/BWBR0015703#Artikel31. One disregard applies to an adult in a month. In the
order of the Act: n while its six months last; then y, z and aa before r since 2023-07, and r before y until
then. The experiment's disregard takes the place of n, without its counter; r, which exists only after n, is
not added to it, and y is not changed by it. How y and the trial's disregard go together was not found in the
decree: it is unverified.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from opmaat.benefits.counters import Counters, Months
from opmaat.benefits.household import Flags, HouseholdKind, Ints, MonthRow
from opmaat.core.errors import Issue, ProtocolError
from opmaat.core.money import BASIS_POINTS, Whole, cents_from_text, divide_half_up, share_half_up
from opmaat.core.month import Month
from opmaat.params.load import legal_amount
from opmaat.protocol.arms import DisregardRule

WAGE_COST_SUBSIDY_FROM = Month(2023, 7)
UNIFORM_FROM = Month(2027, 1)
_NO_CAP_CENTS = 1 << 40
_CAP = "Name a legal amount, or give whole cents."


class Disregard(IntEnum):
    """The rule under which part of an adult's earnings is left out of account."""

    NONE = 0
    N = 1
    N_PENSION_AGE = 2
    R = 3
    Y = 4
    Z = 5
    AA = 6
    UNIFORM = 7
    UNIFORM_MEDICAL = 8
    UNIFORM_PENSION_AGE = 9
    TRIAL = 10


@dataclass(frozen=True, slots=True)
class DisregardLaw:
    """Where a disregard stands: its article, and the parameters of its rate and of its monthly cap."""

    article: str
    rate: str
    cap: str | None


LAW: dict[Disregard, DisregardLaw] = {
    Disregard.N: DisregardLaw("art. 31.2.n", "disregard_n_rate", "disregard_art31_2n_max_per_month"),
    Disregard.N_PENSION_AGE: DisregardLaw(
        "art. 31.2.n", "disregard_n_rate", "disregard_art31_2n_max_per_month"
    ),
    Disregard.R: DisregardLaw("art. 31.2.r", "disregard_r_rate", "disregard_art31_2r_max_per_month"),
    Disregard.Y: DisregardLaw("art. 31.2.y", "disregard_y_rate", "disregard_art31_2y_max_per_month"),
    Disregard.Z: DisregardLaw("art. 31.2.z", "disregard_z_rate", "disregard_art31_2y_max_per_month"),
    Disregard.AA: DisregardLaw("art. 31.2.aa", "disregard_z_rate", "disregard_art31_2y_max_per_month"),
    Disregard.UNIFORM: DisregardLaw("art. 34a.1.a", "disregard_uniform_34a_rate", None),
    Disregard.UNIFORM_MEDICAL: DisregardLaw("art. 34a.1.b", "disregard_uniform_34a_rate", None),
    Disregard.UNIFORM_PENSION_AGE: DisregardLaw(
        "art. 34a.1.c",
        "disregard_uniform_34a_pension_age_rate",
        "disregard_uniform_34a_pension_age_max_per_month",
    ),
}


def disregarded(earnings_cents: Whole, rate_bp: int, cap_cents: int) -> Whole:
    """Return what of earnings is left out of account: a rate, at most a cap a month; half-up to the cent.

    The Act says nothing of rounding; half-up is a choice.

    Examples
    --------
    >>> disregarded(33_333, 2500, 20_200), disregarded(100_000, 2500, 20_200)
    (8333, 20200)
    """
    share = share_half_up(earnings_cents, rate_bp)
    return min(share, cap_cents) if isinstance(share, int) else np.minimum(share, cap_cents)


@dataclass(frozen=True, slots=True)
class TrialDisregard:
    """The disregard of an arm: a rate, a cap for a single person, and a joint cap for a couple.

    A cap is the name of a legal amount, followed over time, or a fixed number of cents. The default caps are
    those reported for the experiments of 2017; whether the decree fixes 199 euro or follows disregard n was
    not verified. A municipality that follows n writes ``disregard_art31_2n_max_per_month``. Raises
    ProtocolError for a rate that is not from 0 to 10,000 basis points or a cap below zero.
    """

    rate_bp: int
    cap: str | int = "exp_disregard_cap"
    couple_cap: str | int = "exp_disregard_cap_couple_joint"

    def __post_init__(self) -> None:
        wrong = [
            Issue("not-a-disregard", name, f"'{value}' is not possible.", fix)
            for name, value, possible, fix in (
                ("rate_bp", self.rate_bp, _is_number(self.rate_bp, BASIS_POINTS), "50% is 5000."),
                ("cap", self.cap, _is_cap(self.cap), _CAP),
                ("couple_cap", self.couple_cap, _is_cap(self.couple_cap), _CAP),
            )
            if not possible
        ]
        if wrong:
            raise ProtocolError(wrong)

    def caps(self, month: Month) -> tuple[int, int]:
        """Return the cap for a single person and the joint cap for a couple, in cents, in a month.

        >>> TrialDisregard(5000).caps(Month(2018, 3))
        (19900, 14200)
        """
        return _cap(self.cap, month), _cap(self.couple_cap, month)


def _is_number(value: object, most: int) -> bool:
    """Return whether a value is a whole number from 0 to a highest one."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_cap(cap: object) -> bool:
    """Return whether a cap is the name of a legal amount or a number of cents."""
    return isinstance(cap, str) or _is_number(cap, _NO_CAP_CENTS)


def _cap(cap: str | int, month: Month) -> int:
    """Look a named cap up in the month; a number is itself."""
    return cap if isinstance(cap, int) else legal_amount(cap, month)


def trial_disregard(rule: DisregardRule) -> TrialDisregard:
    """Return the disregard that an arm of the protocol gives.

    Each cap of the rule names a legal amount or is one in euros; without a joint cap for a couple it is that
    of the experiments.

    Examples
    --------
    >>> trial_disregard(DisregardRule(rate=5000, cap="202.00", months=24)).cap
    20200
    """
    if rule.cap_couple is None:
        return TrialDisregard(rule.rate, _written_cap(rule.cap))
    return TrialDisregard(rule.rate, _written_cap(rule.cap), _written_cap(rule.cap_couple))


def _written_cap(cap: str) -> str | int:
    """Read euros as cents; a name stays a name."""
    return cents_from_text(cap) if cap.replace(".", "", 1).isdigit() else cap


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long the disregards last and for whom, in one month."""

    month: Month
    uniform: bool
    lowest_age_months: int = 0
    n_months: int = 0
    n_contiguous: bool = False
    r_months: int = 0
    r_child_months: int = 0
    z_months: int = 0
    uniform_months: int = 0

    @classmethod
    def at(cls, month: Month, *, uniform_from: Month = UNIFORM_FROM) -> Limits:
        """Return the limits of a month; ``uniform_from`` is when art. 34a replaces n, r, y, z and aa.

        >>> Limits.at(Month(2018, 3)).n_months
        6
        """

        def limit(name: str, since: Month = month) -> int:
            return legal_amount(name, max(month, since))

        if month >= uniform_from:
            months = limit("disregard_uniform_34a_max_months", UNIFORM_FROM)
            return cls(month=month, uniform=True, uniform_months=months)
        return cls(
            month=month,
            uniform=False,
            lowest_age_months=limit("disregard_min_age_njr") * 12,
            n_months=limit("disregard_n_max_months"),
            n_contiguous=bool(limit("disregard_n_contiguous")),
            r_months=limit("disregard_r_max_months"),
            r_child_months=limit("disregard_r_child_max_age") * 12,
            z_months=limit("disregard_z_max_months", WAGE_COST_SUBSIDY_FROM),
        )


def applicable(row: MonthRow, counters: Counters, limits: Limits) -> NDArray[np.int8]:
    """Return which disregard applies to each adult in a month, (2, households), before the means test.

    Without a right in the month there is none (ECLI:NL:CRVB:2021:2146). A partner without a right has none,
    because every disregard is for those who receive benefit.
    """
    second = row.kind == HouseholdKind.COUPLE
    receives = row.last_day > 0
    adult = np.stack([receives, receives & second])
    found = _uniform(row, counters, limits) if limits.uniform else _ordinary(row, counters, limits)
    in_trial = row.trial > 0
    if in_trial.any():
        found = np.where(in_trial, _in_trial(row, limits), found)
    return np.where(adult, found, np.int8(Disregard.NONE)).astype(np.int8)


def _in_trial(row: MonthRow, limits: Limits) -> NDArray[np.int8]:
    """Put the trial's disregard in the place of n; y and the age of art. 31.5 stay as they are."""
    pension = row.pension_age
    old_enough = row.age_months >= limits.lowest_age_months
    trial = (row.contributes & old_enough) | pension
    found = np.where(trial, np.int8(Disregard.TRIAL), np.int8(Disregard.NONE))
    return np.where(row.medically_limited & ~pension, np.int8(Disregard.Y), found)


def _ordinary(row: MonthRow, counters: Counters, limits: Limits) -> NDArray[np.int8]:
    """Art. 31.2 n, r, y, z and aa; later lines take precedence over earlier ones."""
    pension = row.pension_age
    judged = row.contributes & (row.age_months >= limits.lowest_age_months)
    n_over = counters.n >= limits.n_months
    found = np.zeros(row.age_months.shape, dtype=np.int8)
    r = judged & n_over & (counters.r < limits.r_months) & _sole_carer(row, limits)
    if row.month < WAGE_COST_SUBSIDY_FROM:
        found[row.medically_limited] = Disregard.Y
        found[r] = Disregard.R
    else:
        found[r] = Disregard.R
        z_over = counters.z >= limits.z_months
        found[row.wage_cost_subsidy & n_over & ~z_over] = Disregard.Z
        found[row.wage_cost_subsidy & n_over & z_over & row.hours_cannot_grow] = Disregard.AA
        found[row.medically_limited] = Disregard.Y
    found[judged & ~n_over] = Disregard.N
    found[pension] = Disregard.N_PENSION_AGE
    return found


def _sole_carer(row: MonthRow, limits: Limits) -> Flags:
    """Art. 31.2.r.1: the single parent with the whole care of a dependent child under twelve."""
    child = (row.youngest_child_months >= 0) & (row.youngest_child_months < limits.r_child_months)
    single = row.kind == HouseholdKind.SINGLE
    return np.stack([single & child, np.zeros_like(single)])


def _uniform(row: MonthRow, counters: Counters, limits: Limits) -> NDArray[np.int8]:
    """Art. 34a: fifteen percent for twelve contiguous months, longer when the hours cannot grow."""
    pension = row.pension_age
    lasts = (counters.uniform < limits.uniform_months) | row.hours_cannot_grow
    found = np.zeros(row.age_months.shape, dtype=np.int8)
    found[row.contributes & lasts] = Disregard.UNIFORM
    found[row.medically_limited] = Disregard.UNIFORM_MEDICAL
    found[pension] = Disregard.UNIFORM_PENSION_AGE
    return found


def amounts(row: MonthRow, kinds: NDArray[np.int8], trials: tuple[TrialDisregard, ...]) -> Ints:
    """Return what of each adult's earnings is left out of account, (2, households), in cents.

    Each partner has an own disregard and an own cap; in the trial a couple has one cap together, which the
    first adult's share uses first.
    """
    rates = np.zeros(len(Disregard), dtype=np.int64)
    caps = np.full(len(Disregard), _NO_CAP_CENTS, dtype=np.int64)
    present = np.bincount(kinds.ravel(), minlength=len(Disregard))
    for kind, law in LAW.items():
        if present[kind]:
            since = max(row.month, UNIFORM_FROM) if law.article.startswith("art. 34a") else row.month
            rates[kind] = legal_amount(law.rate, since)
            if law.cap is not None:
                caps[kind] = legal_amount(law.cap, since)
    share = divide_half_up(row.earnings_cents * rates.take(kinds), BASIS_POINTS)
    result: Ints = np.minimum(share, caps.take(kinds))
    if present[Disregard.TRIAL]:
        result = np.where(kinds == Disregard.TRIAL, _trial_amounts(row, kinds, trials), result)
    return result


def _trial_amounts(row: MonthRow, kinds: NDArray[np.int8], trials: tuple[TrialDisregard, ...]) -> Ints:
    """Take the trial's share of each adult, within the cap of one or the joint cap of two."""
    result = np.zeros_like(row.earnings_cents)
    couple = row.kind == HouseholdKind.COUPLE
    in_trial = kinds == Disregard.TRIAL
    for number, trial in enumerate(trials, start=1):
        those = row.trial == number
        if not those.any():
            continue
        share = share_half_up(row.earnings_cents, trial.rate_bp) * in_trial
        single_cap = _cap(trial.cap, row.month) if (those & ~couple).any() else 0
        joint_cap = _cap(trial.couple_cap, row.month) if (those & couple).any() else 0
        cap = np.where(couple, joint_cap, single_cap)
        first = np.minimum(share[0], cap)
        second = np.minimum(share[1], cap - first)
        result = np.where(those, np.stack([first, second]), result)
    return result


def advance(
    counters: Counters, kinds: NDArray[np.int8], used: Flags, *, entitled: Flags, limits: Limits
) -> Counters:
    """Return the counters after a month.

    ``used`` says whose earnings were partly left out of account (2, households). Months of n are counted when
    used, in total; until 2016-04, and for r, z and the uniform disregard, they run on once begun.
    """
    applied = used & entitled

    def running(count: Months, kind: Disregard) -> Months:
        of_kind = kinds == kind
        if not of_kind.any() and not count.any():
            return count
        result: Months = count + ((count > 0) | (applied & of_kind))
        return result

    n_used = applied & (kinds == Disregard.N)
    begun = limits.n_contiguous & (counters.n > 0) & (counters.n < limits.n_months)
    return Counters(
        n=counters.n + (n_used | begun),
        r=running(counters.r, Disregard.R),
        z=running(counters.z, Disregard.Z),
        uniform=running(counters.uniform, Disregard.UNIFORM),
        months_without=(counters.months_without + np.int16(1)) * ~entitled,
    )
