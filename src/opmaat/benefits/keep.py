"""What do I keep: what is left of earnings, for each arm side by side.

The total is earnings and benefit of one month. It leaves out what :data:`NOT_IN_IT` names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from opmaat.benefits.columns import HIGHEST_PLAUSIBLE_CENTS, NO_CHILD, exact
from opmaat.benefits.counters import Counters
from opmaat.benefits.disregard import LAW, UNIFORM_FROM, Disregard, TrialDisregard
from opmaat.benefits.household import HouseholdKind, HouseholdMonths, Ints, household_months
from opmaat.benefits.norm import norm_parameters
from opmaat.benefits.policy import NO_POLICY, Policy
from opmaat.benefits.settle import Rules, Settlements, settle
from opmaat.core.errors import DataFileError, Issue, UsageError
from opmaat.core.money import BASIS_POINTS, text_from_cents
from opmaat.core.month import Month
from opmaat.params.load import legal_amount, parameter
from opmaat.params.model import Value

NOT_IN_IT = (
    "housing_allowance",
    "care_allowance",
    "child_allowances",
    "tax_refunds",
    "municipal_support",
    "premium",
)
_NEXT_EURO_CENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The household that asks: its kind, the ages of the adults in years, and what decides on disregards.

    ``earner_share_bp`` is the part of the earnings that the first adult earns.
    """

    kind: HouseholdKind = HouseholdKind.SINGLE
    ages: tuple[int, int] = (40, 40)
    youngest_child_age: int | None = None
    cost_sharers: int = 0
    medically_limited: bool = False
    months_of_n_used: int = 0
    earner_share_bp: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """For one arm, per amount of earnings: what is disregarded, the benefit, the total, and the next euro.

    All are arrays over the earnings, in cents. ``next_euro_cents`` is what stays of one euro more.
    ``disregards`` names the rules that apply. ``n_runs_out`` is the first month without disregard n when
    there are earnings every month, None when n does not run out before the uniform disregard replaces it.
    """

    arm: str
    earnings_cents: Ints
    disregarded_cents: Ints
    benefit_cents: Ints
    total_cents: Ints
    next_euro_cents: Ints
    disregards: frozenset[Disregard]
    n_runs_out: Month | None


def keep(
    earnings_cents: Sequence[int] | Ints,
    arms: Mapping[str, TrialDisregard | None],
    *,
    home: Home,
    month: Month,
    policy: Policy = NO_POLICY,
) -> tuple[Kept, ...]:
    """Return, for each arm, what a household keeps at each amount of earnings in a month.

    ``arms`` gives the disregard of each arm; None for the arms that keep the ordinary rules. Raises
    UsageError without earnings or arms, DataFileError for impossible facts, MissingValueError for an amount
    that is not known in the month.

    Examples
    --------
    >>> table = keep([0, 40_000], {"control": None, "disregard": TrialDisregard(5000)}, home=Home(),
    ...              month=Month(2018, 3))
    >>> [(one.arm, one.total_cents.tolist(), str(one.n_runs_out)) for one in table]
    [('control', [99212, 109212], '2018-09'), ('disregard', [99212, 119112], 'None')]
    """
    grid = _grid(earnings_cents)
    if grid.size == 0 or not arms:
        problem = "There are no earnings or no arms to make a table of."
        raise UsageError([Issue("empty-table", "keep", problem, "Give at least one of each.")])
    _check_home(home, month)
    return tuple(
        _kept(arm, grid, trial, home=home, month=month, policy=policy) for arm, trial in arms.items()
    )


def _grid(earnings_cents: Sequence[int] | Ints) -> Ints:
    """Return the amounts as a list of whole cents; raises DataFileError for anything else."""
    issues: list[Issue] = []
    grid = exact("earnings_cents", earnings_cents, issues)
    if grid is not None and grid.ndim != 1:
        problem = "These are not one after another."
        issues.append(Issue("wrong-shape", "earnings_cents", problem, "Give a list of amounts."))
    elif grid is not None and grid.size:
        issues += impossible_earnings(int(grid.min()), int(grid.max()), where="earnings_cents")
    if grid is None or issues:
        raise DataFileError(issues)
    return grid.astype(np.int64)


def impossible_earnings(low_cents: int, high_cents: int, *, where: str) -> Iterator[Issue]:
    """Yield what cannot be in earnings of a month from a lowest to a highest amount.

    >>> [issue.code for issue in impossible_earnings(-1, 10**9, where="--earnings")]
    ['negative-earnings', 'absurd-earnings']
    """
    if low_cents < 0:
        yield Issue("negative-earnings", where, "Earnings are below zero.", "Begin at 0.")
    if high_cents + _NEXT_EURO_CENTS > HIGHEST_PLAUSIBLE_CENTS:
        most = text_from_cents(HIGHEST_PLAUSIBLE_CENTS)
        problem = f"Earnings are about {most} euro a month or more."
        yield Issue("absurd-earnings", where, problem, "Check the amount and its unit.")


def _check_home(home: Home, month: Month) -> None:
    """Raise DataFileError once, and not for every amount, when the household cannot be."""
    try:
        _facts(np.zeros(1, dtype=np.int64), home, month, in_trial=False)
    except DataFileError as error:
        issues = [
            replace(one, where=one.where.replace("household 0, ", "the household, ")) for one in error.issues
        ]
        raise DataFileError(issues) from None


