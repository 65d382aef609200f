"""A question of what one keeps, and its answer: rows for a table and curves for a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from opmaat.benefits.disregard import TrialDisregard
from opmaat.benefits.keep import Home, Kept, Stretch, keep, stretches_of_less, uncertain_values
from opmaat.benefits.policy import NO_POLICY, Policy
from opmaat.core.month import Month
from opmaat.core.texts import Text
from opmaat.params.load import legal_amount
from opmaat.params.model import Value

AFTER_N = "after_n"
_EURO_CENTS = 100
# Each of two adults' disregards is rounded, so that a straight line can step by a cent more or less.
_ROUNDING_CENTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepQuestion:
    """What is asked: a household, a month, amounts of earnings in cents, and arms with their words.

    ``arms`` begins with the ordinary rules; what an arm's disregard is stands in ``trials``, None for the
    ordinary ones.
    """

    home: Home
    month: Month
    earnings_cents: tuple[int, ...]
    arms: Mapping[str, Text]
    trials: Mapping[str, TrialDisregard | None]
    policy: Policy = NO_POLICY

    @property
    def ordinary(self) -> str:
        """Name of the arm with the ordinary rules."""
        return next(iter(self.arms))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAnswer:
    """What is kept in each arm: ``rows`` at the amounts asked for, ``curves`` at every euro between them.

    When disregard n runs out there is one more, :data:`AFTER_N`: the ordinary rules without it, at the
    amounts of the same month. ``less`` holds, per arm, the stretches with less than under the ordinary rules.
    """

    question: KeepQuestion
    rows: tuple[Kept, ...]
    curves: tuple[Kept, ...]
    less: Mapping[str, tuple[Stretch, ...]]
    uncertain: tuple[Value, ...]

    @property
    def n_runs_out(self) -> Month | None:
        """The first month without disregard n under the ordinary rules, for who earns in every month."""
        return self.rows[0].n_runs_out


def answer(question: KeepQuestion) -> KeepAnswer:
    """Return what the household keeps; raises as :func:`opmaat.benefits.keep.keep` does.

    Examples
    --------
    >>> single = KeepQuestion(home=Home(), month=Month(2018, 3), earnings_cents=(0, 40_000),
    ...     arms={"control": Text("gewoon", "ordinary"), "disregard": Text("vrijlating", "disregard")},
    ...     trials={"control": None, "disregard": TrialDisregard(5000)})
    >>> [(kept.arm, kept.total_cents.tolist()) for kept in answer(single).rows]
    [('control', [99212, 109212]), ('disregard', [99212, 119112]), ('after_n', [99212, 99212])]
    """
    low, high = min(question.earnings_cents), max(question.earnings_cents)
    every_euro = (*range(low, high, _EURO_CENTS), high)
    rows = _kept(question, question.earnings_cents)
    curves = _kept(question, every_euro)
    ordinary = curves[0]
    return KeepAnswer(
        question=question,
        rows=rows,
        curves=curves,
        less={
            kept.arm: stretches_of_less(kept, ordinary)
            for kept in curves
            if question.trials.get(kept.arm) is not None
        },
        uncertain=uncertain_values(rows, home=question.home, month=question.month),
    )


def _kept(question: KeepQuestion, earnings_cents: tuple[int, ...]) -> tuple[Kept, ...]:
    """Return what is kept in every arm, and under the ordinary rules once disregard n has run out."""
    home, month, policy = question.home, question.month, question.policy
    table = keep(earnings_cents, question.trials, home=home, month=month, policy=policy)
    if table[0].n_runs_out is None:
        return table
    later = replace(home, months_of_n_used=legal_amount("disregard_n_max_months", month))
    return (*table, *keep(earnings_cents, {AFTER_N: None}, home=later, month=month, policy=policy))


def corners(kept: Kept) -> list[tuple[float, float]]:
    """Return the points (earnings, total), in euros, between which the total runs straight.

    >>> from opmaat.benefits.keep import keep
    >>> corners(keep(range(0, 100_001, 100), {"control": None}, home=Home(), month=Month(2018, 3))[0])
    [(0.0, 992.12), (808.0, 1194.12), (1000.0, 1194.12)]
    """
    x, y = kept.earnings_cents, kept.total_cents
    bends = np.abs(np.diff(y, n=2)) > _ROUNDING_CENTS
    keeps = np.concatenate([[True], bends, [True]])[-x.size :] if x.size > 1 else np.array([True])
    return [(int(a) / 100, int(b) / 100) for a, b in zip(x[keeps], y[keeps], strict=True)]
