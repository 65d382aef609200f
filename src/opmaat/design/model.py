"""The plan: what the experiment can show with the numbers that are planned, and with others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from opmaat.core.digest import digest_value
from opmaat.core.receipt import Receipt
from opmaat.design.numbers import ArmNumbers, Population

CautionCode = Literal["few-participants", "too-small", "few-events", "joined-only", "not-assumed", "subgroup"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """Power for the smallest effect worth knowing, and the detectable effect, with so many people.

    ``joined`` are the participants. Effects are on who takes up; None when no effect can be shown.
    """

    invited: float
    joined: float
    power: float
    detectable: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """One contrast of one analysis.

    ``leading`` tells the first analysis of an estimand. ``measured`` are the people with an outcome in the
    two arms, ``takes_up`` the share of them that takes up in the arm. ``detectable`` is the effect on who
    takes up that is shown with the power aimed at; ``detectable_average`` the same effect averaged over
    everyone compared. ``tests`` is the number of comparisons that the threshold is for. ``needed`` is how
    many to invite for the smallest effect worth knowing.
    """

    analysis: str
    method: str
    estimand: str
    outcome: str
    month: int | None
    contrast: tuple[str, str]
    primary: bool
    leading: bool
    population: Population
    measure: Literal["share", "mean", "survival"]
    measured: tuple[float, float]
    takes_up: float
    variance_factor: float
    design_effect: float
    level: float
    rule: Literal["alone", "bonferroni", "max_t"]
    tests: int
    critical_value: float
    smallest_effect: float
    power: float
    detectable: float | None
    detectable_average: float | None
    needed: int | None
    curve: tuple[Point, ...]
    steps: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class JointPower:
    """The chance that at least one arm of an estimand, and that every arm, is shown to differ."""

    analysis: str
    estimand: str
    population: Population
    any_pair: float
    all_pairs: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Caution:
    """Something the reader of the plan must know; which of the other fields count depends on the code."""

    code: CautionCode
    arm: str | None = None
    estimand: str | None = None
    outcome: str | None = None
    population: Population | None = None
    number: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumption:
    """One number that was assumed, by the keys that lead to it in the planning."""

    path: tuple[str, ...]
    value: float
    source: str | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an experiment can show, from its protocol alone. ``aim`` is the power aimed at."""

    protocol_id: str
    invited: int
    aim: float
    after_consent: bool
    arms: tuple[ArmNumbers, ...]
    comparisons: tuple[Comparison, ...]
    together: tuple[JointPower, ...]
    cautions: tuple[Caution, ...]
    assumptions: tuple[Assumption, ...]
    receipt: Receipt

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as plain values, for JSON; numbers with ten digits, which machines agree on."""
        plain: dict[str, Any] = _rounded({**asdict(self), "receipt": self.receipt.as_dict()})
        return plain

    def digest(self) -> str:
        """Return the digest of everything but the receipt."""
        return digest_value({name: value for name, value in self.as_dict().items() if name != "receipt"})


def _rounded(value: Any) -> Any:  # noqa: ANN401
    """Return plain values with their numbers in ten significant digits."""
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
