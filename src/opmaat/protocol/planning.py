"""Planning: what the researchers assume before the draw, so that power can be computed from it.

An assumption is a number, or a number with its source: ``{value: 0.15, source: figures of 2016}``. Without
a source it is shown as an assumption and nothing more. Shares lie between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Lt, MinLen
from pydantic import AfterValidator, BeforeValidator, Discriminator, WithJsonSchema
from pydantic_core import PydanticCustomError

from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS


@dataclass(frozen=True, kw_only=True)
class Assumed:
    """A number that is assumed beforehand, and where it comes from.

    >>> Assumed(value=0.15).source is None
    True
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    value: float
    source: Annotated[str, MinLen(1)] | None = None


def _from_number(given: object) -> object:
    """Read a bare number as an assumption without a source."""
    if isinstance(given, int | float) and not isinstance(given, bool):
        return {"value": given}
    if isinstance(given, Mapping | Assumed):
        return given
    raise PydanticCustomError("assumption", "write a number, or {value: 0.15, source: where it is from}")


def _within(low: float, high: float, *, words: str) -> Callable[[Assumed], Assumed]:
    """Return a check that an assumed number lies between two ends."""

    def check(assumed: Assumed) -> Assumed:
        if not low <= assumed.value <= high:
            raise PydanticCustomError("assumption", words)
        return assumed

    return check


_SCHEMA: dict[str, Any] = {
    "type": ["number", "object"],
    "properties": {"value": {"type": "number"}, "source": {"type": "string"}},
    "required": ["value"],
    "additionalProperties": False,
}
_LARGEST = 1e12
_SMALLEST = 1e-12
_ASSUMED = (BeforeValidator(_from_number), WithJsonSchema(_SCHEMA))
AssumedShare = Annotated[
    Assumed, AfterValidator(_within(0, 1, words="a share lies between 0 and 1")), *_ASSUMED
]
AssumedPart = Annotated[
    Assumed, AfterValidator(_within(_SMALLEST, 1, words="use a share above 0 and up to 1")), *_ASSUMED
]
AssumedChance = Annotated[
    Assumed,
    AfterValidator(
        _within(_SMALLEST, 1 - _SMALLEST, words="a chance lies between 0 and 1, and is neither of them")
    ),
    *_ASSUMED,
]
AssumedFraction = Annotated[
    Assumed,
    AfterValidator(_within(0, 1 - _SMALLEST, words="use a number from 0 up to, not with, 1")),
    *_ASSUMED,
]
AssumedPositive = Annotated[
    Assumed, AfterValidator(_within(_SMALLEST, _LARGEST, words="use a number above zero")), *_ASSUMED
]
AssumedNotNegative = Annotated[
    Assumed, AfterValidator(_within(0, _LARGEST, words="use a number that is not negative")), *_ASSUMED
]


@dataclass(frozen=True, kw_only=True)
class Recruitment:
    """How many are invited, in what the population counts (households, or persons), and what share joins.

    With a draw before the invitation everyone invited is in an arm, and ``joins_by_arm`` may say it for arms
    in which another share joins. With a draw after consent only those who join are drawn.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    invited: Annotated[int, Gt(1)]
    joins: AssumedPart
    joins_by_arm: Mapping[str, AssumedPart] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class WaveAnswers:
    """Who answers in a wave, of those who joined.

    ``left`` is the share that has left benefit by then; they answer with the share ``answers_after_leaving``,
    which is that of the others unless given.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    answers: AssumedPart
    left: AssumedFraction = field(default_factory=lambda: Assumed(value=0.0))
    answers_after_leaving: AssumedShare | None = None


@dataclass(frozen=True, kw_only=True)
class ClusterSize:
    """How many people who are drawn belong to one cluster: the mean, and its variation.

    Fewer of them are measured when not everyone joins or answers; that is computed. ``variation`` is the
    coefficient of variation: the standard deviation of the sizes over their mean.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    size: AssumedPositive
    variation: AssumedNotNegative = field(default_factory=lambda: Assumed(value=0.0))


@dataclass(frozen=True, kw_only=True)
class ClusterSizes:
    """The clusters that people belong to, from the smallest to the largest; one lies within the next.

    ``cluster`` is what is drawn when whole clusters are drawn.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    household: ClusterSize | None = None
    caseworker: ClusterSize | None = None
    cluster: ClusterSize | None = None


