"""Tags and filters for texts, days, months and amounts in the language of the request."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template

from opmaat.core.month import Month
from opmaat.pages.numbers import euros, number
from opmaat.web.theme.words import words

register = template.Library()


@register.simple_tag
def say(key: str, **values: Any) -> str:  # noqa: ANN401
    """Return a text with its names filled in; it is escaped like everything else."""
    return words().say(key, **values)


@register.filter
def day(value: date) -> str:
    """Return a date in words."""
    return words().day(value)


@register.filter
def month(value: Month | date) -> str:
    """Return a calendar month in words."""
    return words().month(value if isinstance(value, Month) else Month.of(value))


@register.filter
def amount(cents: int) -> str:
    """Return an amount in euros and cents."""
    return euros(cents, words().language)


@register.filter
def grouped(value: int) -> str:
    """Return a whole number with its thousands grouped."""
    return number(value, 0, words().language)


@register.simple_tag
def say_of(prefix: str, name: Any) -> str:  # noqa: ANN401
    """Return the text of one of several things, such as of a kind of event."""
    return words().say(f"{prefix}.{getattr(name, 'value', name)}")


@register.simple_tag
def stretch(found: Any) -> str:  # noqa: ANN401
    """Return a stretch of time with its first and last day, and whether it was decided or is planned."""
    told = words()
    key = "theme.stretch" if found.decided else "theme.planned"
    return told.say(key, first=told.day(found.first_day), last=told.day(found.last_day))
