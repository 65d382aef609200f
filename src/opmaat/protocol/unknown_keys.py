"""The rule that a key nobody knows is refused, for every type that is read from a file."""

from __future__ import annotations

from pydantic import ConfigDict

NO_UNKNOWN_KEYS = ConfigDict(extra="forbid", strict=False)
WRITTEN_BY_HAND = "written_by_hand"
"""Key of the context of validation: a file that people write has percentages, a lock has basis points."""
