"""The texts of the page in one language, and euros as its readers write them."""

from __future__ import annotations

from dataclasses import dataclass

from opmaat.core.month import Month
from opmaat.core.texts import Language
from opmaat.pages.numbers import euros, number, whole_euros
from opmaat.pages.wording import Wording, load_wording


@dataclass(frozen=True, slots=True)
class KeepWords:
    r"""The texts of one language.

    >>> words = keep_words("nl")
    >>> words.euros(119_112), words.whole_euros(1500), words.month(Month(2018, 3))
    ('€\xa01.191,12', '€\xa01.500', 'maart 2018')
    """

    wording: Wording

    @property
    def language(self) -> Language:
        """The language of the texts."""
        return self.wording.language

    def say(self, key: str, **values: object) -> str:
        """Return the text of a key, its names filled in; raises KeyError when unknown."""
        return self.wording.say(key, **values)

    def cents(self, cents: int) -> str:
        """Return an amount in euros and cents, without the sign of the euro."""
        return number(cents / 100, 2, self.language)

    def euros(self, cents: int) -> str:
        """Return an amount in euros and cents."""
        return euros(cents, self.language)

    def whole_euros(self, amount: float) -> str:
        """Return an amount in whole euros."""
        return whole_euros(amount, self.language)

    def month(self, month: Month) -> str:
        """Return a month with its name."""
        return self.wording.month(month)


def keep_words(language: Language) -> KeepWords:
    """Return the texts of a language."""
    return KeepWords(load_wording(language, "opmaat.report.keep"))
