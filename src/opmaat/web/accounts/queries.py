"""Counting failed sign-ins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from opmaat.web.accounts.models import FailedSignIn
from opmaat.web.accounts.policies import MINUTES


def recent_failures(key: str) -> int:
    """Return how many sign-ins failed for a key in the last quarter of an hour, by the real clock."""
    since = datetime.now(UTC) - timedelta(minutes=MINUTES)
    return FailedSignIn.objects.filter(key=key, at__gte=since).count()
