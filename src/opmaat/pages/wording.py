"""The wording of a page, by key, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from opmaat.core.month import Month
from opmaat.core.texts import Language

_SHARED = "opmaat.pages"


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one language.

    >>> load_wording("nl").say("page.contents")
    'Inhoud'
    """

    language: Language
    texts: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """Return the text of a key with its names filled in. Raises KeyError when either is unknown."""
        return self.texts[key].format_map(values)

    def knows(self, key: str) -> bool:
        """Tell whether there is a text for a key."""
        return key in self.texts

    def listed(self, words: Sequence[str]) -> str:
        """Return words as one enumeration.

        >>> load_wording("en").listed(["a", "b", "c"])
        'a, b and c'
        """
        *first, last = words
        return self.texts["list.last"].join([", ".join(first), last]) if first else last

    def day(self, day: date) -> str:
        """Return a date in words.

        >>> load_wording("nl").day(date(2026, 3, 1))
        '1 maart 2026'
        """
        return f"{day.day} {self.month(Month.of(day))}"

    def month(self, month: Month) -> str:
        """Return a calendar month in words.

        >>> load_wording("en").month(Month(2018, 3))
        'March 2018'
        """
        return f"{self.say('date.months').split()[month.month - 1]} {month.year}"

    def after(self, month: int | None) -> str:
        """Return how many months after a start, with a space before it, or nothing for None.

        >>> load_wording("en").after(12), load_wording("nl").after(0)
        (' after 12 months', ' bij de start')
        """
        if month is None:
            return ""
        special = {0: "time.month_zero", 1: "time.month_one"}
        return " " + self.say(special.get(month, "time.month"), month=month)


@cache
def load_wording(language: Language, *rooms: str) -> Wording:
    """Return the texts that all pages share, and those of some rooms, from the files in their packages.

    A room is the name of a package with ``texts/nl.yaml`` and ``texts/en.yaml``. Raises ValueError when two
    of them have a text with the same key.
    """
    texts: dict[str, str] = {}
    for room in (_SHARED, *rooms):
        for key, text in _texts(room, language):
            if texts.setdefault(key, text) is not text:
                raise ValueError(f"'{room}' says '{key}' once more")
    return Wording(language, MappingProxyType(texts))


def _texts(room: str, language: Language) -> Iterator[tuple[str, str]]:
    """Yield the texts of one room."""
    from ruamel.yaml import YAML

    source = files(room).joinpath("texts", f"{language}.yaml").read_text(encoding="utf-8")
    yield from _leaves(YAML(typ="safe", pure=True).load(source))


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text under its dotted key."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def capital(text: str) -> str:
    """Return a text that starts with a capital letter.

    >>> capital("geen aanbod")
    'Geen aanbod'
    """
    return text[:1].upper() + text[1:]
