"""The allocation: what every household was drawn into, and with which chances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from opmaat.assign.procedures.procedure import Chances, Labels
from opmaat.core.receipt import Receipt
from opmaat.protocol.assignment import AssignmentPlan


@dataclass(frozen=True, slots=True)
class Assignment:
    """One household's arm, its stratum (None without strata), and its probability of every arm.

    ``draws`` is the number of re-draws behind the probabilities, None where they are exact. Printing an
    assignment tells nobody's arm.

    Examples
    --------
    >>> Assignment("a", "control", None, {"control": 0.5, "guidance": 0.5}, draws=2500).std_error
    {'control': 0.01, 'guidance': 0.01}
    """

    household: str
    arm: str = field(repr=False)
    stratum: str | None
    probability: dict[str, float]
    draws: int | None = None

    @property
    def std_error(self) -> dict[str, float]:
        """Monte Carlo standard error of each probability, zero where they are exact."""
        return {
            arm: (chance * (1 - chance) / self.draws) ** 0.5 if self.draws else 0.0
            for arm, chance in self.probability.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The result of a draw, in the canonical order of the list.

    ``labels`` (households,) points into ``arms``. Printing an allocation tells nobody's arm.
    """

    study: str
    round: str
    arms: tuple[str, ...]
    households: tuple[str, ...]
    labels: Labels
    strata: tuple[str, ...] | None
    chances: Chances
    plan: AssignmentPlan
    receipt: Receipt

    def __repr__(self) -> str:
        return f"Allocation(study={self.study!r}, round={self.round!r}, households={len(self.households)})"

    def __iter__(self) -> Iterator[Assignment]:
        strata = self.strata or (None,) * len(self.households)
        rows = zip(self.households, self.labels.tolist(), strata, self.chances.values.tolist(), strict=True)
        for household, label, stratum, values in rows:
            chances = dict(zip(self.arms, values, strict=True))
            yield Assignment(household, self.arms[label], stratum, chances, self.chances.draws)

    def totals(self) -> dict[str, int]:
        """Return the number of households per arm."""
        return dict(zip(self.arms, np.bincount(self.labels, minlength=len(self.arms)).tolist(), strict=True))
