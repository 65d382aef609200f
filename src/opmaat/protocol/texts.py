"""Texts of the protocol, and the rule that unknown keys are refused, for every part of it."""

from __future__ import annotations

from pydantic import ConfigDict

from opmaat.core.texts import LANGUAGES as LANGUAGES  # noqa: PLC0414
from opmaat.core.texts import Language as Language  # noqa: PLC0414
from opmaat.core.texts import Text as Text  # noqa: PLC0414

STRICT = ConfigDict(extra="forbid", strict=False)
