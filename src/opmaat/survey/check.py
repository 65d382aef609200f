"""Check the items of a questionnaire: what they refer to exists, and scales are whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from opmaat.core.errors import did_you_mean
from opmaat.protocol.finding import Finding
from opmaat.survey.items import AskWhen, Item, Number, Rating, SeveralChoices, answers_of
from opmaat.survey.scale import Scale, scale, scale_names

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
RESERVED = ("person", "wave", "given_on")


def check_items(items: Mapping[str, Item]) -> Iterator[Finding]:
    """Yield what does not fit together in the items; a finding's path starts with the item's name.

    Examples
    --------
    >>> from opmaat.survey.scale import items_of
    >>> [finding.code for finding in check_items({"wave": items_of(scale("health"))["health"]})]
    ['reserved-name']
    """
    for position, (name, item) in enumerate(items.items()):
        yield from _check_name(name)
        yield from _check_answers(name, item)
        earlier = dict(list(items.items())[:position])
        for number, rule in enumerate(item.ask_when):
            yield from _check_rule((name, "ask_when", number), rule, earlier, items)
    for name in scale_names():
        yield from _check_scale(scale(name), items)


def scales_in(items: Mapping[str, Item]) -> tuple[Scale, ...]:
    """Return the scales whose items are all there, in the order of their names."""
    return tuple(found for found in map(scale, scale_names()) if set(found.items) <= set(items))


def _check_name(name: str) -> Iterator[Finding]:
    """Check that an item can be the name of a column."""
    if not _NAME.fullmatch(name):
        problem = f"'{name}' can not be the name of an item."
        yield Finding((name,), "wrong-name", problem, "Use letters, digits and _, a letter first.")
    elif name in RESERVED:
        problem = f"'{name}' is the name of another column of the answers."
        yield Finding((name,), "reserved-name", problem, "Give the item another name.")


def _check_answers(name: str, item: Item) -> Iterator[Finding]:
    """Check that an item's answers make sense by themselves."""
    if isinstance(item, Rating | Number) and not item.lowest < item.highest:
        problem = f"The lowest answer of '{name}' is not below the highest."
        yield Finding((name, "lowest"), "ends-not-ascending", problem, "Exchange them, or change one.")
    if isinstance(item, Rating):
        for number in item.labels:
            if not item.lowest <= number <= item.highest:
                problem = f"The label of {number} is of no answer to '{name}'."
                yield Finding((name, "labels", number), "label-outside-scale", problem, "Take it out.")
    if isinstance(item, SeveralChoices):
        for answer in item.choices:
            if " " in answer:
                problem = f"The choice '{answer}' of '{name}' has a space, which stands between choices."
                yield Finding((name, "choices", answer), "space-in-choice", problem, "Use _ for it.")


def _check_rule(
    path: tuple[str | int, ...], rule: AskWhen, earlier: Mapping[str, Item], items: Mapping[str, Item]
) -> Iterator[Finding]:
    """Check that a skip rule speaks of answers that can have been given by then."""
    if rule.item not in items:
        problem = f"'{rule.item}' is not an item of this questionnaire."
        yield Finding((*path, "item"), "unknown-item", problem, did_you_mean(rule.item, earlier))
        return
    if rule.item not in earlier:
        problem = f"'{rule.item}' is asked later, so its answer is not known yet."
        yield Finding((*path, "item"), "asked-later", problem, "Put it before the items that depend on it.")
        return
    known = answers_of(items[rule.item])
    if not known:
        problem = f"'{rule.item}' has no list of answers to choose from."
        yield Finding((*path, "item"), "no-answers-to-compare", problem, "Use a rating or a choice.")
        return
    for answer in rule.answers:
        if answer not in known:
            problem = f"'{answer}' is not an answer to '{rule.item}'."
            yield Finding((*path, "answers"), "unknown-answer", problem, did_you_mean(answer, known))


def _check_scale(found: Scale, items: Mapping[str, Item]) -> Iterator[Finding]:
    """Check that a scale is there as a whole or not at all, with its own answers."""
    present = [name for name in found.items if name in items]
    lacking = [name for name in found.items if name not in items]
    if present and lacking:
        problem = f"The scale '{found.scale}' lacks {', '.join(lacking)}."
        yield Finding((present[0],), "incomplete-scale", problem, "Add them, or rename those that are here.")
    lowest, highest = found.answers.lowest, found.answers.highest
    for name in present:
        item = items[name]
        if item.kind != found.answers.kind:
            problem = f"'{name}' is a {item.kind}; the scale '{found.scale}' needs a {found.answers.kind}."
            yield Finding((name,), "other-answers-than-scale", problem, "Change it, or rename the item.")
        elif isinstance(item, Rating | Number) and (item.lowest, item.highest) != (lowest, highest):
            own = f"{item.lowest:g} to {item.highest:g}"
            problem = f"'{name}' runs from {own}, and its scale from {lowest} to {highest}."
            yield Finding((name,), "other-answers-than-scale", problem, "Change it, or rename the item.")
