"""Names and amounts of one protocol in one language."""

from __future__ import annotations

from dataclasses import dataclass

from opmaat.core.texts import Language
from opmaat.design.model import Comparison, Plan
from opmaat.design.numbers import Population
from opmaat.pages.numbers import chance, number
from opmaat.pages.wording import Wording
from opmaat.protocol.model import Protocol
from opmaat.protocol.questions import Pair


@dataclass(frozen=True, slots=True)
class Words:
    """The protocol and its plan, in the words of one language."""

    protocol: Protocol
    plan: Plan
    wording: Wording

    def say(self, key: str, **values: object) -> str:
        """Return a text with its names filled in."""
        return self.wording.say(key, **values)

    @property
    def language(self) -> Language:
        """The language of the texts."""
        return self.wording.language

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number with grouped thousands."""
        return number(value, decimals, self.language)

    def chance(self, share: float) -> str:
        """Return a chance as a percentage, never rounded to certainty or to nothing."""
        return chance(share, self.language)

    def arm(self, name: str) -> str:
        """Return the label of an arm."""
        return self.protocol.arms[name].label.in_language(self.language)

    def outcome(self, name: str, month: int | None = None) -> str:
        """Return the label of an outcome, with its month where it has one."""
        label = self.protocol.outcomes[name].label.in_language(self.language)
        return label if month is None else self.say("answer.after", outcome=label, month=month)

    def pair(self, pair: Pair) -> str:
        """Return a comparison of two arms in words."""
        return self.say("pair", first=self.arm(pair[0]), second=self.arm(pair[1]))

    def population(self, population: Population) -> str:
        """Return among whom is compared; after consent everyone drawn has joined."""
        return self.say(f"answer.{population}")

    def people(self, count: float) -> str:
        """Return a number of what the population counts."""
        key = "page.households" if self.protocol.population.unit == "household" else "page.persons"
        return self.say(key, number=self.number(count))

    def aim(self) -> str:
        """Return the power that is aimed at."""
        return self.chance(self.plan.aim)

    def effect(self, size: float, item: Comparison) -> str:
        """Return an effect with its unit: percentage points for shares."""
        return f"{self.size(size, item)} {self.unit(item)}"

    def size(self, size: float, item: Comparison) -> str:
        """Return an effect without its unit."""
        if item.measure == "mean":
            return self.number(size, _decimals(item.smallest_effect))
        whole = round(100 * size, 6) % 1 == 0
        return self.number(100 * size, 0 if whole else 1)

    def unit(self, item: Comparison) -> str:
        """Return the unit of an effect."""
        if item.measure != "mean":
            return self.say("points")
        return self.protocol.outcomes[item.outcome].unit.in_language(self.language)


def _decimals(size: float) -> int:
    """Return the decimals that show an effect of about this size in two digits."""
    return next((places for places in range(4) if size * 10**places >= 10), 4)
