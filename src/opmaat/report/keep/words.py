"""The texts of the page in one language, and euros as its readers write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from opmaat.core.month import Month
from opmaat.core.texts import Language
from opmaat.report.numbers import number


@dataclass(frozen=True, slots=True)
class KeepWords:
    r"""The texts of one language.

    >>> words = keep_words("nl")
    >>> words.euros(119_112), words.whole_euros(1500), words.month(Month(2018, 3))
    ('€\xa01.191,12', '€\xa01.500', 'maart 2018')
    """

    language: Language
    texts: Mapping[str, Any]

    def say(self, key: str, **values: object) -> str:
        """Return the text of a dotted key, its names filled in; raises KeyError when unknown."""
        node: Any = self.texts
        for part in key.split("."):
            node = node[part]
        return str(node).format_map(values)

    def cents(self, cents: int) -> str:
        """Return an amount in euros and cents, without the sign of the euro."""
        return number(cents / 100, 2, self.language)

    def euros(self, cents: int) -> str:
        """Return an amount in euros and cents."""
        return f"€\u00a0{self.cents(cents)}"

    def whole_euros(self, euros: int) -> str:
        """Return an amount in whole euros."""
        return f"€\u00a0{number(euros, 0, self.language)}"

    def month(self, month: Month) -> str:
        """Return a month with its name."""
        return f"{self.say('months').split()[month.month - 1]} {month.year}"


@cache
def keep_words(language: Language) -> KeepWords:
    """Return the texts of a language from their file in this package."""
    from ruamel.yaml import YAML

    source = files("opmaat.report.keep").joinpath("texts", f"{language}.yaml").read_text(encoding="utf-8")
    return KeepWords(language, YAML(typ="safe", pure=True).load(source))
