"""What a legal amount is: dated values, each with its source and how sure we are of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from opmaat.core.errors import Issue, ProtocolError
from opmaat.core.money import text_from_cents
from opmaat.core.month import Month

Unit = Literal["euro", "percent", "years", "months", "age", "count", "yes_no"]
Confidence = Literal["high", "medium", "low"]
Language = Literal["nl", "en"]

_DOUBT = {
    "high": {"nl": "", "en": ""},
    "medium": {"nl": "uit één bron of afgeleid", "en": "from one source, or derived"},
    "low": {"nl": "onzeker: geen betrouwbare bron", "en": "uncertain: no reliable source"},
}


class MissingValueError(ProtocolError):
    """A legal amount was asked for in a month for which no source gives it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a value stands: a title and, where there is one, an address."""

    title: str
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One legal amount from one month on.

    Parameters
    ----------
    parameter
        Name of the parameter it belongs to.
    since
        First month in which it applies.
    amount
        Whole number in the unit that arithmetic uses: eurocents, basis points, months (also for ages), years,
        a count, or 1 and 0 for yes and no.
    shown
        The value as it is written in the file: ``986.52``, ``12.5%``, ``66 years 4 months``.
    reference, further
        The source, and other sources that say the same.
    confidence
        ``high``: official text or two independent sources; ``medium``: one secondary source or an arithmetic
        identity; ``low``: conflicting, estimated or found in no source.
    note
        What a reader should know, such as a source that says otherwise.
    """

    parameter: str
    since: Month
    amount: int
    shown: str
    reference: Reference
    further: tuple[Reference, ...] = ()
    confidence: Confidence
    note: str | None = None

    @property
    def uncertain(self) -> bool:
        """Whether no reliable source gives the value."""
        return self.confidence == "low"

    def doubt(self, language: Language) -> str:
        """Return in words how sure we are; nothing when we are."""
        return _DOUBT[self.confidence][language]


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time, from a month on, for which no source gives the value, and why."""

    since: Month
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A legal amount or rate through time.

    Parameters
    ----------
    name
        Name of its file, such as ``norm_art21a_single_21plus``.
    act
        Name of the act's folder, such as ``participation-act``.
    label
        What it is, in Dutch and in English.
    unit, per
        In what it is written, and per what: an amount in ``euro`` per ``month``.
    article
        Article, paragraph and letter.
    known_until
        Last month for which the values are known.
    values
        Values and gaps, in order of time.
    """

    name: str
    act: str
    label: dict[Language, str]
    unit: Unit
    per: str
    article: str
    known_until: Month
    values: tuple[Value | Gap, ...]

    def at(self, month: Month) -> Value:
        """Return the value that applies in a month.

        Raises MissingValueError when the month lies before the first value, after ``known_until`` or in a
        stretch that no source covers; a value is never carried over into the unknown.

        Examples
        --------
        >>> from opmaat.params.load import parameter
        >>> parameter("norm_art21a_single_21plus").at(Month(2018, 3)).amount
        99212
        """
        if month > self.known_until:
            raise self._missing(month, f"It is known until {self.known_until}.")
        latest = None
        for value in self.values:
            if value.since <= month:
                latest = value
        if latest is None:
            raise self._missing(month, f"It is known from {self.values[0].since}.")
        if isinstance(latest, Gap):
            raise self._missing(month, latest.reason)
        return latest

    def _missing(self, month: Month, why: str) -> MissingValueError:
        return MissingValueError(
            [
                Issue(
                    "no-legal-value",
                    f"{self.name} at {month}",
                    f"The value of '{self.label['en']}' ({self.article}) in {month} is not known. {why}",
                    "Choose another month, or add the value with its source to the parameter's file.",
                )
            ]
        )


def amount_in_words(parameter: Parameter, value: Value) -> str:
    """Return an amount with its unit and per what it is.

    >>> from opmaat.params.load import parameter
    >>> months = parameter("disregard_n_max_months")
    >>> amount_in_words(months, months.at(Month(2018, 3)))
    '6 months'
    """
    match parameter.unit:
        case "euro":
            amount = f"{text_from_cents(value.amount)} euro"
        case "years" | "months":
            amount = f"{value.shown} {parameter.unit}"
        case _:
            amount = value.shown
    return amount if parameter.per == "once" else f"{amount} a {parameter.per}"
