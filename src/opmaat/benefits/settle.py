"""The settlement of months: what households are paid, and where the rest of their norm went.

For every household and month in which there is a right (arts. 19, 31, 32, 34 and 45 Participatiewet):

1. earnings less what is left out of account, plus other income, is the counted income;
2. with counted income below the norm, and no wealth that counts, there is a benefit: the difference. First
   the disregard, then this test: ECLI:NL:CRVB:2021:2146;
3. off the benefit go the reduction and the set-off; of what remains 95% is paid and the rest is reserved as
   holiday allowance.

Money is conserved, to the cent: while entitled, norm = paid + reserved + reduction + set-off + counted
income. Rounding is half-up, at each of these steps; the reserve is the remainder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.benefits import disregard
from opmaat.benefits.counters import Counters, begun_anew, restarted
from opmaat.benefits.disregard import UNIFORM_FROM, Limits, TrialDisregard
from opmaat.benefits.household import Flags, HouseholdKind, HouseholdMonths, Ints, MonthRow
from opmaat.benefits.means import counted_partner_income, wealth_within_limit
from opmaat.benefits.norm import couple_norm, month_norm, paid_before_holiday_allowance, pro_rata
from opmaat.benefits.policy import NO_POLICY, Policy
from opmaat.benefits.reduction import reduction, set_off
from opmaat.core.errors import DataFileError, Issue
from opmaat.core.month import Month

BLOCK_HOUSEHOLDS = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is settled by: the municipality's policy, the disregards of the arms, and the start of art. 34a.

    ``trials[k - 1]`` is the disregard of households whose column ``trial`` is k. ``uniform_from`` is the
    first month of art. 34a, so that it can be tried on the amounts of 2026.
    """

    policy: Policy = NO_POLICY
    trials: tuple[TrialDisregard, ...] = ()
    uniform_from: Month = UNIFORM_FROM


ORDINARY_RULES = Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlements:
    """The settlements of households in months, in cents: (months, households).

    Earnings, as they were given, and disregards stand per adult: (2, months, households).
    ``entitled`` says whether there was a benefit at all; without one the amounts paid, reserved, reduced and
    set off are 0. ``disregard_kind`` holds :class:`opmaat.benefits.disregard.Disregard`. ``counters`` are the
    month counters after the last month, to settle on from there.
    """

    first_month: Month
    norm_cents: Ints
    earnings_cents: Ints
    disregarded_cents: Ints
    disregard_kind: NDArray[np.int8]
    other_income_cents: Ints
    counted_cents: Ints
    entitled: Flags
    reduction_cents: Ints
    set_off_cents: Ints
    reserved_cents: Ints
    paid_cents: Ints
    counters: Counters

    @property
    def benefit_cents(self) -> Ints:
        """Benefit including holiday allowance, before reduction and set-off."""
        return self.paid_cents + self.reserved_cents + self.reduction_cents + self.set_off_cents


_GIVEN = ("first_month", "counters", "earnings_cents", "other_income_cents")
_RESULTS = tuple(field.name for field in fields(Settlements) if field.name not in _GIVEN)


def settle(
    facts: HouseholdMonths, *, rules: Rules = ORDINARY_RULES, counters: Counters | None = None
) -> Settlements:
    """Settle every household in every month, carrying the month counters over time.

    ``counters`` are those at the start; none used when not given. Raises DataFileError when counters or
    disregards of a trial are not those of the facts, MissingValueError when a legal amount that some
    household needs is not known in its month.

    Examples
    --------
    >>> from opmaat.benefits.household import household_months
    >>> facts = household_months(Month(2018, 1), months=1, households=1, earnings_cents=40_000)
    >>> result = settle(facts)
    >>> result.disregarded_cents[0].tolist(), result.benefit_cents.tolist(), result.paid_cents.tolist()
    ([[10000]], [[69212]], [[65751]])
    """
    parts = [block for _, block in settle_in_blocks(facts, rules=rules, counters=counters)]
    return parts[0] if len(parts) == 1 else _joined(parts)


def settle_in_blocks(
    facts: HouseholdMonths, *, rules: Rules = ORDINARY_RULES, counters: Counters | None = None
) -> Iterator[tuple[int, Settlements]]:
    """Settle a block of households at a time, so that no more than a block is held in memory.

    Yields the position of the first household of a block and the block's settlements; raises as
    :func:`settle` does.

    Examples
    --------
    >>> from opmaat.benefits.household import household_months
    >>> facts = household_months(Month(2018, 1), months=1, households=20_000)
    >>> [(first, block.paid_cents.shape) for first, block in settle_in_blocks(facts)]
    [(0, (1, 16384)), (16384, (1, 3616))]
    """
    start = _start(facts, rules, counters)
    for first, last in _blocks(facts.shape[1]):
        yield first, _settle_block(facts.block(first, last), rules, start.block(first, last))


