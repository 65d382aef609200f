"""What a survey is made of: a questionnaire with its waves, and the answers to one wave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from opmaat.core.texts import Text
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS
from opmaat.survey.items import Item
from opmaat.survey.scale import Scale

Day = Annotated[int, Ge(-366), Le(366)]


@dataclass(frozen=True, kw_only=True)
class Fieldwork:
    """When a wave can be answered.

    ``opens`` counts days from the day of the wave (before it when negative), which lies the wave's number of
    months after someone's own start. ``days`` is how long it stays open, the first day included; reminders
    are sent that many days after the opening to who has not answered.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    opens: Day = 0
    days: Annotated[int, Ge(1), Le(366)]
    reminders: tuple[Annotated[int, Ge(1), Le(365)], ...] = ()


@dataclass(frozen=True, kw_only=True)
class SurveyWave:
    """A wave of the protocol, in months after the start, with its fieldwork."""

    name: str
    month: int
    fieldwork: Fieldwork


@dataclass(frozen=True, kw_only=True)
class Questionnaire:
    """What is asked, in which waves, and which scales are scored. Load one with :func:`load_questionnaire`.

    ``items`` stand in the order in which they are asked.
    """

    id: str
    title: Text
    waves: tuple[SurveyWave, ...]
    items: Mapping[str, Item]
    scales: tuple[Scale, ...]

    @property
    def asked(self) -> Mapping[str, Item]:
        """The items that have an answer, in order."""
        return {name: item for name, item in self.items.items() if item.kind != "note"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers to one wave: a place per person who answered, in the order of the pseudonyms.

    There is no arm and no name here: whoever analyses joins these with the allocation, and nobody else can.

    Parameters
    ----------
    questionnaire, wave
        What was answered.
    persons
        Pseudonyms, shape (n,), each once.
    given_on
        Days on which they answered, shape (n,), datetime64[D].
    numbers
        Answers to ratings and numbers by item, shape (n,), NaN where there is none.
    words
        Answers to the other items by item, shape (n,), None where there is none.
    """

    questionnaire: str
    wave: str
    persons: tuple[str, ...]
    given_on: NDArray[np.datetime64]
    numbers: Mapping[str, NDArray[np.float64]]
    words: Mapping[str, NDArray[Any]]
