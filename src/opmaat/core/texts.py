"""Texts in the two languages of every page: Dutch and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import MinLen, Predicate

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")


def _is_filled(text: str) -> bool:
    """Tell whether a text has more than blanks."""
    return bool(text.strip())


Filled = Annotated[str, MinLen(1), Predicate(_is_filled)]


@dataclass(frozen=True, slots=True)
class Text:
    """The same text in Dutch and in English.

    >>> Text("baan", "job").in_language("en")
    'job'
    """

    nl: Filled
    en: Filled

    def in_language(self, language: Language) -> str:
        """Return the text in one of the two languages."""
        return self.nl if language == "nl" else self.en
