"""The day and the moment that the website goes by; a demonstration sets it to a day of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def today() -> date:
    """Return the day in the municipality, which is not always the day in UTC."""
    if settings.TODAY:
        return date.fromisoformat(settings.TODAY)
    return datetime.now(ZoneInfo(settings.TIME_ZONE)).date()


def now() -> datetime:
    """Return the moment in UTC, on the day of :func:`today`."""
    moment = datetime.now(UTC)
    if settings.TODAY:
        return datetime.combine(date.fromisoformat(settings.TODAY), moment.timetz())
    return moment
