"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from opmaat.web import clock


def page(_: HttpRequest) -> dict[str, Any]:
    """Return the day that a demonstration stands still on; None where the day is the real one."""
    return {"demonstration_day": clock.today() if settings.TODAY else None}
