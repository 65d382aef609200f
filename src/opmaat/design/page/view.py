"""Everything the page of the plan shows in one language, as ready texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from opmaat.core.texts import Language
from opmaat.design.model import Caution, Comparison, JointPower, Plan
from opmaat.design.page.figure import power_figure
from opmaat.design.page.tables import arms_table, assumptions_table, effects_table, steps_table
from opmaat.design.page.words import Words
from opmaat.pages.figure import Figure
from opmaat.pages.tables import Table
from opmaat.pages.wording import Wording, capital, load_wording
from opmaat.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether one comparison is large enough, in a sentence."""

    pairs: str
    enough: bool
    verdict: str
    sentence: str


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """The answers of one estimand among those drawn, or those who join."""

    population: str
    answers: tuple[Answer, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Question:
    """One estimand: its answers, its picture and what extra participants buy."""

    title: str
    smallest: str
    groups: tuple[AnswerGroup, ...]
    figure: Figure | None
    steps: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class View:
    """Everything the page shows in one language."""

    wording: Wording
    title: str
    facts: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]
    cautions: tuple[str, ...]
    arms: Table
    effects: tuple[Table, ...]
    assumptions: Table

    @property
    def language(self) -> Language:
        """The language of the texts."""
        return self.wording.language


def view_in(language: Language, protocol: Protocol, plan: Plan) -> View:
    """Return everything the page shows in one language."""
    words = Words(protocol, plan, load_wording(language, "opmaat.design.page"))
    return View(
        wording=words.wording,
        title=protocol.title.in_language(language),
        facts=tuple(_facts(words)),
        questions=tuple(_questions(words)),
        cautions=tuple(_cautions(words)),
        arms=arms_table(words),
        effects=tuple(_effects(words)),
        assumptions=assumptions_table(words),
    )


def _facts(words: Words) -> Iterator[tuple[str, str]]:
    """Yield what the plan is about."""
    protocol, plan = words.protocol, words.plan
    if protocol.municipality:
        yield words.say("page.municipality"), protocol.municipality
    description = protocol.population.description.in_language(words.wording.language)
    yield words.say("page.population"), description
    yield words.say("page.invited"), words.people(plan.invited)
    yield words.say("page.joined"), words.people(sum(numbers.joined for numbers in plan.arms))
    order = "after_consent" if plan.after_consent else "before_invitation"
    yield words.say("page.timing"), words.say(f"page.{order}")
    yield words.say("page.aim"), words.say("page.aim_value", aim=words.aim())


def _questions(words: Words) -> Iterator[Question]:
    """Yield the first analysis of every estimand, primary ones first."""
    leading = sorted((item for item in words.plan.comparisons if item.leading), key=lambda x: not x.primary)
    for _, items in groupby(leading, key=lambda item: item.estimand):
        comparisons = list(items)
        first = comparisons[0]
        alike = _alike(words, comparisons)
        yield Question(
            title=capital(words.outcome(first.outcome, first.month)),
            smallest=words.say("answer.smallest", effect=words.effect(first.smallest_effect, first)),
            groups=tuple(_groups(words, alike)),
            figure=power_figure(words, _in_short(words, alike))
            if first.curve and first.curve[-1].joined
            else None,
            steps=tuple(_steps(words, alike)),
        )


def _has_curve(item: Comparison) -> bool:
    """Tell whether there is anyone to draw a curve of."""
    return bool(item.curve and item.curve[-1].joined)


def _alike(words: Words, comparisons: Sequence[Comparison]) -> list[tuple[str, Comparison]]:
    """Return one of the comparisons that are the same in all their numbers, with the words for all."""
    grouped: dict[tuple[object, ...], list[Comparison]] = {}
    for item in comparisons:
        key = (item.population, item.measured, item.takes_up)
        grouped.setdefault(key, []).append(item)
    return [(_pairs(words, same), same[0]) for same in grouped.values()]


def _pairs(words: Words, same: Sequence[Comparison]) -> str:
    """Name comparisons together: all with control, all pairs, or one after the other."""
    arms, control = len(words.protocol.arms), words.protocol.control
    if len(same) == arms * (arms - 1) / 2 > 1:
        return words.say("more.all_pairs")
    if len(same) == arms - 1 > 1 and all(item.contrast[1] == control for item in same):
        return words.say("more.all_arms", control=words.arm(control))
    return "; ".join(words.pair(item.contrast) for item in same)


