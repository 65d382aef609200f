"""What is diagnosed of a protocol: its primary questions, and beside them the analyses that mislead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from opmaat.panel.model import Panel
from opmaat.protocol.analyses import Analysis, Estimand
from opmaat.protocol.definitions import ScaleScore
from opmaat.protocol.model import Protocol
from opmaat.rehearse.lives.lives import Lives

Sort = Literal["planned", "joined only", "who answered"]


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """A protocol with its primary questions alone, and what sort each analysis is, by the analysis's id."""

    protocol: Protocol
    sorts: dict[str, Sort]


def diagnosed(protocol: Protocol) -> Diagnosed:
    """Return the primary questions of a protocol, each answered by the first analysis that names it.

    Beside them stand the same analysis of those who joined alone (where there is a difference), and of those
    who answered the last wave alone, of outcomes that registers hold for everybody. They are no part of the
    plan: they show what it would have cost to compare only these.

    Examples
    --------
    >>> from pathlib import Path
    >>> from opmaat.protocol.load import load_protocol
    >>> found = diagnosed(load_protocol(Path("tests/unit/rehearse/before")))
    >>> [(estimand.id, estimand.outcome) for estimand in found.protocol.estimands]
    [('E1', 'exit'), ('E1 joined only', 'exit'), ('E1 who answered', 'exit who answered')]
    """
    outcomes, estimands, analyses = {}, [], []
    sorts: dict[str, Sort] = {}
    for estimand in protocol.estimands:
        planned = next((one for one in protocol.analyses if estimand.id in one.estimands), None)
        if not estimand.primary or planned is None:
            continue
        outcomes[estimand.outcome] = protocol.outcomes[estimand.outcome]
        for sort, variant in _variants(protocol, estimand):
            outcomes[variant.outcome] = protocol.outcomes[estimand.outcome]
            estimands.append(variant)
            analyses.append(_alone(planned, variant.id, sort))
            sorts[variant.id] = sort
    return Diagnosed(
        replace(protocol, outcomes=outcomes, estimands=tuple(estimands), analyses=tuple(analyses)), sorts
    )


def _variants(protocol: Protocol, estimand: Estimand) -> list[tuple[Sort, Estimand]]:
    """Return an estimand, and what others would have compared in its place."""
    found: list[tuple[Sort, Estimand]] = [("planned", estimand)]
    plan, definition = protocol.assignment, protocol.outcomes[estimand.outcome].definition
    before = getattr(plan, "timing", None) == "before_invitation"
    if before and estimand.among == "drawn":
        joined = replace(estimand, id=f"{estimand.id} joined only", among="joined", primary=False)
        found.append(("joined only", joined))
    if protocol.waves and not isinstance(definition, ScaleScore):
        answered = replace(
            estimand,
            id=f"{estimand.id} who answered",
            outcome=f"{estimand.outcome} who answered",
            primary=False,
        )
        found.append(("who answered", answered))
    return found


def _alone(planned: Analysis, estimand: str, sort: Sort) -> Analysis:
    """Return an analysis of one estimand, with intervals of its own; beside the plan without strata."""
    strata = planned.strata if sort == "planned" else "ignored"
    alone: Analysis = replace(planned, id=estimand, estimands=(estimand,), strata=strata, multiplicity=None)
    return alone


def with_answered_only(panel: Panel, lives: Lives) -> Panel:
    """Return a panel in which outcomes of those who answered are missing for the others."""
    if not lives.setting.protocol.waves:
        return panel
    answered = lives.answered[:, -1]
    outcomes = {
        name: {month: np.where(answered, values, np.nan) for month, values in by_month.items()}
        if name.endswith(" who answered")
        else by_month
        for name, by_month in panel.outcomes.items()
    }
    return replace(panel, outcomes=outcomes)
