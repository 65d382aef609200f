"""The tables of the plan: numbers by arm, all comparisons, extra participants, assumptions."""

from __future__ import annotations

from collections.abc import Sequence

from opmaat.design.model import Assumption, Comparison
from opmaat.design.page.words import Words
from opmaat.pages.numbers import percentage
from opmaat.pages.tables import Column, Table
from opmaat.pages.wording import capital
from opmaat.protocol.planning import SurvivalMeasure


def arms_table(words: Words) -> Table:
    """Return the expected numbers of each arm."""
    rows = [
        (
            words.arm(numbers.arm),
            words.number(numbers.drawn),
            words.number(numbers.joined),
            words.number(numbers.joined * numbers.takes_up),
        )
        for numbers in words.plan.arms
    ]
    total = (
        words.say("numbers.total"),
        words.number(sum(numbers.drawn for numbers in words.plan.arms)),
        words.number(sum(numbers.joined for numbers in words.plan.arms)),
        words.number(sum(numbers.joined * numbers.takes_up for numbers in words.plan.arms)),
    )
    unit = words.say(f"numbers.unit_{words.protocol.population.unit}")
    columns = (
        Column(words.say("numbers.arm"), "text"),
        *(Column(words.say(f"numbers.{key}")) for key in ("drawn", "joined", "takes_up")),
    )
    return Table(words.say("numbers.caption", unit=unit), columns, (*rows, total))


def effects_table(words: Words, comparisons: Sequence[Comparison]) -> Table:
    """Return every comparison of one estimand, of all its analyses; effects in the unit of the outcome."""
    first = comparisons[0]
    texts = [Column(words.say(f"effects.{key}"), "text") for key in ("pair", "analysis", "population")]
    keys = ("measured", "power", "detectable", "average", "needed")
    columns = (
        *texts,
        *(Column(words.say(f"effects.{key}")) for key in keys),
        Column(words.say("effects.threshold"), "text"),
    )
    caption = words.say(
        "effects.caption",
        estimand=first.estimand,
        outcome=capital(words.outcome(first.outcome, first.month)),
        smallest=words.effect(first.smallest_effect, first),
        unit=words.unit(first),
    )
    return Table(caption, columns, tuple(_effects_row(words, item) for item in comparisons))


def _effects_row(words: Words, item: Comparison) -> tuple[str, ...]:
    """Return one comparison."""
    dash = words.say("effects.dash")
    first, second = (words.number(people) for people in item.measured)
    threshold = words.say(
        f"effects.{item.rule}",
        value=words.number(item.critical_value, 2),
        tests=item.tests,
    )
    return (
        words.pair(item.contrast),
        item.analysis,
        words.say(f"effects.{item.population}"),
        f"{first} / {second}",
        words.chance(item.power),
        dash if item.detectable is None else words.size(item.detectable, item),
        dash if item.detectable_average is None else words.size(item.detectable_average, item),
        dash if item.needed is None else words.number(item.needed),
        threshold,
    )


def steps_table(words: Words, alike: Sequence[tuple[str, Comparison]]) -> Table:
    """Return what each extra hundred participants buys for the comparisons of one estimand."""
    first = alike[0][1]
    columns = [Column(words.say("more.participants"), "text"), Column(words.say("more.invited"))]
    for arms, _ in alike:
        key = "alone" if len(alike) == 1 else "of"
        columns += [Column(words.say(f"more.{what}_{key}", arms=arms)) for what in ("power", "detectable")]
    rows = []
    for place, point in enumerate(first.steps):
        row = [words.number(point.joined), words.number(point.invited)]
        for _, item in alike:
            there = item.steps[place]
            found = None if there.detectable is None else words.size(there.detectable, item)
            row += [words.chance(there.power), found or words.say("more.none")]
        rows.append(tuple(row))
    caption = words.say(
        "more.caption",
        estimand=first.estimand,
        outcome=capital(words.outcome(first.outcome, first.month)),
        population=words.population(first.population).lower(),
        effect=words.effect(first.smallest_effect, first),
        unit=words.unit(first),
    )
    return Table(caption, tuple(columns), tuple(rows))


def assumptions_table(words: Words) -> Table:
    """Return every assumption with its source, or the word that it has none."""
    headings = ("what", "value", "source")
    columns = tuple(
        Column(words.say(f"assumptions.{key}"), "number" if key == "value" else "text") for key in headings
    )
    rows = tuple(
        (_what(words, item), _value(words, item), item.source or words.say("assumptions.none"))
        for item in words.plan.assumptions
    )
    return Table(words.say("assumptions.caption"), columns, rows)


def _what(words: Words, item: Assumption) -> str:
    """Say in words which number an assumption is."""
    match item.path:
        case ("recruitment", "joins"):
            return words.say("assumptions.joins")
        case ("recruitment", "joins_by_arm", arm) | ("takes_up", arm):
            return words.say(f"assumptions.{item.path[-2]}", name=words.arm(arm))
        case ("waves", wave, key):
            return words.say(f"assumptions.{key}", name=wave)
        case ("clusters", level, key):
            return words.say(f"assumptions.{key}", name=words.say(f"assumptions.{level}"))
        case ("outcomes", outcome, "intracluster", level):
            inside = words.say(f"assumptions.{level}")
            return words.say("assumptions.intracluster", name=words.outcome(outcome), level=inside)
        case _:
            return _about_outcome(words, item.path[1], item.path[2:])


def _about_outcome(words: Words, outcome: str, rest: Sequence[str]) -> str:
    """Say which number of an outcome an assumption is."""
    key, name = f"assumptions.{'_'.join(rest)}", words.outcome(outcome)
    planning = words.protocol.planning
    measure = planning.outcomes[outcome].measure if planning else None
    if rest[-1] == "base" and isinstance(measure, SurvivalMeasure):
        return words.say(f"{key}_by_month", name=name, month=measure.by_month)
    return words.say(key, name=name)


_NOT_A_PERCENTAGE = {
    "size",
    "variation",
    "sd",
    "baseline_correlation",
    "autocorrelation",
    "household",
    "caseworker",
    "cluster",
}


def _value(words: Words, item: Assumption) -> str:
    """Return the number, as a percentage where it is a share of people."""
    is_icc = item.path[-2] == "intracluster"
    if item.path[-1] in _NOT_A_PERCENTAGE and (is_icc or item.path[0] in ("outcomes", "clusters")):
        decimals = next((d for d in range(5) if abs(round(item.value, d) - item.value) < 1e-9), 4)
        return words.number(item.value, decimals)
    return percentage(item.value, words.language, 0 if abs(100 * item.value % 1) < 1e-9 else 1)
