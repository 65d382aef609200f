"""In which unit, and in how many digits, the numbers of one outcome are shown."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from opmaat.evaluate.model import Estimate, Interval
from opmaat.pages.numbers import decimals_for, number
from opmaat.pages.wording import Wording
from opmaat.protocol.data import Outcome
from opmaat.report.findings import bounds, direction_of

_LARGEST_EXPONENT = 700.0
_EXTRA_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Measure:
    """How differences in one outcome are read: in percentage points, percent, or the outcome's own unit.

    ``decimals`` is for a sentence or a figure, ``table_decimals`` for a table in the analysis's own unit.
    """

    outcome: Outcome
    reading: Literal["points", "percent", "unit"]
    decimals: int
    table_decimals: int

    def shown(self, value: float) -> float:
        """Return a difference as it is read: times 100, or exp(b) - 1 in percent, or as it is."""
        if self.reading == "points":
            return 100 * value
        return 100 * math.expm1(min(value, _LARGEST_EXPONENT)) if self.reading == "percent" else value

    def in_table(self, value: float) -> float:
        """Return a number in the table's unit: a binary outcome's in percentage points."""
        return 100 * value if self.reading == "points" else value

    def unit(self, wording: Wording) -> str:
        """Return the unit of what is shown."""
        if self.reading == "unit":
            return self.outcome.unit.in_language(wording.language)
        return wording.say(f"unit.{self.reading}")

    def table_unit(self, wording: Wording) -> str:
        """Return the unit of the table, in which a logarithm stays one, as the protocol names it."""
        if self.reading == "percent":
            return self.outcome.unit.in_language(wording.language)
        return self.unit(wording)


def measure_of(outcome: Outcome, estimates: Iterable[Estimate]) -> Measure:
    """Return how an outcome's differences are shown, with digits that follow from its standard errors.

    The smallest standard error gets two significant digits in sentences and three in tables; sentences get
    more when an interval that leaves out zero would otherwise seem to touch it.
    """
    reading: Literal["points", "percent", "unit"] = "unit"
    if outcome.transform == "log":
        reading = "percent"
    elif outcome.kind == "binary":
        reading = "points"
    known = list(estimates)
    sizes = [e.std_error for e in known if math.isfinite(e.std_error) and e.std_error > 0]
    smallest = min(sizes, default=0.0)
    factor = 1 if reading == "unit" else 100
    table = decimals_for(smallest * (100 if reading == "points" else 1), 3)
    rough = Measure(outcome, reading, decimals_for(smallest * factor, 2), table)
    intervals = [i for e in known for i in (e.interval, e.simultaneous) if i and direction_of(i)]
    return Measure(outcome, reading, _enough_decimals(rough, intervals), table)


def _enough_decimals(measure: Measure, intervals: list[Interval]) -> int:
    """Return the decimals with which no bound reads as zero that is not, within reason."""
    ends = [measure.shown(end) for interval in intervals for end in bounds(interval) if math.isfinite(end)]
    smallest = min((abs(end) for end in ends if end), default=math.inf)
    for decimals in range(measure.decimals, measure.decimals + _EXTRA_DECIMALS):
        if smallest >= 0.5 * 10.0**-decimals:
            return decimals
    return measure.decimals


def shown_interval(interval: Interval, measure: Measure, wording: Wording) -> str:
    """Return an interval's two numbers as they are read; a missing bound is said in words."""
    low, high = (measure.shown(end) for end in bounds(interval))
    return _two_numbers(low, high, measure.decimals, wording)


def table_interval(interval: Interval, measure: Measure, wording: Wording) -> str:
    """Return an interval's two numbers in the table's unit; a missing bound is said in words."""
    low, high = (measure.in_table(end) for end in bounds(interval))
    return _two_numbers(low, high, measure.table_decimals, wording)


def table_number(value: float | None, decimals: int, wording: Wording) -> str:
    """Return a number, or the words for none."""
    if value is None or not math.isfinite(value):
        return wording.say("unit.not_available")
    return number(value, decimals, wording.language)


def degrees(df: float, wording: Wording) -> str:
    """Return degrees of freedom, with a decimal where they are not whole."""
    return table_number(df, 0 if float(df).is_integer() else 1, wording)


def _two_numbers(low: float, high: float, decimals: int, wording: Wording) -> str:
    """Return both ends in words."""
    ends = {
        name: number(end, decimals, wording.language)
        for name, end in (("low", low), ("high", high))
        if math.isfinite(end)
    }
    key = {(): "none", ("low",): "from", ("high",): "to", ("low", "high"): "numbers"}[tuple(ends)]
    return wording.say(f"range.{key}", **ends)
