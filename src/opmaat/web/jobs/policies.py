"""Whether work may be taken up, and how long it is held: by the real clock, also in a demonstration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MOST_ATTEMPTS = 5
_HELD = timedelta(seconds=30)
SECONDS_BETWEEN_BEATS = 8.0


def real_now() -> datetime:
    """Return the moment by the real clock."""
    return datetime.now(UTC)


def held_until(now: datetime) -> datetime:
    """Return until when a worker that says now that it is at work holds its job."""
    return now + _HELD


def is_given_up(attempts: int) -> bool:
    """Tell whether work was begun so often without an end that it is not begun again.

    >>> is_given_up(4), is_given_up(5)
    (False, True)
    """
    return attempts >= MOST_ATTEMPTS
