"""Whether a step may be taken now: pure functions of counts, days and what was done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from opmaat.core.errors import Issue

JOINED = ("signed_up", "to_be_told", "told", "taking_part")
CAN_START = "told"
_STARTED = "taking_part"


def against_start(
    *, joined: int, to_start: int, threshold: int | None, has_started: bool, paused: bool
) -> Iterator[Issue]:
    """Yield what stands in the way of starting now; the threshold is of the first start only.

    >>> [issue.code for issue in against_start(
    ...     joined=249, to_start=249, threshold=250, has_started=False, paused=False)]
    ['too-few-joined']
    """
    if paused:
        problem, fix = "The study is paused.", "Resume it first, with the reason."
        yield Issue("paused", "start", problem, fix)
    if threshold is not None and joined < threshold and not has_started:
        problem = f"{joined} households joined, and the experiment starts with {threshold} or more."
        fix = f"Invite more: {threshold - joined} are still missing."
        yield Issue("too-few-joined", "start", problem, fix)
    if not to_start:
        problem = "There is no household that was told its approach and did not start yet."
        yield Issue("nobody-to-start", "start", problem, "Send the letters that tell the approach first.")


def against_first_day(first_day: date, *, today: date, drawn_on: date) -> Iterator[Issue]:
    """Yield why an experiment cannot have started on a day: it was not drawn yet, or the day is to come.

    >>> day = date(2017, 11, 1)
    >>> [issue.code for issue in against_first_day(day, today=day, drawn_on=day)]
    []
    """
    if first_day > today:
        problem, fix = "That day is still to come.", "Press the button on the day itself or later."
        yield Issue("day-to-come", "start", problem, fix)
    if first_day < drawn_on:
        problem = f"Lots were drawn on {drawn_on}, and nobody starts before that."
        yield Issue("day-before-draw", "start", problem, "Give the day on which the experiment began.")
