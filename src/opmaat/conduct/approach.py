"""Which rules of its arm hold for a household on a day, as far as the household was told."""

from __future__ import annotations

from datetime import date

from opmaat.conduct.kinds import Chose
from opmaat.conduct.model import History
from opmaat.protocol.arms import (
    Arm,
    ChoiceArm,
    CombinedArm,
    DisregardArm,
    ExemptionArm,
    GuidanceArm,
    Rules,
)
from opmaat.protocol.model import Protocol

NO_RULES = Rules()


def rules_of(arm: Arm) -> Rules:
    """Return the rules of an arm; none for control, and for a choice arm before the choice.

    >>> from opmaat.core.texts import Text
    >>> arm = GuidanceArm(kind="guidance", label=Text("intensief", "intensive"), contacts_per_month=1)
    >>> rules_of(arm).guidance.contacts_per_month, rules_of(arm).exemption
    (1, None)
    """
    if isinstance(arm, CombinedArm):
        return arm.rules
    if isinstance(arm, ExemptionArm):
        return Rules(exemption=arm)
    if isinstance(arm, GuidanceArm):
        return Rules(guidance=arm)
    if isinstance(arm, DisregardArm):
        return Rules(disregard=arm)
    return NO_RULES


def rules_in_force(history: History, protocol: Protocol, *, on: date) -> Rules:
    """Return the rules of the arm that a household was told by a day; in a choice arm of the last choice."""
    told = history.disclosed_arm(on)
    arm = None if told is None else protocol.arms.get(told)
    if isinstance(arm, ChoiceArm):
        chosen = [payload.option for event, payload in history.of(Chose) if event.valid_from <= on]
        arm = protocol.arms.get(chosen[-1]) if chosen and chosen[-1] in arm.options else None
    return NO_RULES if arm is None else rules_of(arm)
