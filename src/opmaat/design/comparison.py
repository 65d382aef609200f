"""One comparison of two arms, for any number of people invited: power, detectable effect, needed number."""

from __future__ import annotations

import math
from dataclasses import dataclass

from opmaat.design.families import Threshold
from opmaat.design.power import normal_power, solve_increasing, t_power, unpooled_std_error
from opmaat.design.survival import hazard_ratio, log_rank_statistic, share_observed
from opmaat.protocol.planning import (
    MeanMeasure,
    Measure,
    ShareMeasure,
    SurvivalMeasure,
    share_without_experiment,
)

MOST_INVITED = 10_000_000
_ROOM = 1 - 1e-6  # nearer to its limit an effect has too few digits left to tell its power


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """What a comparison rests on, but for the threshold that it must pass.

    Numbers are per household (or person) that is invited: ``first`` and ``second`` are the people with an
    outcome in the two arms, ``in_fit`` those in all arms of the model. ``factor`` multiplies the variance for
    baseline and covariates, ``design_effect`` for clusters. ``takes_up`` dilutes the effect. ``rises`` tells
    whether the effect is an increase. ``lost`` is the share lost to follow-up before the end.
    """

    measure: Measure
    first: float
    second: float
    in_fit: float
    parameters: int
    cluster_size: float | None
    factor: float
    design_effect: float
    takes_up: float
    rises: bool
    lost: float


def degrees_of_freedom(basis: Basis, invited: float) -> float:
    """Return those of the test: of clusters when whole clusters are drawn, of people for a mean.

    A share and a time of people drawn one by one have none: their tests are normal.
    """
    people = basis.in_fit * invited
    if basis.cluster_size is not None:
        return people / basis.cluster_size - basis.parameters
    return people - basis.parameters if isinstance(basis.measure, MeanMeasure) else math.inf


def power_at(basis: Basis, threshold: Threshold, *, invited: float, effect: float) -> float:
    """Return the power for an effect on who takes up, in the unit of the outcome."""
    df = degrees_of_freedom(basis, invited)
    if df <= 0:
        return 0.0
    size, critical = expected_statistic(basis, invited, effect), threshold.critical(df)
    if math.isinf(df):
        return normal_power(size, std_error=1.0, critical=critical)
    return t_power(size, std_error=1.0, df=df, critical=critical)


def expected_statistic(basis: Basis, invited: float, effect: float) -> float:
    """Return the expected size of the test statistic, in standard errors, for an effect on who takes up."""
    first, second = basis.first * invited, basis.second * invited
    diluted = effect * basis.takes_up
    match basis.measure:
        case MeanMeasure(sd=sd):
            size = diluted / (sd.value * math.sqrt((1 / first + 1 / second) * basis.factor))
        case ShareMeasure(base=base):
            other = base.value + (diluted if basis.rises else -diluted)
            error = unpooled_std_error(base.value, other, first=first, second=second)
            size = diluted / (error * math.sqrt(basis.factor))
        case SurvivalMeasure() as measure:
            size = _log_rank_statistic(basis, measure, diluted, first=first, second=second)
    return size / math.sqrt(basis.design_effect)


def _log_rank_statistic(
    basis: Basis, measure: SurvivalMeasure, diluted: float, *, first: float, second: float
) -> float:
    """Return the expected size of the log-rank statistic; covariates do not sharpen it."""
    base = share_without_experiment(measure)
    other = base + (diluted if basis.rises else -diluted)
    events = first * share_observed(other, lost=basis.lost) + second * share_observed(base, lost=basis.lost)
    return log_rank_statistic(hazard_ratio(base, other), events, treated=first / (first + second))


def detectable_at(basis: Basis, threshold: Threshold, *, invited: float, power: float) -> float | None:
    """Return the smallest effect on who takes up that is shown with this power; None when there is none."""
    if not basis.takes_up:
        return None
    room = _room(basis)
    try:
        return solve_increasing(
            lambda effect: power_at(basis, threshold, invited=invited, effect=effect),
            power,
            low=0.0,
            high=1.0 if room is None else room * _ROOM,
            grow=room is None and degrees_of_freedom(basis, invited) > 0,
        )
    except ValueError:
        return None


def invited_needed(basis: Basis, threshold: Threshold, *, effect: float, power: float) -> int | None:
    """Return how many to invite to show an effect with this power; None when ten million are not enough."""

    def reached(invited: float) -> float:
        return power_at(basis, threshold, invited=invited, effect=effect)

    if reached(MOST_INVITED) < power:
        return None
    return math.ceil(solve_increasing(reached, power, low=2.0, high=float(MOST_INVITED)) - 1e-6)


def _room(basis: Basis) -> float | None:
    """Return how far the share of those who take up can still move; a mean has no bound."""
    if isinstance(basis.measure, MeanMeasure):
        return None
    base = share_without_experiment(basis.measure)
    return 1 - base if basis.rises else base
