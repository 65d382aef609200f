"""The rule that a key nobody knows is refused, for every type that is read from a file."""

from __future__ import annotations

from pydantic import ConfigDict

NO_UNKNOWN_KEYS = ConfigDict(extra="forbid", strict=False)
