"""Make the plan of a protocol: every comparison that it asks for, with what it can show."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Literal

from opmaat.core.errors import Issue, ProtocolError
from opmaat.core.receipt import Receipt
from opmaat.core.version import __version__
from opmaat.design.basis import basis_of
from opmaat.design.cautions import cautions_of
from opmaat.design.comparison import (
    Basis,
    degrees_of_freedom,
    detectable_at,
    expected_statistic,
    invited_needed,
    power_at,
)
from opmaat.design.families import LargestT, Threshold, joint_power
from opmaat.design.model import Assumption, Comparison, JointPower, Plan, Point
from opmaat.design.numbers import Population, arm_numbers, drawn_after_consent, populations
from opmaat.design.thresholds import comparisons_in, threshold_of
from opmaat.protocol.analyses import Analysis, Estimand
from opmaat.protocol.model import Protocol
from opmaat.protocol.planning import Assumed, OutcomePlanning, Planning
from opmaat.protocol.questions import Pair, contrast_pairs

EXTRA_PARTICIPANTS = (0, 100, 200, 300, 400, 500)
_CURVE = tuple(0.15 * step for step in range(1, 21))


@dataclass(frozen=True, slots=True)
class _Question:
    """One contrast of one estimand in one analysis, among those drawn or those who joined."""

    analysis: Analysis
    estimand: Estimand
    pair: Pair
    population: Population
    leading: bool
    basis: Basis
    threshold: Threshold
    outcome: OutcomePlanning


def plan(protocol: Protocol) -> Plan:
    """Return what the experiment can show, from the assumptions in its protocol.

    It is closed form throughout: the same protocol gives the same plan. Estimands whose outcome has no
    assumptions are named among the cautions, and so are those of a subgroup, whose size is not assumed.

    Raises
    ------
    ProtocolError
        ``no-planning`` when the protocol assumes nothing.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> made = plan(load_protocol(Path("tests/unit/design/study")))
    >>> first = made.comparisons[0]
    >>> first.contrast, round(first.power, 2)
    (('exemption', 'control'), 0.46)
    """
    planning = protocol.planning
    if planning is None:
        problem = "The protocol has no 'planning', so there is nothing to compute power from."
        fix = "Add 'planning' with what you assume about numbers and outcomes."
        raise ProtocolError([Issue("no-planning", protocol.id, problem, fix)])
    asked = list(_questions(protocol, planning))
    comparisons = tuple(_comparison(protocol, planning, question) for question in asked)
    draft = Plan(
        protocol_id=protocol.id,
        invited=planning.recruitment.invited,
        aim=planning.power,
        after_consent=drawn_after_consent(protocol),
        arms=tuple(arm_numbers(protocol, planning, planning.recruitment.invited).values()),
        comparisons=comparisons,
        together=tuple(_together(protocol, planning, asked)),
        cautions=tuple(cautions_of(protocol, planning, comparisons)),
        assumptions=tuple(_assumptions(protocol, planning)),
        receipt=Receipt(
            stage="plan",
            inputs={"protocol": protocol.digest()},
            output="",
            protocol=protocol.digest(),
            version=__version__,
        ),
    )
    return replace(draft, receipt=replace(draft.receipt, output=draft.digest()))


def _questions(protocol: Protocol, planning: Planning) -> Iterator[_Question]:
    """Yield every comparison that the analyses ask for and about whose outcome something is assumed."""
    thresholds: dict[tuple[object, Population], Threshold] = {}
    for analysis, estimand, leading in _planned(protocol, planning):
        outcome = planning.outcomes[estimand.outcome]
        for population in populations(protocol, outcome, among=estimand.among):
            key = (analysis.multiplicity or analysis.confidence, population)
            if key not in thresholds:
                thresholds[key] = threshold_of(protocol, planning, analysis, population)
            for pair in contrast_pairs(protocol, estimand):
                basis = basis_of(
                    protocol, planning, analysis=analysis, estimand=estimand, pair=pair, population=population
                )
                yield _Question(
                    analysis, estimand, pair, population, leading, basis, thresholds[key], outcome
                )


def _planned(protocol: Protocol, planning: Planning) -> Iterator[tuple[Analysis, Estimand, bool]]:
    """Yield the estimands of every analysis, and whether the analysis is the first of the estimand."""
    estimands = {estimand.id: estimand for estimand in protocol.estimands}
    seen: set[str] = set()
    for analysis in protocol.analyses:
        for name in analysis.estimands:
            if estimands[name].outcome in planning.outcomes and not estimands[name].subgroup:
                yield analysis, estimands[name], name not in seen
            seen.add(name)


def _comparison(protocol: Protocol, planning: Planning, question: _Question) -> Comparison:
    """Compute one comparison with the planned number and with others."""
    basis, threshold, effect = question.basis, question.threshold, question.outcome.smallest_effect
    now = planning.recruitment.invited
    point = _point(protocol, planning, question, now)
    average = None if point.detectable is None else point.detectable * basis.takes_up
    return Comparison(
        analysis=question.analysis.id,
        method=question.analysis.method,
        estimand=question.estimand.id,
        outcome=question.estimand.outcome,
        month=question.estimand.month,
        contrast=question.pair,
        primary=question.estimand.primary,
        leading=question.leading,
        population=question.population,
        measure=basis.measure.kind,
        measured=(basis.first * now, basis.second * now),
        takes_up=basis.takes_up,
        variance_factor=basis.factor,
        design_effect=basis.design_effect,
        level=round(1 - question.analysis.confidence, 12),
        rule=_rule(question),
        tests=comparisons_in(protocol, question.analysis),
        critical_value=threshold.critical(max(1.0, degrees_of_freedom(basis, now))),
        smallest_effect=effect,
        power=point.power,
        detectable=point.detectable,
        detectable_average=average,
        needed=invited_needed(basis, threshold, effect=effect, power=planning.power),
        curve=tuple(_points(protocol, planning, question, (now * part for part in _CURVE))),
        steps=tuple(_points(protocol, planning, question, _with_extra(protocol, planning))),
    )


def _rule(question: _Question) -> Literal["alone", "bonferroni", "max_t"]:
    """Return by which rule the comparison's threshold was set."""
    if question.analysis.multiplicity is None:
        return "alone"
    return "max_t" if isinstance(question.threshold, LargestT) else "bonferroni"


