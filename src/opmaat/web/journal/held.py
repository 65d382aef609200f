"""All that is held on a person: every app that keeps something says here how to find it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Holder = Callable[[Any], dict[str, Any]]

_holders: list[Holder] = []


def register_holder(holder: Holder) -> Holder:
    """Add a function that returns, for a participant's account, what an app holds, as plain values."""
    if holder not in _holders:
        _holders.append(holder)
    return holder


def all_held(account: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return everything that is held on a participant."""
    found: dict[str, Any] = {}
    for holder in _holders:
        found |= holder(account)
    return found
