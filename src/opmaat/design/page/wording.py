"""Texts of the plan, and numbers as readers of Dutch and of English write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from opmaat.core.texts import Language

_DUTCH = str.maketrans(",.", ".,")


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one language.

    >>> load_wording("nl").say("pair", first="begeleiding", second="gewone aanpak")
    'begeleiding vergeleken met gewone aanpak'
    """

    language: Language
    texts: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """Return the text of a key with its names filled in. Raises KeyError when either is unknown."""
        return self.texts[key].format_map(values)

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number with grouped thousands.

        >>> load_wording("nl").number(1234.5, 1)
        '1.234,5'
        """
        text = f"{value:,.{decimals}f}"
        return text.translate(_DUTCH) if self.language == "nl" else text

    def percentage(self, share: float, decimals: int = 0) -> str:
        """Return a share as a percentage, never rounded to certainty or to nothing.

        >>> load_wording("en").percentage(0.456), load_wording("en").percentage(0.9999)
        ('46%', '> 99%')
        """
        if decimals == 0 and 0.995 <= share < 1:
            return "> 99%"
        if decimals == 0 and 0 < share < 0.005:
            return "< 1%"
        return f"{self.number(100 * share, decimals)}%"


@cache
def load_wording(language: Language) -> Wording:
    """Return the texts of a language from their file in this package."""
    from ruamel.yaml import YAML

    source = files("opmaat.design.page").joinpath("texts", f"{language}.yaml").read_text(encoding="utf-8")
    tree = YAML(typ="safe", pure=True).load(source)
    return Wording(language, MappingProxyType(dict(_leaves(tree))))


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text under its dotted key."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
