"""What the reader of a plan must be told: arms that are too small, and what the numbers do not cover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from opmaat.design.model import Caution, Comparison
from opmaat.design.numbers import arm_numbers
from opmaat.protocol.model import Protocol
from opmaat.protocol.planning import Planning, ShareMeasure

# ZonMw's criterion for the experiments of 2017, as the press had it; see docs/explanation/power.md.
LEAST_PARTICIPANTS = 100
_LEAST_EVENTS = 10


def cautions_of(
    protocol: Protocol, planning: Planning, comparisons: Sequence[Comparison]
) -> Iterator[Caution]:
    """Yield everything the reader must know, the most important first.

    An arm is too small to answer when the power for the smallest effect worth knowing is below the power
    aimed at, in the first analysis of an estimand.
    """
    yield from _too_small(planning, comparisons)
    for numbers in arm_numbers(protocol, planning, planning.recruitment.invited).values():
        if round(numbers.joined) < LEAST_PARTICIPANTS:
            yield Caution(code="few-participants", arm=numbers.arm, number=numbers.joined)
    yield from _few_events(planning, comparisons)
    if any(item.population == "joined" for item in comparisons):
        yield Caution(code="joined-only")
    for estimand in protocol.estimands:
        if estimand.subgroup:
            yield Caution(code="subgroup", estimand=estimand.id, outcome=estimand.outcome)
        elif estimand.outcome not in planning.outcomes:
            yield Caution(code="not-assumed", estimand=estimand.id, outcome=estimand.outcome)


def _too_small(planning: Planning, comparisons: Sequence[Comparison]) -> Iterator[Caution]:
    """Find leading comparisons with less power than is aimed at."""
    for item in comparisons:
        if item.leading and item.power < planning.power:
            yield Caution(
                code="too-small",
                arm=item.contrast[0],
                estimand=item.estimand,
                outcome=item.outcome,
                population=item.population,
                number=item.power,
            )


def _few_events(planning: Planning, comparisons: Sequence[Comparison]) -> Iterator[Caution]:
    """Find shares of so few people that the normal approximation is rough."""
    seen: set[str] = set()
    for item in comparisons:
        measure = planning.outcomes[item.outcome].measure
        if not isinstance(measure, ShareMeasure) or item.outcome in seen:
            continue
        rarer = min(measure.base.value, 1 - measure.base.value) * min(item.measured)
        if rarer < _LEAST_EVENTS:
            seen.add(item.outcome)
            yield Caution(code="few-events", outcome=item.outcome, number=rarer)
