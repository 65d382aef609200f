"""The threshold of each analysis, by the multiplicity rule of its family."""

from __future__ import annotations

import numpy as np

from opmaat.design.basis import measured_people
from opmaat.design.families import Bonferroni, Floats, Threshold, contrast_correlation, largest_t
from opmaat.design.numbers import Population, populations
from opmaat.protocol.analyses import Analysis, Estimand
from opmaat.protocol.model import Protocol
from opmaat.protocol.planning import Planning
from opmaat.protocol.questions import contrast_pairs

Member = tuple[Analysis, Estimand]


def threshold_of(
    protocol: Protocol, planning: Planning, analysis: Analysis, population: Population
) -> Threshold:
    """Return the threshold that an analysis's comparisons must pass.

    Without a family it is that of one test. Under Holm and Benjamini-Hochberg it is Bonferroni's, so that the
    power computed with it is a lower bound. Under max-t the estimates of different estimands, whose
    correlation nobody knows beforehand, are taken to be independent, which is never too lenient (Sidak 1967,
    https://doi.org/10.1080/01621459.1967.10482935).
    """
    level = round(1 - analysis.confidence, 12)
    if analysis.multiplicity is None:
        return Bonferroni(level)
    family = members(protocol, analysis)
    if analysis.multiplicity.method != "max_t":
        return Bonferroni(level, comparisons_in(protocol, analysis))
    return largest_t([_block(protocol, planning, member, population) for member in family], level=level)


def members(protocol: Protocol, analysis: Analysis) -> tuple[Member, ...]:
    """Return every analysis and estimand of an analysis's family, or of the analysis when it has none."""
    estimands = {estimand.id: estimand for estimand in protocol.estimands}
    rule = analysis.multiplicity
    return tuple(
        (other, estimands[name])
        for other in protocol.analyses
        if other is analysis or (rule is not None and other.multiplicity == rule)
        for name in other.estimands
    )


def comparisons_in(protocol: Protocol, analysis: Analysis) -> int:
    """Return the number of comparisons that are adjusted together with those of an analysis."""
    if analysis.multiplicity is None:
        return 1
    return sum(len(contrast_pairs(protocol, estimand)) for _, estimand in members(protocol, analysis))


def _block(protocol: Protocol, planning: Planning, member: Member, population: Population) -> Floats:
    """Return the correlation of one estimand's contrasts, which share arms."""
    estimand = member[1]
    outcome = planning.outcomes.get(estimand.outcome)
    people = measured_people(
        protocol,
        planning,
        estimand=estimand,
        population=population if outcome is None else _known(protocol, planning, estimand, population),
    )
    arms = list(people)
    rows = np.zeros((len(contrast_pairs(protocol, estimand)), len(arms)))
    for row, (first, second) in zip(rows, contrast_pairs(protocol, estimand), strict=True):
        row[arms.index(first)], row[arms.index(second)] = 1.0, -1.0
    return contrast_correlation(rows, list(people.values()))


def _known(protocol: Protocol, planning: Planning, estimand: Estimand, population: Population) -> Population:
    """Return the population, or that in which the outcome is known when it is not known in this one."""
    known = populations(protocol, planning.outcomes[estimand.outcome], among=estimand.among)
    return population if population in known else known[0]
