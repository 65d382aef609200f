"""Scales: which items belong together, how they are scored, and where that comes from. Scales are data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, MinLen
from pydantic import TypeAdapter

from opmaat.core.errors import Issue, ProtocolError, did_you_mean
from opmaat.core.texts import Text
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS
from opmaat.survey.items import Item, Number, Rating

_HOME = Path(__file__).parent / "scales"
_adapter = cache(lambda: TypeAdapter(Scale))


@dataclass(frozen=True, kw_only=True)
class ScaleItem:
    """One item of a scale. ``reversed`` items count the other way round.

    ``text`` is there only where the item may be handed out with Opmaat.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    reversed: bool = False
    text: Text | None = None


@dataclass(frozen=True, kw_only=True)
class AnswerRange:
    """What answers the items of a scale have: ratings, or numbers that are typed in, between two ends."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    kind: Literal["rating", "number"]
    lowest: int
    highest: int
    whole: bool = True
    labels: Mapping[int, Text] = field(default_factory=dict)
    unit: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """How answers become a score.

    ``mean``: the mean of the answers. ``sum``: that mean times the number of items, which is the sum when
    none is missing. There is no score when fewer than ``at_least`` items were answered.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    rule: Literal["mean", "sum"]
    at_least: Annotated[int, Ge(1)]
    source: Annotated[str, MinLen(1)]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where an instrument was published; Opmaat's own items say so."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    title: Annotated[str, MinLen(1)]
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A scale of one or more items.

    ``reliability`` says what was published, or that it is unknown; ``better`` which way is an improvement;
    ``licence`` what may be done with the items.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    scale: Annotated[str, MinLen(1)]
    title: Text
    items: Annotated[Mapping[str, ScaleItem], MinLen(1)]
    answers: AnswerRange
    scoring: Scoring
    better: Literal["higher", "lower", "undecided"]
    reliability: Annotated[str, MinLen(1)]
    source: Source
    licence: Annotated[str, MinLen(1)]

    @property
    def score_range(self) -> tuple[float, float]:
        """Lowest and highest score."""
        times = len(self.items) if self.scoring.rule == "sum" else 1
        return self.answers.lowest * times, self.answers.highest * times

    @property
    def has_texts(self) -> bool:
        """Whether the items come with Opmaat."""
        return all(item.text is not None for item in self.items.values())


def scale_names() -> list[str]:
    """Return the names of all scales, sorted.

    >>> "happiness" in scale_names()
    True
    """
    return list(_names())


@cache
def _names() -> tuple[str, ...]:
    """Return the names of the files of scales that the package has."""
    return tuple(sorted(file.stem for file in _HOME.glob("*.yaml")))


@cache
def scale(name: str) -> Scale:
    """Return a scale by its name; raises ProtocolError when there is none.

    Examples
    --------
    >>> scale("general_self_efficacy").score_range, scale("general_self_efficacy").has_texts
    ((10, 40), False)
    """
    from ruamel.yaml import YAML

    file = _HOME / f"{name}.yaml"
    if name not in scale_names():
        problem = f"There is no scale '{name}'."
        raise ProtocolError([Issue("unknown-scale", name, problem, did_you_mean(name, scale_names()))])
    return _adapter().validate_python(
        YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")),
    )


def items_of(scale: Scale) -> dict[str, Item]:
    """Return the items of a scale that come with Opmaat, as a questionnaire asks them.

    Examples
    --------
    >>> list(items_of(scale("social_trust")))
    ['social_trust_1', 'social_trust_2']
    """
    return {
        name: _item(scale.answers, item.text) for name, item in scale.items.items() if item.text is not None
    }


def _item(answers: AnswerRange, text: Text) -> Item:
    """Return one item as a questionnaire asks it."""
    if answers.kind == "rating":
        return Rating(
            kind="rating", text=text, lowest=answers.lowest, highest=answers.highest, labels=answers.labels
        )
    return Number(
        kind="number",
        text=text,
        lowest=answers.lowest,
        highest=answers.highest,
        whole=answers.whole,
        unit=answers.unit,
    )
