"""From the planning to what each comparison rests on: numbers, precision and dilution."""

from __future__ import annotations

from collections.abc import Mapping

from opmaat.design.comparison import Basis
from opmaat.design.numbers import ArmNumbers, Population, arm_numbers, measured_share, people_per_unit
from opmaat.design.precision import (
    ClusterLevel,
    ancova_factor,
    change_factor,
    design_effect,
    post_factor,
)
from opmaat.protocol.analyses import (
    Analysis,
    Ancova,
    DifferenceInDifferences,
    DifferenceInMeans,
    Estimand,
    Late,
    Lin,
    Regression,
)
from opmaat.protocol.assignment import Clustered
from opmaat.protocol.model import Protocol
from opmaat.protocol.planning import FromRegister, OutcomePlanning, Planning, SurvivalMeasure
from opmaat.protocol.questions import Pair, wave_of


def basis_of(
    protocol: Protocol,
    planning: Planning,
    *,
    analysis: Analysis,
    estimand: Estimand,
    pair: Pair,
    population: Population,
) -> Basis:
    """Return what the comparison of a pair of arms rests on, per household (or person) invited."""
    outcome = planning.outcomes[estimand.outcome]
    people = measured_people(protocol, planning, estimand=estimand, population=population)
    numbers = arm_numbers(protocol, planning, 1.0)
    drawn_people = people_per_unit(protocol, planning, outcome) * sum(n.drawn for n in numbers.values())
    kept = sum(people.values()) / drawn_people
    in_fit = tuple(protocol.arms) if analysis.sample == "all_arms" else pair
    drawn = planning.clusters.cluster if isinstance(protocol.assignment, Clustered) else None
    censored = isinstance(outcome.measure, SurvivalMeasure) and isinstance(outcome.measured, FromRegister)
    return Basis(
        measure=outcome.measure,
        first=people[pair[0]],
        second=people[pair[1]],
        in_fit=sum(people[arm] for arm in in_fit),
        parameters=len(in_fit) + (0 if drawn else _covariates(analysis)),
        cluster_size=drawn.size.value * kept if drawn else None,
        factor=variance_factor(analysis, outcome),
        design_effect=cluster_effect(
            planning,
            outcome,
            kept=kept,
            answered=measured_share(planning, outcome, wave_of(protocol, estimand)),
        ),
        takes_up=_share_taking_up(protocol, numbers, pair=pair, population=population),
        rises=protocol.outcomes[estimand.outcome].better != "lower",
        lost=outcome.measured.lost.value if censored and isinstance(outcome.measured, FromRegister) else 0.0,
    )


def measured_people(
    protocol: Protocol, planning: Planning, *, estimand: Estimand, population: Population
) -> Mapping[str, float]:
    """Return the people with an outcome in each arm, per household (or person) invited.

    For an outcome without assumptions they are those who were drawn or joined.
    """
    outcome = planning.outcomes.get(estimand.outcome)
    each = 1.0
    if outcome is not None:
        each = people_per_unit(protocol, planning, outcome)
        each *= measured_share(planning, outcome, wave_of(protocol, estimand))
    numbers = arm_numbers(protocol, planning, 1.0)
    return {arm: each * _counted(count, population) for arm, count in numbers.items()}


def variance_factor(analysis: Analysis, outcome: OutcomePlanning) -> float:
    """Return by how much the analysis's use of other measures and covariates multiplies the variance."""
    repeats = outcome.repeats
    after, before = (repeats.after, repeats.before) if repeats else (1, 1)
    within = repeats.autocorrelation.value if repeats else 0.0
    between = outcome.baseline_correlation.value if outcome.baseline_correlation else 0.0
    match analysis:
        case Ancova():
            factor = ancova_factor(
                baseline_correlation=between, after=after, before=before, autocorrelation=within
            )
        case DifferenceInDifferences():
            factor = change_factor(
                baseline_correlation=between, after=after, before=before, autocorrelation=within
            )
        case DifferenceInMeans() | Regression() | Lin() | Late():
            factor = post_factor(after=after, autocorrelation=within)
    explained = outcome.r_squared.value if outcome.r_squared and _covariates(analysis) else 0.0
    return factor * (1 - explained)


def cluster_effect(planning: Planning, outcome: OutcomePlanning, *, kept: float, answered: float) -> float:
    """Return the design effect of the clusters whose members are assumed to be alike in the outcome.

    Of a cluster's people the share ``kept`` is measured; a household joins whole, so of its people the share
    ``answered`` of those who joined.
    """
    alike = outcome.intracluster
    if alike is None:
        return 1.0
    sizes, levels, inner = planning.clusters, [], 1.0
    for cluster, icc, share in (
        (sizes.household, alike.household, answered),
        (sizes.caseworker, alike.caseworker, kept),
        (sizes.cluster, alike.cluster, kept),
    ):
        if cluster is not None and icc is not None:
            inner = max(inner, cluster.size.value * share)
            levels.append(ClusterLevel(inner, cluster.variation.value, icc.value))
    return design_effect(levels)


def _covariates(analysis: Analysis) -> int:
    """Return how many covariates an analysis adjusts for."""
    if isinstance(analysis, DifferenceInMeans) or analysis.adjust is None:
        return 0
    return len(analysis.adjust.covariates)


def _counted(numbers: ArmNumbers, population: Population) -> float:
    """Return how many of an arm are compared."""
    return numbers.drawn if population == "drawn" else numbers.joined


def _share_taking_up(
    protocol: Protocol, numbers: Mapping[str, ArmNumbers], *, pair: Pair, population: Population
) -> float:
    """Return the share, of those compared in the arm, that takes up; of two arms on offer the smaller."""
    shares = []
    for arm in pair:
        if arm == protocol.control:
            continue
        counted = _counted(numbers[arm], population)
        shares.append(numbers[arm].joined * numbers[arm].takes_up / counted if counted else 0.0)
    return min(shares)
