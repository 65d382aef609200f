"""All wording of the report, by key, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from opmaat.core.texts import Language


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one language.

    >>> load_wording("nl").say("range.numbers", low="1", high="2")
    '1 tot 2'
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
        month = self.say("date.months").split()[day.month - 1]
        return self.say("date.day", day=day.day, month=month, year=day.year)

    def after(self, month: int | None) -> str:
        """Return the month of a measurement with a space before it, or nothing for an outcome without."""
        if month is None:
            return ""
        special = {0: "time.month_zero", 1: "time.month_one"}
        return " " + self.say(special.get(month, "time.month"), month=month)


@cache
def load_wording(language: Language) -> Wording:
    """Return the texts of a language from their file in this package."""
    from ruamel.yaml import YAML

    source = files("opmaat.report").joinpath("texts", f"{language}.yaml").read_text(encoding="utf-8")
    tree = YAML(typ="safe", pure=True).load(source)
    return Wording(language, MappingProxyType(dict(_leaves(tree))))


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text under its dotted key."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
