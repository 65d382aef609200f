"""The picture of power against the number of participants."""

from __future__ import annotations

from collections.abc import Sequence

from opmaat.design.model import Comparison
from opmaat.design.page.words import Words
from opmaat.pages.figure import Figure
from opmaat.pages.lines import Axis, Line, LineChart, line_figure, round_axis
from opmaat.pages.numbers import percentage


def power_figure(words: Words, named: Sequence[tuple[str, Comparison]]) -> Figure:
    """Return the power curves of the comparisons of one estimand, each with the words for its arms."""
    first = named[0][1]
    several = len({item.population for _, item in named}) > 1
    now = sum(numbers.joined for numbers in words.plan.arms)
    lines = [
        Line(_label(words, arms, item, several=several), _points(item), style)
        for style, (arms, item) in enumerate(named)
    ]
    chart = LineChart(
        lines=lines,
        across=_participants(words, [x for line in lines for x, _ in line.points]),
        upwards=_power(words),
        across_at=(now, words.say("more.planned", number=words.number(now))),
        upwards_at=(words.plan.aim, words.say("more.aim")),
    )
    told = " ".join(_told(words, line.label, item, now) for line, (_, item) in zip(lines, named, strict=True))
    title = words.say("more.figure", effect=words.effect(first.smallest_effect, first))
    return line_figure(chart, title=title, alt=words.say("more.alt", lines=told))


def _label(words: Words, arms: str, item: Comparison, *, several: bool) -> str:
    """Return the words of a curve."""
    return f"{arms} ({words.population(item.population).lower()})" if several else arms


def _points(item: Comparison) -> tuple[tuple[float, float], ...]:
    """Return the points of a curve."""
    return tuple((point.joined, point.power) for point in item.curve)


def _participants(words: Words, counts: Sequence[float]) -> Axis:
    """Return the axis of participants, which ends where the curves end."""
    whole = round_axis(words.say("more.axis"), [0, *counts], words.number, least=1)
    most = max(counts)
    return Axis(whole.words, (0, most), tuple(tick for tick in whole.ticks if tick[0] <= most))


def _power(words: Words) -> Axis:
    """Return the axis of power, with the power that is aimed at among its ticks."""
    ticks = sorted({0, 0.2, 0.4, 0.6, 0.8, 1, words.plan.aim})
    return Axis("", (0, 1), tuple((tick, percentage(tick, words.language, 0)) for tick in ticks))


def _told(words: Words, label: str, item: Comparison, now: float) -> str:
    """Say what one curve shows."""
    return words.say(
        "more.alt_line",
        label=label,
        power=words.chance(item.power),
        participants=words.number(now),
        more=words.chance(item.curve[-1].power),
        most=words.number(item.curve[-1].joined),
    )