def _steps(words: Words, alike: Sequence[tuple[str, Comparison]]) -> Iterator[Table]:
    """Yield what extra participants buy, among those drawn and among those who join."""
    for _, members in groupby(_in_short(words, alike), key=lambda pair: pair[1].population):
        group = list(members)
        if group[0][1].steps:
            yield steps_table(words, group)


def _in_short(words: Words, alike: Sequence[tuple[str, Comparison]]) -> list[tuple[str, Comparison]]:
    """Name comparisons by their arm alone where all of them are with the same other arm."""
    if len({item.contrast[1] for _, item in alike}) > 1:
        return list(alike)
    all_pairs = {words.pair(item.contrast): words.arm(item.contrast[0]) for _, item in alike}
    return [(all_pairs.get(pairs, pairs), item) for pairs, item in alike]


def _effects(words: Words) -> Iterator[Table]:
    """Yield a table of every estimand's comparisons."""
    for estimand in words.protocol.estimands:
        comparisons = [item for item in words.plan.comparisons if item.estimand == estimand.id]
        if comparisons:
            yield effects_table(words, comparisons)


def _groups(words: Words, alike: Sequence[tuple[str, Comparison]]) -> Iterator[AnswerGroup]:
    """Yield the answers among those drawn, and among those who join."""
    for population, members in groupby(alike, key=lambda pair: pair[1].population):
        answers = [_answer(words, pairs, item) for pairs, item in members]
        item = next(one for _, one in alike if one.population == population)
        joint = next((j for j in words.plan.together if _belongs(j, item)), None)
        yield AnswerGroup(words.population(population), tuple(answers), _together(words, joint))


def _belongs(joint: JointPower, item: Comparison) -> bool:
    """Tell whether a joint power is that of a comparison's estimand."""
    mine = (joint.analysis, joint.estimand, joint.population)
    return mine == (item.analysis, item.estimand, item.population)


def _together(words: Words, joint: JointPower | None) -> str:
    """Say the power of several arms together."""
    if joint is None:
        return ""
    any_pair, all_pairs = words.chance(joint.any_pair), words.chance(joint.all_pairs)
    return words.say("answer.together", any_pair=any_pair, all_pairs=all_pairs)


def _answer(words: Words, pairs: str, item: Comparison) -> Answer:
    """Say what one comparison can show."""
    enough = item.power >= words.plan.aim
    effect, power = words.effect(item.smallest_effect, item), words.chance(item.power)
    parts = []
    if item.detectable is None or item.detectable_average is None:
        parts.append(words.say("answer.sentence_none", effect=effect, power=power, aim=words.aim()))
    else:
        detectable = words.effect(item.detectable, item)
        said = words.say(
            "answer.sentence", effect=effect, power=power, detectable=detectable, aim=words.aim()
        )
        parts.append(said)
        if item.takes_up < 1:
            average = words.effect(item.detectable_average, item)
            share = words.chance(item.takes_up)
            parts.append(words.say("answer.average", average=average, share=share))
    if not enough:
        parts.append(_needed(words, item))
    verdict = words.say("answer.verdict_enough" if enough else "answer.verdict_small")
    return Answer(capital(pairs), enough, verdict, " ".join(parts))


def _needed(words: Words, item: Comparison) -> str:
    """Say how many would have to be invited."""
    if item.needed is None:
        return words.say("answer.needed_none")
    return words.say("answer.needed", number=words.people(item.needed), aim=words.aim())


def _cautions(words: Words) -> Iterator[str]:
    """Yield the cautions in words; arms of which the same is to be said are named together."""
    grouped: dict[str, list[Caution]] = {}
    for item in words.plan.cautions:
        grouped.setdefault(_caution(words, item, arms=""), []).append(item)
    for same in grouped.values():
        arms = dict.fromkeys(words.arm(item.arm) for item in same if item.arm)
        yield _caution(words, same[0], arms=", ".join(f"‘{arm}’" for arm in arms))


def _caution(words: Words, item: Caution, *, arms: str) -> str:
    """Return a caution in words."""
    number = 0.0 if item.number is None else item.number
    share = item.code == "too-small"
    return words.say(
        f"cautions.{item.code}",
        arms=arms,
        outcome=words.outcome(item.outcome) if item.outcome else "",
        estimand=item.estimand or "",
        population=words.population(item.population).lower() if item.population else "",
        number=words.chance(number) if share else words.number(number),
        aim=words.aim(),
    )
