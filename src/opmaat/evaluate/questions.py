"""What each analysis is asked: which outcome, at which month, between which arms, fitted on whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opmaat.protocol.analyses import Analysis, Estimand
from opmaat.protocol.model import Protocol
from opmaat.protocol.questions import Pair, contrast_pairs


@dataclass(frozen=True, slots=True)
class Question:
    """One estimand of one analysis, for the contrasts that one fit answers.

    ``arms`` are those in the fit, the one that others are compared with first.
    """

    analysis: Analysis
    estimand: Estimand
    pairs: tuple[Pair, ...]
    arms: tuple[str, ...]

    def place(self) -> str:
        """Say which question it is, for an issue."""
        contrasts = ", ".join(f"{first} - {second}" for first, second in self.pairs)
        return f"analysis '{self.analysis.id}', estimand '{self.estimand.id}' ({contrasts})"


def questions(protocol: Protocol) -> Iterator[Question]:
    """Yield every question of the protocol, in the order in which it stands there."""
    estimands = {estimand.id: estimand for estimand in protocol.estimands}
    for analysis in protocol.analyses:
        for name in analysis.estimands:
            pairs = contrast_pairs(protocol, estimands[name])
            if analysis.sample == "all_arms":
                yield Question(
                    analysis, estimands[name], pairs, _control_first(protocol, tuple(protocol.arms))
                )
            else:
                for pair in pairs:
                    yield Question(analysis, estimands[name], (pair,), _control_first(protocol, pair[::-1]))


def _control_first(protocol: Protocol, arms: tuple[str, ...]) -> tuple[str, ...]:
    """Put the control arm first where it is among the arms."""
    return tuple(sorted(arms, key=lambda arm: arm != protocol.control))