def _kept(
    arm: str, grid: Ints, trial: TrialDisregard | None, *, home: Home, month: Month, policy: Policy
) -> Kept:
    """Settle the whole grid, and the grid with a euro more, as if each amount were a household."""
    both = np.concatenate([grid, grid + _NEXT_EURO_CENTS])
    result = _settled(both, trial, home=home, month=month, policy=policy)
    benefit = result.benefit_cents[0]
    total = both + benefit
    here, more = slice(0, grid.size), slice(grid.size, None)
    kinds = frozenset(Disregard(int(kind)) for kind in np.unique(result.disregard_kind))
    return Kept(
        arm=arm,
        earnings_cents=grid,
        disregarded_cents=result.disregarded_cents.sum(axis=0)[0, here],
        benefit_cents=benefit[here],
        total_cents=total[here],
        next_euro_cents=total[more] - total[here],
        disregards=kinds - {Disregard.NONE},
        n_runs_out=_n_runs_out(kinds, home, month),
    )


def _settled(
    grid: Ints, trial: TrialDisregard | None, *, home: Home, month: Month, policy: Policy
) -> Settlements:
    """Settle one month for a household at each amount of earnings."""
    facts = _facts(grid, home, month, in_trial=trial is not None)
    rules = Rules(policy=policy, trials=() if trial is None else (trial,))
    return settle(facts, rules=rules, counters=Counters.start(grid.size, n=home.months_of_n_used))


def _facts(grid: Ints, home: Home, month: Month, *, in_trial: bool) -> HouseholdMonths:
    """Return the facts of one month for a household at each amount of earnings."""
    share = home.earner_share_bp
    if isinstance(share, bool) or not isinstance(share, int) or not 0 <= share <= BASIS_POINTS:
        problem = f"'{share}' is not the part of the earnings that the first adult earns."
        raise DataFileError([Issue("not-a-share", "earner_share_bp", problem, "Half is 5000 basis points.")])
    first = grid * share // BASIS_POINTS
    child = home.youngest_child_age
    return household_months(
        month,
        months=1,
        households=grid.size,
        kind=home.kind,
        youngest_child_months=NO_CHILD if child is None else 12 * child,
        age_months=[[[12 * age]] for age in home.ages],
        cost_sharers=home.cost_sharers,
        medically_limited=home.medically_limited,
        earnings_cents=np.stack([first, grid - first])[:, None, :],
        trial=int(in_trial),
    )


def _n_runs_out(kinds: frozenset[Disregard], home: Home, month: Month) -> Month | None:
    """Return the first month without n when there are earnings every month; None if art. 34a comes first."""
    if Disregard.N not in kinds:
        return None
    over = month + (legal_amount("disregard_n_max_months", month) - home.months_of_n_used)
    return over if over < UNIFORM_FROM else None


def keeps_less(arm: Kept, other: Kept) -> Ints:
    """Return the earnings at which a household keeps less in an arm than in the other.

    A couple with two earners can: the trial's cap is one for both, that of n is one each.

    Examples
    --------
    >>> couple = Home(kind=HouseholdKind.COUPLE, earner_share_bp=5000)
    >>> table = keep([40_000, 80_000], {"control": None, "disregard": TrialDisregard(5000)}, home=couple,
    ...              month=Month(2018, 3))
    >>> keeps_less(table[1], table[0]).tolist()
    [80000]
    """
    less: Ints = arm.earnings_cents[arm.total_cents < other.total_cents]
    return less


@dataclass(frozen=True, slots=True)
class Stretch:
    """Earnings from and up to an amount at which less is kept, and the most that it is, in cents."""

    from_cents: int
    to_cents: int
    most_cents: int


def stretches_of_less(arm: Kept, other: Kept) -> tuple[Stretch, ...]:
    """Return the stretches of earnings in which a household keeps less in an arm than in the other.

    They begin and end at amounts of the table.

    Examples
    --------
    >>> table = keep(range(0, 120_001, 100), {"control": None, "disregard": TrialDisregard(5000)},
    ...              home=Home(kind=HouseholdKind.COUPLE), month=Month(2018, 3))
    >>> stretches_of_less(table[1], table[0])
    (Stretch(from_cents=56900, to_cents=120000, most_cents=6000),)
    """
    missed = other.total_cents - arm.total_cents
    edges = np.diff(np.concatenate([[0], missed > 0, [0]]).astype(np.int8))
    return tuple(
        Stretch(
            int(arm.earnings_cents[start]), int(arm.earnings_cents[stop - 1]), int(missed[start:stop].max())
        )
        for start, stop in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
    )


def uncertain_values(table: Sequence[Kept], *, home: Home, month: Month) -> tuple[Value, ...]:
    """Return the legal amounts behind a table for which there is no reliable source.

    >>> home = Home(medically_limited=True, months_of_n_used=6)
    >>> table = keep([40_000], {"control": None}, home=home, month=Month(2023, 1))
    >>> [value.parameter for value in uncertain_values(table, home=home, month=Month(2023, 1))]
    ['disregard_art31_2y_max_per_month']
    """
    row = _facts(np.zeros(1, dtype=np.int64), home, month, in_trial=False).row(0)
    laws = [LAW[kind] for kind in sorted(set().union(*(one.disregards for one in table))) if kind in LAW]
    names = [*norm_parameters(row), *(name for law in laws for name in (law.rate, law.cap) if name)]
    values = [parameter(name).at(month) for name in dict.fromkeys(names)]
    return tuple(value for value in values if value.uncertain)
