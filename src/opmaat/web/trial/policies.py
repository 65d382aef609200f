"""Whether something may happen now: pure functions of a household's history and the day."""

from __future__ import annotations

from datetime import date

from opmaat.web.gateway.arms import OwnArm
from opmaat.web.gateway.events import History, kinds
from opmaat.web.gateway.studies import ChoiceArm

PURPOSES: tuple[kinds.Purpose, ...] = ("participation", "questionnaires", "register_linking")
_CAN_JOIN = frozenset({"invited", "drawn_invited"})
_TAKES_PART = frozenset({"signed_up", "to_be_told", "told", "taking_part"})
_CAN_CHOOSE = frozenset({"told", "taking_part"})


def can_join(history: History, on: date) -> bool:
    """Tell whether a household was invited and has not signed yet."""
    return history.participation.on(on) in _CAN_JOIN


def takes_part(history: History, person: str, on: date) -> bool:
    """Tell whether an adult takes part: the household signed, and neither it nor the adult left."""
    adult = history.adults.get(person)
    return history.participation.on(on) in _TAKES_PART and (
        adult is None or adult.on(on) in {"present", "pensioner"}
    )


def consents_of(history: History, person: str) -> dict[kinds.Purpose, bool]:
    """Return an adult's last word on every purpose that the adult spoke of."""
    return {payload.purpose: payload.given for _, payload in history.of(kinds.Consented, person)}


def all_signed(history: History, adults: tuple[str, ...]) -> bool:
    """Tell whether every adult of a household consented to taking part."""
    return all(consents_of(history, adult).get("participation", False) for adult in adults)


def can_choose(history: History, arm: OwnArm | None, on: date) -> bool:
    """Tell whether a household may choose now: its arm is a choice, not made yet or open to change."""
    if arm is None or not isinstance(arm.told, ChoiceArm):
        return False
    return history.participation.on(on) in _CAN_CHOOSE and (arm.must_choose or arm.told.may_change)
