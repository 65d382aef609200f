"""The settlement of a household's months from its journal, and what that changes in what was paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from opmaat.benefits.disregard import TrialDisregard, trial_disregard
from opmaat.benefits.explain import Settlement, explain, rows
from opmaat.benefits.explain import letter as told_settlement
from opmaat.benefits.household import HouseholdKind, HouseholdMonths, age_months, household_months
from opmaat.benefits.reduction import may_set_off
from opmaat.benefits.settle import Rules, Settlements, settle
from opmaat.conduct import kinds
from opmaat.conduct.approach import rules_in_force
from opmaat.conduct.households import monthly_columns
from opmaat.conduct.model import History, Journal
from opmaat.core.digest import digest_value
from opmaat.core.errors import DataFileError
from opmaat.core.month import Month
from opmaat.core.texts import Language
from opmaat.params.model import MissingValueError
from opmaat.protocol.model import Protocol

__all__ = [
    "DataFileError",
    "Home",
    "MissingValueError",
    "MonthShown",
    "Settled",
    "claim_cents",
    "months_settled",
]

_GONE = frozenset({"left", "died"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What registers know of a household: its adults with their dates of birth, and who lives with them.

    ``youngest_child_age`` is in years, None without children; it is taken not to change.
    """

    adults: Mapping[str, date]
    cost_sharers: int
    youngest_child_age: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthShown:
    """One month: what was reported and paid, what the month comes to now, and what there is to decide.

    ``paid_cents`` is None for a month that was not settled. ``excess_cents`` is what a decision found to have
    been paid too much; ``change_cents`` is what is still to pay (above zero) or to recover (below).
    """

    month: Month
    earnings_cents: int
    paid_cents: int | None
    excess_cents: int
    comes_to_cents: int

    @property
    def change_cents(self) -> int:
        """What a new decision would change."""
        return self.comes_to_cents - ((self.paid_cents or 0) - self.excess_cents)

    @property
    def is_open(self) -> bool:
        """Whether there is something to decide: nothing was, or the month comes to something else now."""
        return self.paid_cents is None or self.change_cents != 0


class Settled:
    """The months of a household from its start up to a last one, settled as the journal is now.

    The months of a disregard that were used before the start are not known, and taken to be none; work is
    taken to contribute to leaving benefit (art. 31.2.n); there is no other income and no wealth.
    """

    def __init__(self, facts: HouseholdMonths, rules: Rules, history: History) -> None:
        self._facts, self._rules, self._history = facts, rules, history
        self._result: Settlements = settle(facts, rules=rules)

    @property
    def months(self) -> list[Month]:
        """The months, the last one first."""
        return self._facts.months[::-1]

    def shown(self, month: Month) -> MonthShown:
        """Return one month beside what was paid for it."""
        row = month - self._facts.first_month
        paid = _paid(self._history)
        return MonthShown(
            month=month,
            earnings_cents=int(self._result.earnings_cents[:, row, 0].sum()),
            paid_cents=paid[month].paid_cents if month in paid else None,
            excess_cents=_excess(self._history, month),
            comes_to_cents=int(self._result.paid_cents[row, 0]),
        )

    def explained(self, month: Month) -> Settlement:
        """Return the settlement of one month with its steps."""
        return explain(self._facts, self._result, household=0, month=month, rules=self._rules)

    def figures(self, month: Month) -> dict[str, int]:
        """Return the amounts of a month by name, in cents."""
        one = self.explained(month)
        return {
            name.removesuffix("_cents"): getattr(one, name)
            for name in (
                "norm_cents",
                "earnings_cents",
                "disregarded_cents",
                "counted_cents",
                "reduction_cents",
                "set_off_cents",
                "reserved_cents",
                "paid_cents",
            )
        }

    def steps(self, month: Month, language: Language) -> list[dict[str, str]]:
        """Return the steps of a month as rows of texts."""
        return rows(self.explained(month), language)

    def told(self, month: Month, language: Language) -> list[str]:
        """Return a month in plain sentences, as a letter says it, without its title."""
        return told_settlement(self.explained(month), language).split("\n")[1:]

    def digest(self, month: Month) -> str:
        """Return what changes when the settlement of a month does."""
        return digest_value([self.steps(month, "en"), self.figures(month), self.shown(month).change_cents])


