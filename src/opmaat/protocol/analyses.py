"""Estimands and analyses: what will be estimated, and how, as written down before the outcomes are seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Gt, Lt, MinLen
from pydantic import Discriminator

from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS
from opmaat.stats.error_kinds import Errors

StrataRule = Literal["within", "fixed_effects", "ignored"]
EveryContrast = Literal["against_control", "pairwise"]
Among = Literal["drawn", "joined"]
Intercurrent = Literal["died", "moved_away", "pension_age"]
Strategy = Literal["as_registered", "missing_from_then"]


@dataclass(frozen=True, kw_only=True)
class Estimand:
    """One question: which outcome, when, between which arms.

    ``contrast`` is a pair (arm, compared with arm), or asks for every arm against control, or every pair.
    ``month`` is the month after the start; it is left out for an outcome that is measured once. ``among`` is
    everyone who was drawn, or only who joined after the draw, which the draw does not make alike.
    ``subgroup`` keeps those with one value of each covariate that it names. ``intercurrent`` says, for what
    may happen to someone on the way, whether the outcome is what the registers say or missing from then on.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    id: Annotated[str, MinLen(1)]
    outcome: str
    contrast: tuple[str, str] | EveryContrast
    month: int | None = None
    primary: bool = False
    among: Among = "drawn"
    subgroup: Mapping[str, str] = field(default_factory=dict, hash=False)
    intercurrent: Mapping[Intercurrent, Strategy] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """Covariates in the order in which they enter the model.

    A covariate that is missing for some gets an indicator of its own (``indicator``), or those who miss it
    are left out and counted (``exclude``).
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    covariates: Annotated[tuple[str, ...], MinLen(1)]
    interactions: Literal["none", "pairwise"] = "none"
    missing: Literal["indicator", "exclude"] = "indicator"


@dataclass(frozen=True, kw_only=True)
class Multiplicity:
    """The family whose p-values are adjusted together, over all analyses that name it, and how.

    ``max_t`` gives simultaneous intervals as well; ``holm`` adjusts p-values alone; ``benjamini_hochberg``
    controls the false discovery rate, which is a weaker promise.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    family: Annotated[str, MinLen(1)]
    method: Literal["max_t", "holm", "benjamini_hochberg"]


@dataclass(frozen=True, kw_only=True)
class _Analysis:
    """What every analysis has.

    ``errors`` is the kind of standard error. ``sample`` is every arm in one model, or only the two arms of
    the contrast. ``strata`` weighs the contrasts within strata by the strata's size (``within``), adds
    stratum effects to a regression, which with several arms mixes the arms' effects (``fixed_effects``), or
    does nothing (``ignored``); the default is ``within`` where the data have strata. ``cluster`` is what the
    CR errors cluster on; the default is what was drawn.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    id: Annotated[str, MinLen(1)]
    estimands: Annotated[tuple[str, ...], MinLen(1)]
    errors: Errors = "hc2"
    cluster: Literal["household", "cluster"] | None = None
    sample: Literal["all_arms", "contrast"] = "all_arms"
    strata: StrataRule | None = None
    weights: tuple[Literal["assignment", "response"], ...] = ()
    confidence: Annotated[float, Gt(0.5), Lt(1)] = 0.95
    multiplicity: Multiplicity | None = None


@dataclass(frozen=True, kw_only=True)
class DifferenceInMeans(_Analysis):
    """Mean outcome of one arm less that of another."""

    method: Literal["difference_in_means"]


@dataclass(frozen=True, kw_only=True)
class Regression(_Analysis):
    """Least squares on the arms and covariates, the covariates working alike in every arm."""

    method: Literal["regression"]
    adjust: Adjustment


@dataclass(frozen=True, kw_only=True)
class Lin(_Analysis):
    """Least squares on the arms, centred covariates and their products (Lin 2013)."""

    method: Literal["lin"]
    adjust: Adjustment


@dataclass(frozen=True, kw_only=True)
class Ancova(_Analysis):
    """Least squares on the arms and the outcome's baseline measure, with covariates if any are named."""

    method: Literal["ancova"]
    adjust: Adjustment | None = None


@dataclass(frozen=True, kw_only=True)
class DifferenceInDifferences(_Analysis):
    """Mean change since the baseline measure of one arm less that of another."""

    method: Literal["difference_in_differences"]
    adjust: Adjustment | None = None


@dataclass(frozen=True, kw_only=True)
class Late(_Analysis):
    """Effect of taking up for those who take up because they were drawn: two-stage least squares."""

    method: Literal["late"]
    adjust: Adjustment | None = None


Analysis = Annotated[
    DifferenceInMeans | Regression | Lin | Ancova | DifferenceInDifferences | Late,
    Discriminator("method"),
]
