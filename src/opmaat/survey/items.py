"""Items: what a questionnaire can ask, and what counts as an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import MinLen
from pydantic import Discriminator

from opmaat.core.texts import Text
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS

ChoiceName = Annotated[str, MinLen(1)]
Choices = Annotated[Mapping[ChoiceName, Text], MinLen(2)]


@dataclass(frozen=True, kw_only=True)
class AskWhen:
    """Asks only who gave one of these answers to an earlier item; of several choices one is enough."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    item: str
    answers: Annotated[tuple[str, ...], MinLen(1)]


@dataclass(frozen=True, kw_only=True)
class _Item:
    """What every item has. Someone is asked when every rule of ``ask_when`` is met."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    text: Text
    hint: Text | None = None
    ask_when: tuple[AskWhen, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rating(_Item):
    """A whole number between two ends, shown as a row of buttons. ``labels`` gives words to some of them."""

    kind: Literal["rating"]
    lowest: int
    highest: int
    labels: Mapping[int, Text] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Number(_Item):
    """A number that is typed in, between two ends."""

    kind: Literal["number"]
    lowest: float
    highest: float
    whole: bool = False
    unit: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Choice(_Item):
    """One of several answers."""

    kind: Literal["choice"]
    choices: Choices


@dataclass(frozen=True, kw_only=True)
class SeveralChoices(_Item):
    """Any number of several answers; an answer is their names with spaces between them."""

    kind: Literal["several"]
    choices: Choices


@dataclass(frozen=True, kw_only=True)
class OpenText(_Item):
    """An answer in one's own words. It can tell who someone is, so it never leaves the municipality."""

    kind: Literal["text"]


@dataclass(frozen=True, kw_only=True)
class Note(_Item):
    """A text between the items, without an answer."""

    kind: Literal["note"]


Item = Annotated[
    Rating | Number | Choice | SeveralChoices | OpenText | Note,
    Discriminator("kind"),
]


def answers_of(item: Item) -> tuple[str, ...]:
    """Return the answers that an item can have, as they are written; none where they cannot be listed.

    Examples
    --------
    >>> answers_of(Rating(kind="rating", text=Text("Cijfer?", "Mark?"), lowest=1, highest=3))
    ('1', '2', '3')
    """
    match item:
        case Rating():
            return tuple(str(number) for number in range(item.lowest, item.highest + 1))
        case Choice() | SeveralChoices():
            return tuple(item.choices)
    return ()
