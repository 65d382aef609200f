"""Events in the words of the person whom they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from opmaat.core.money import BASIS_POINTS
from opmaat.pages.numbers import euros, percentage
from opmaat.pages.wording import Wording
from opmaat.web.gateway.studies import Protocol
from opmaat.web.theme.words import words

_ONLY_A_PSEUDONYM = frozenset({"worker"})
_TOLD_WHERE_THERE_IS_ANY = frozenset({"set_off_cents"})


@dataclass(frozen=True, slots=True)
class Told:
    """One event: its day, what happened, and what more is known, in words."""

    day: date
    what: str
    details: tuple[str, ...]
    text_shown: str


def told_event(event: Mapping[str, Any], protocol: Protocol, *, kinds: str = "trial.kinds") -> Told:
    """Return an event in the language of the request; ``kinds`` is where the words of its kind stand."""
    say = words()
    return Told(
        day=date.fromisoformat(event["valid_from"]),
        what=say.say(f"{kinds}.{event['kind']}"),
        details=tuple(_details(event["payload"], protocol, say)),
        text_shown=event.get("text_shown", ""),
    )


def _details(payload: Mapping[str, Any], protocol: Protocol, say: Wording) -> Iterator[str]:
    """Yield the fields of a payload that say something, each as a sentence or name with a value."""
    for field, value in payload.items():
        if field in _ONLY_A_PSEUDONYM or (field in _TOLD_WHERE_THERE_IS_ANY and not value):
            continue
        told = _value(field, value, protocol, say)
        label = f"trial.fields.{field}"
        yield f"{say.say(label)}: {told}" if say.knows(label) else told


def _value(field: str, value: Any, protocol: Protocol, say: Wording) -> str:  # noqa: ANN401
    """Return the value of a field in words; what has none of its own stands as it is kept."""
    if field in {"arm", "option"} and value in protocol.arms:
        return protocol.arms[value].label.in_language(say.language)
    if isinstance(value, bool):
        return say.say("trial.fields.yes" if value else "trial.fields.no")
    if field.endswith("_bp"):
        return percentage(value / BASIS_POINTS, say.language, 0)
    if field.endswith("_cents"):
        return euros(value, say.language)
    if field == "last_day":
        return say.day(date.fromisoformat(value))
    key = f"trial.values.{value}"
    return say.say(key) if say.knows(key) else str(value)
