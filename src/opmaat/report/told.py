"""Counts as they may be told in a report: none below ten, and none from which one below ten follows."""

from __future__ import annotations

from opmaat.pages.numbers import number, percentage
from opmaat.pages.small_counts import BELOW, SMALLEST
from opmaat.pages.wording import Wording
from opmaat.report.measures import Measure


def may_be_told(count: int, of: int) -> bool:
    """Tell whether a part of a whole can be told without a count below ten.

    >>> may_be_told(12, 40), may_be_told(9, 40), may_be_told(38, 40), may_be_told(40, 40)
    (True, False, False, True)
    """
    return count >= SMALLEST and (of - count >= SMALLEST or of == count)


def mean_may_be_told(mean: float, people: int, measure: Measure) -> bool:
    """Tell whether a mean of people can be told; a share is told as the count behind it is."""
    if measure.reading == "points":
        return may_be_told(round(mean * people), people)
    return people >= SMALLEST


def count_told(count: int, wording: Wording) -> str:
    """Return a count of ten or more, or that it is below ten."""
    return BELOW if count < SMALLEST else number(count, 0, wording.language)


def part_told(count: int, of: int, wording: Wording) -> str:
    """Return a count that is part of a whole that is told; nothing that would tell a count below ten."""
    if count < SMALLEST or may_be_told(count, of):
        return count_told(count, wording)
    return wording.say("counts.withheld")


def share_told(count: int, of: int, wording: Wording) -> str:
    """Return the share of a whole that a count is, or the words for one that is not told."""
    if may_be_told(count, of):
        return percentage(count / of, wording.language)
    return part_told(count, of, wording)