def _points(
    protocol: Protocol, planning: Planning, question: _Question, numbers: Iterable[float]
) -> Iterator[Point]:
    """Yield the points at several numbers invited; only for the first analysis of an estimand."""
    if question.leading:
        for invited in numbers:
            yield _point(protocol, planning, question, invited)


def _point(protocol: Protocol, planning: Planning, question: _Question, invited: float) -> Point:
    """Compute power and detectable effect with so many invited."""
    basis, threshold = question.basis, question.threshold
    effect = question.outcome.smallest_effect
    return Point(
        invited=invited,
        joined=_joined(protocol, planning, invited),
        power=power_at(basis, threshold, invited=invited, effect=effect),
        detectable=detectable_at(basis, threshold, invited=invited, power=planning.power),
    )


def _with_extra(protocol: Protocol, planning: Planning) -> Iterator[float]:
    """Yield how many to invite for each extra hundred participants."""
    now = planning.recruitment.invited
    each = _joined(protocol, planning, 1.0)
    for extra in EXTRA_PARTICIPANTS if each else ():
        yield now + extra / each


def _joined(protocol: Protocol, planning: Planning, invited: float) -> float:
    """Return the expected number of participants in all arms."""
    return sum(numbers.joined for numbers in arm_numbers(protocol, planning, invited).values())


def _together(protocol: Protocol, planning: Planning, questions: Sequence[_Question]) -> Iterator[JointPower]:
    """Yield the any-pair and all-pairs power of estimands whose contrasts share the arm compared with."""
    groups: dict[tuple[str, str, Population], list[_Question]] = {}
    for question in questions:
        key = (question.analysis.id, question.estimand.id, question.population)
        groups.setdefault(key, []).append(question)
    now = planning.recruitment.invited
    for (analysis, estimand, population), group in groups.items():
        if len(group) < 2 or len({question.pair[1] for question in group}) > 1:
            continue
        effect = group[0].outcome.smallest_effect
        bases = [question.basis for question in group]
        df = degrees_of_freedom(bases[0], now)
        anyone, everyone = joint_power(
            [expected_statistic(basis, now, effect) for basis in bases],
            [math.sqrt(basis.first / (basis.first + basis.second)) for basis in bases],
            df=max(1.0, df),
            critical=group[0].threshold.critical(max(1.0, df)),
        )
        yield JointPower(
            analysis=analysis,
            estimand=estimand,
            population=population,
            any_pair=anyone,
            all_pairs=everyone,
        )


def _assumptions(protocol: Protocol, planning: Planning) -> Iterator[Assumption]:
    """Yield every assumption, also those that were not written down because they are the default."""
    yield from _assumed(planning, ())
    for name, arm in protocol.arms.items():
        if arm.kind != "control" and name not in planning.takes_up:
            yield Assumption(path=("takes_up", name), value=1.0, source=None)


def _assumed(part: object, path: tuple[str, ...]) -> Iterator[Assumption]:
    """Walk through the planning and yield its assumptions."""
    if isinstance(part, Assumed):
        yield Assumption(path=path, value=part.value, source=part.source)
    elif isinstance(part, Mapping):
        for key, item in part.items():
            yield from _assumed(item, (*path, key))
    elif is_dataclass(part):
        for item in fields(part):
            yield from _assumed(getattr(part, item.name), (*path, item.name))