def months_settled(
    history: History,
    protocol: Protocol,
    home: Home,
    *,
    until: Month,
    set_off: tuple[Month, int] | None = None,
) -> Settled | None:
    """Settle the months of a household from its start; None before the start.

    ``set_off`` is a month and what is kept back in it instead of what the journal has. Raises DataFileError
    when a month cannot be settled as a whole, MissingValueError when a legal amount of it is not known.
    """
    start, persons = history.started_on, _persons(history, home, until)
    if start is None or until < Month.of(start) or not persons:
        return None
    first = Month.of(start)
    months = until - first + 1
    about = replace(history, events=tuple(one for one in history.events if one.person in (None, *persons)))
    columns = monthly_columns(
        Journal({history.household: about}, ()),
        {history.household: persons},
        first_month=first,
        months=months,
        trial_of=_trial_of(history),
    )
    kept_back = _kept_back(history, set_off)
    facts = household_months(
        first,
        months=months,
        households=1,
        kind=HouseholdKind.COUPLE if len(persons) > 1 else HouseholdKind.SINGLE,
        age_months=_ages(home, persons, first, months),
        cost_sharers=home.cost_sharers,
        youngest_child_months=-1 if home.youngest_child_age is None else 12 * home.youngest_child_age,
        set_off_claim_cents=[[kept_back.get(first + row, 0)] for row in range(months)],
        **columns,
    )
    return Settled(facts, Rules(trials=_trials(history, protocol, until)), history)


def claim_cents(history: History, month: Month) -> int:
    """Return what may be kept back in a month: what was paid too much before it, less what was kept back.

    >>> from opmaat.web.gateway.events import history_of
    >>> claim_cents(history_of("h1", []), Month(2018, 3))
    0
    """
    found = [
        (Month.of(event.valid_from), one.excess_cents) for event, one in history.of(kinds.OverpaymentFound)
    ]
    kept_back = sum(one.set_off_cents for paid_for, one in _paid(history).items() if paid_for != month)
    recent = sum(cents for of_month, cents in found if may_set_off(of_month, month))
    return max(0, min(recent, sum(cents for _, cents in found) - kept_back))


def _paid(history: History) -> dict[Month, kinds.BenefitPaid]:
    """Return what was paid by month."""
    return {Month.of(event.valid_from): payload for event, payload in history.of(kinds.BenefitPaid)}


def _excess(history: History, month: Month) -> int:
    found = [
        payload.excess_cents
        for event, payload in history.of(kinds.OverpaymentFound)
        if Month.of(event.valid_from) == month
    ]
    return sum(found)


def _kept_back(history: History, instead: tuple[Month, int] | None) -> dict[Month, int]:
    """Return what is kept back by month: as decided, and of one month as it is asked."""
    decided = {month: paid.set_off_cents for month, paid in _paid(history).items()}
    return decided | ({} if instead is None else dict([instead]))


def _persons(history: History, home: Home, month: Month) -> list[str]:
    """Return the adults who are in the household on the first day of a month, of whom the norm is."""
    return [
        person
        for person in home.adults
        if person not in history.adults or history.adults[person].on(month.first_day) not in _GONE
    ]


def _ages(home: Home, persons: Sequence[str], first: Month, months: int) -> list[list[list[int]]]:
    """Return the completed months of age of both adults: (2, months, 1); of who is alone, twice the same."""
    both = [home.adults[person] for person in (*persons, *persons)][:2]
    return [
        [[age_months(Month.of(born).index, born.day, first + row)] for row in range(months)] for born in both
    ]


def _trial_of(history: History) -> dict[str, int]:
    """Return the number of the household's rule of a disregard under the arm that it was told."""
    return {payload.arm: 1 for _, payload in history.of(kinds.Disclosed)}


def _trials(history: History, protocol: Protocol, month: Month) -> tuple[TrialDisregard, ...]:
    """Return the disregard of the household's arm, of a choice that of the chosen option."""
    rule = rules_in_force(history, protocol, on=month.last_day).disregard
    return () if rule is None else (trial_disregard(rule),)
