"""Texts in the two languages of every page: Dutch and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import MinLen

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """The same text in Dutch and in English.

    >>> Text("baan", "job").in_language("en")
    'job'
    """

    nl: Annotated[str, MinLen(1)]
    en: Annotated[str, MinLen(1)]

    def in_language(self, language: Language) -> str:
        """Return the text in one of the two languages."""
        return self.nl if language == "nl" else self.en