def _start(facts: HouseholdMonths, rules: Rules, counters: Counters | None) -> Counters:
    """Return the counters at the start; raises DataFileError when facts, rules and counters do not fit."""
    households, trials = facts.shape[1], int(facts.trial.max(initial=0))
    start = counters if counters is not None else Counters.start(households)
    issues = []
    if trials > len(rules.trials):
        problem = f"The facts have disregard {trials} of a trial; the rules have {len(rules.trials)}."
        issues.append(Issue("unknown-trial", "trial", problem, "Give Rules the disregard of each arm."))
    if start.households != households:
        problem = f"There are counters of {start.households} households, and facts of {households}."
        issues.append(Issue("not-the-same-households", "counters", problem, "Give those of the same ones."))
    if issues:
        raise DataFileError(issues)
    return start


def _blocks(households: int) -> list[tuple[int, int]]:
    """Return the bounds of blocks that fit the processor's cache; one empty block for no households."""
    starts = range(0, max(households, 1), BLOCK_HOUSEHOLDS)
    return [(first, min(first + BLOCK_HOUSEHOLDS, households)) for first in starts]


def _settle_block(facts: HouseholdMonths, rules: Rules, counters: Counters) -> Settlements:
    """Settle the months of a block one after the other: the counters of a month need the month before."""
    rows: list[Settlements] = []
    restart = rules.policy.counters_restart_after_months
    for number in range(facts.shape[0]):
        if restart is not None:
            counters = restarted(counters, restart)
        row = facts.row(number)
        limits = Limits.at(row.month, uniform_from=rules.uniform_from)
        if limits.uniform and row.new_job.any():
            counters = begun_anew(counters, new_job=row.new_job, most_months=limits.uniform_months)
        rows.append(_settle_month(row, rules, counters, limits=limits))
        counters = rows[-1].counters
    stacked: dict[str, Any] = {
        name: np.stack([getattr(row, name) for row in rows], axis=-2) for name in _RESULTS
    }
    return Settlements(
        first_month=facts.first_month,
        counters=counters,
        earnings_cents=facts.earnings_cents,
        other_income_cents=facts.other_income_cents,
        **stacked,
    )


def _settle_month(row: MonthRow, rules: Rules, counters: Counters, *, limits: Limits) -> Settlements:
    """Settle one month of a block of households."""
    if rules.policy.disregard_granted == "always":
        row = row.changed(contributes=np.ones_like(row.contributes))
    norm = _norm_of_days(row)
    kinds = disregard.applicable(row, counters, limits)
    left_out = disregard.amounts(row, kinds, rules.trials)
    counted = _counted_income(row, norm, left_out)
    entitled = (row.last_day > 0) & (counted < norm) & wealth_within_limit(row)
    benefit = np.where(entitled, norm - counted, 0)
    taken = reduction(norm, benefit, row.reduction_bp, base=rules.policy.reduction_base)
    claimed = set_off(row.set_off_claim_cents, benefit - taken)
    payable = benefit - taken - claimed
    paid = paid_before_holiday_allowance(payable, row.month)
    return Settlements(
        first_month=row.month,
        norm_cents=norm,
        earnings_cents=row.earnings_cents,
        disregarded_cents=left_out,
        disregard_kind=kinds,
        other_income_cents=row.other_income_cents,
        counted_cents=counted,
        entitled=entitled,
        reduction_cents=taken,
        set_off_cents=claimed,
        reserved_cents=payable - paid,
        paid_cents=paid,
        counters=disregard.advance(counters, kinds, left_out > 0, entitled=entitled, limits=limits),
    )


def _norm_of_days(row: MonthRow) -> Ints:
    """Return the norm of the days with a right, or the one that was established elsewhere."""
    given = row.norm_cents >= 0
    if given.all():
        established: Ints = row.norm_cents
        return established
    norm = _pro_rata(row, month_norm(row))
    return np.where(given, row.norm_cents, norm)


def _pro_rata(row: MonthRow, norm: Ints) -> Ints:
    """Keep the part of a month's norm that belongs to the days with a right."""
    days = row.month.days
    whole = (row.first_day == 1) & (row.last_day == days)
    if whole.all():
        return norm
    return pro_rata(norm, row.first_day, row.last_day, days_in_month=days)


def _counted_income(row: MonthRow, norm: Ints, left_out: Ints) -> Ints:
    """Add up earnings less what is left out, and other income; a partner without a right as in art. 32.3."""
    counted: Ints = row.earnings_cents[0] - left_out[0] + row.other_income_cents
    couple = row.kind == HouseholdKind.COUPLE
    if couple.any():
        counted = counted + np.where(couple, row.earnings_cents[1] - left_out[1], 0)
    partner = (row.kind == HouseholdKind.PARTNER_WITHOUT_RIGHT) & (row.earnings_cents[1] > 0)
    if partner.any():
        together = _pro_rata(row, couple_norm(row))
        income = np.where(partner, row.earnings_cents[1], 0)
        counted = counted + counted_partner_income(income, norm, np.where(partner, together, norm))
    return counted


def _joined(parts: list[Settlements]) -> Settlements:
    """Put the blocks of households side by side."""
    joined: dict[str, Any] = {}
    for field in fields(Settlements):
        if field.name in ("first_month", "counters"):
            continue
        columns = [getattr(part, field.name) for part in parts]
        joined[field.name] = np.concatenate(columns, axis=-1)
    counters = Counters(
        **{
            field.name: np.concatenate([getattr(part.counters, field.name) for part in parts], axis=-1)
            for field in fields(Counters)
        }
    )
    return replace(parts[0], counters=counters, **joined)