@dataclass(frozen=True, kw_only=True)
class IntraclusterCorrelation:
    """How much the outcomes of two people of the same cluster, but of no smaller one, are alike."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    household: AssumedFraction | None = None
    caseworker: AssumedFraction | None = None
    cluster: AssumedFraction | None = None


@dataclass(frozen=True, kw_only=True)
class ShareMeasure:
    """An outcome that someone has or has not; ``base`` is the share that has it without the experiment."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    kind: Literal["share"]
    base: AssumedChance


@dataclass(frozen=True, kw_only=True)
class MeanMeasure:
    """An outcome with a mean and a standard deviation, both in its unit."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    kind: Literal["mean"]
    sd: AssumedPositive


@dataclass(frozen=True, kw_only=True)
class SurvivalMeasure:
    """The time until something happens, such as exit; the share to whom it happened by a month.

    The hazard is taken to be the same in every month. A monthly hazard h is ``{by_month: 1, base: h}``.
    ``followed_months`` is how long everyone is followed; effects are differences in the share by then.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    kind: Literal["survival"]
    base: AssumedChance
    by_month: Annotated[int, Ge(1)]
    followed_months: Annotated[int, Ge(1)]


Measure = Annotated[ShareMeasure | MeanMeasure | SurvivalMeasure, Discriminator("kind")]


@dataclass(frozen=True, kw_only=True)
class FromRegister:
    """Measured in a register for everyone who was drawn, but for the share that is ``lost``."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    by: Literal["register"]
    lost: AssumedFraction = field(default_factory=lambda: Assumed(value=0.0))


@dataclass(frozen=True, kw_only=True)
class FromSurvey:
    """Asked in a wave: only those who joined and answer have an outcome."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    by: Literal["survey"]


Measured = Annotated[FromRegister | FromSurvey, Discriminator("by")]


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """The outcome is the mean of ``after`` months, its baseline that of ``before`` months.

    ``autocorrelation`` is that of two months on the same side of the start.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    after: Annotated[int, Ge(1)]
    before: Annotated[int, Ge(1)] = 1
    autocorrelation: AssumedFraction


@dataclass(frozen=True, kw_only=True)
class OutcomePlanning:
    """What is assumed about one outcome, and the smallest effect that is worth knowing, in its unit.

    That effect is the one on who takes up what the arm offers. ``baseline_correlation`` is that of a measure
    after the start with one before it. ``r_squared`` is the share of the variance that the covariates
    explain, beyond the baseline measure where the analysis uses that.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    measure: Measure
    measured: Measured
    smallest_effect: Annotated[float, Gt(0)]
    baseline_correlation: AssumedFraction | None = None
    repeats: Repeats | None = None
    r_squared: AssumedFraction | None = None
    intracluster: IntraclusterCorrelation | None = None


@dataclass(frozen=True, kw_only=True)
class Planning:
    """What is assumed before the draw. ``takes_up`` is by arm, of those who join; everyone unless given.

    ``power`` is the chance, aimed at, of showing the smallest effect that is worth knowing. The level of the
    tests is that of the analyses.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    recruitment: Recruitment
    outcomes: Annotated[Mapping[str, OutcomePlanning], MinLen(1)]
    takes_up: Mapping[str, AssumedShare] = field(default_factory=dict)
    waves: Mapping[str, WaveAnswers] = field(default_factory=dict)
    clusters: ClusterSizes = field(default_factory=ClusterSizes)
    power: Annotated[float, Gt(0.5), Lt(1)] = 0.8


def share_without_experiment(measure: ShareMeasure | SurvivalMeasure) -> float:
    """Return the share that has the outcome without the experiment, by the end of follow-up.

    >>> monthly = SurvivalMeasure(kind="survival", base=Assumed(value=0.02), by_month=1, followed_months=24)
    >>> round(share_without_experiment(monthly), 4)
    0.3842
    """
    if isinstance(measure, ShareMeasure):
        return measure.base.value
    return float(1 - (1 - measure.base.value) ** (measure.followed_months / measure.by_month))
