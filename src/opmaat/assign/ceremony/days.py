"""The order of days in a ceremony: commit, draw, draw who entered since, open; the last arm is due later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from opmaat.assign.ceremony.steps import Commitment
from opmaat.core.errors import Issue, UsageError


def wrong_days(
    commitment: Commitment, drawn_on: Sequence[str] = (), opened_on: str | None = None
) -> Iterator[str]:
    """Yield what is wrong with the order of the days of the steps that were taken."""
    if commitment.last_arm_due <= commitment.committed_on:
        yield "The last arm is due after the day of the commitment."
    steps = [commitment.committed_on, *drawn_on]
    if any(later < earlier for earlier, later in pairwise(steps)):
        yield "A draw is not before its commitment, nor before an earlier draw."
    if opened_on and opened_on < max(steps[-1], commitment.last_arm_due):
        yield "The opening is not before the last draw, nor before the last arm is due."


def require_order(commitment: Commitment, drawn_on: Sequence[str] = (), opened_on: str | None = None) -> None:
    """Refuse a step on a day that cannot be; raises UsageError ``wrong-order-of-days``."""
    fix = "Give the day on which the step is taken with --date, and with --due a later one."
    issues = [
        Issue("wrong-order-of-days", commitment.round or "draw", problem, fix)
        for problem in wrong_days(commitment, drawn_on, opened_on)
    ]
    if issues:
        raise UsageError(issues)
