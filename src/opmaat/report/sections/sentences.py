"""Plain sentences about estimates, and about the analyses behind them."""

from __future__ import annotations

import math
from typing import Literal

from opmaat.evaluate.model import Interval
from opmaat.pages.numbers import confidence, number
from opmaat.pages.wording import Wording
from opmaat.report.findings import WEAK_FIRST_STAGE_F, Finding, bounds
from opmaat.report.measures import Measure


def sentence(finding: Finding, measure: Measure, *, comparisons: int, wording: Wording) -> str:
    """Return what was found, in words that say no more than the interval.

    ``comparisons`` is the number of comparisons in the estimate's family.
    """
    if finding.verdict == "cannot_tell":
        return _silence(finding, wording)
    name = interval_name(finding, wording)
    span = range_phrase(finding.interval, measure, wording)
    if finding.verdict != "not_shown":
        point = point_phrase(finding, measure, wording)
        return wording.say("found.direction", point=point, interval=name, range=span)
    if measure.reading == "unit":
        span = wording.say("found.in_unit", range=span, unit=measure.unit(wording))
    key = "found.no_difference" if finding.held_back is None else "found.held_back"
    return wording.say(key, comparisons=comparisons, interval=name, range=span)


def interval_name(finding: Finding, wording: Wording) -> str:
    """Return the name of the interval that counts, with its confidence."""
    level = confidence(finding.interval.confidence, wording.language)
    return wording.say(f"found.{finding.basis}", confidence=level)


def range_phrase(interval: Interval, measure: Measure, wording: Wording) -> str:
    """Return between which values an interval lies, as distances below and above no difference.

    The outcome's own unit can be long, and is left to the sentence around it.
    """
    low, high = (_rounded(measure.shown(end), measure.decimals) for end in bounds(interval))
    if not math.isfinite(low) and not math.isfinite(high):
        return wording.say("range.none")
    if not math.isfinite(high):
        return _open_range("upwards", low, measure, wording)
    if not math.isfinite(low):
        return _open_range("downwards", high, measure, wording)
    return _closed_range(low, high, measure, wording)


def _closed_range(low: float, high: float, measure: Measure, wording: Wording) -> str:
    """Return the phrase for two bounds."""
    near, far = sorted((low, high), key=abs)
    if far == 0:
        return wording.say("range.no_difference")
    unit = _short_unit(measure, wording)
    if low < 0 < high:
        return wording.say(
            "range.across", low=_size(low, measure, wording), high=_size(high, measure, wording), unit=unit
        )
    known = {"high": _size(far, measure, wording), "unit": unit, "direction": _direction(far, wording)}
    if near == 0:
        return wording.say("range.from_zero", **known)
    return wording.say("range.same", low=_size(near, measure, wording), **known)


def _open_range(
    goes_on: Literal["upwards", "downwards"], end: float, measure: Measure, wording: Wording
) -> str:
    """Return the phrase for an interval that goes on without limit from one bound."""
    if end == 0:
        return wording.say(f"range.{goes_on}_zero")
    away_from_zero = (end > 0) == (goes_on == "upwards")
    return wording.say(
        "range.beyond" if away_from_zero else f"range.{goes_on}",
        value=_size(end, measure, wording),
        unit=_short_unit(measure, wording),
        direction=_direction(end, wording),
    )


def point_phrase(finding: Finding, measure: Measure, wording: Wording) -> str:
    """Return the estimate as a distance from no difference."""
    point = _rounded(measure.shown(finding.estimate.point), measure.decimals)
    if point == 0:
        return wording.say(
            "range.less_than",
            value=number(10.0**-measure.decimals, measure.decimals, wording.language),
            unit=f" {measure.unit(wording)}",
            direction=_direction(finding.estimate.point, wording),
        )
    return wording.say(
        "range.point",
        value=_size(point, measure, wording),
        unit=f" {measure.unit(wording)}",
        direction=_direction(point, wording),
    )


def _short_unit(measure: Measure, wording: Wording) -> str:
    """Return percentage points or percent after a space; nothing for the outcome's own unit."""
    return "" if measure.reading == "unit" else f" {measure.unit(wording)}"


def _silence(finding: Finding, wording: Wording) -> str:
    """Return why nothing can be said."""
    first = finding.estimate.first_stage
    if finding.reason == "weak" and first is not None:
        known = math.isfinite(first.f_statistic)
        f = number(first.f_statistic, 1, wording.language) if known else wording.say("unit.not_available")
        return wording.say("found.weak", f=f, least=number(WEAK_FIRST_STAGE_F, 0, wording.language))
    return wording.say(f"found.{finding.reason}")


def _rounded(value: float, decimals: int) -> float:
    """Round as the printed number is, so that words and digits agree about zero."""
    return float(f"{value:.{decimals}f}") if math.isfinite(value) else value


def _size(value: float, measure: Measure, wording: Wording) -> str:
    """Return a distance from zero without a sign."""
    return number(abs(value), measure.decimals, wording.language)


def _direction(value: float, wording: Wording) -> str:
    """Return the word for a value's side of zero."""
    return wording.say("found.higher" if value > 0 else "found.lower")
