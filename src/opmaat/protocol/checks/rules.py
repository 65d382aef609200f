"""Check the amounts in the rules of arms: legal amounts that exist, and euros that can be read."""

from __future__ import annotations

from collections.abc import Iterator

from opmaat.core.errors import ProtocolError, did_you_mean
from opmaat.protocol.arms import CombinedArm, DisregardRule
from opmaat.protocol.finding import Finding, KeyPath
from opmaat.protocol.model import Protocol

_EUROS = "Write euros with a point, such as 199.00"


def check_rules(protocol: Protocol) -> Iterator[Finding]:
    """Yield every amount that is neither euros nor, for the cap of a disregard, a legal amount a month."""
    if protocol.premium is not None and not _above_zero(protocol.premium.cap):
        problem = f"The cap '{protocol.premium.cap}' is not an amount of more than zero euro."
        yield Finding(("premium", "cap"), "not-an-amount", problem, f"{_EUROS}.")
    for name, arm in protocol.arms.items():
        if isinstance(arm, DisregardRule):
            yield from _caps(arm, ("arms", name))
        if not isinstance(arm, CombinedArm):
            continue
        path: KeyPath = ("arms", name, "rules")
        if arm.rules.disregard is not None:
            yield from _caps(arm.rules.disregard, (*path, "disregard"))
        if arm.rules.bonus is not None and not _above_zero(arm.rules.bonus.amount):
            problem = f"The bonus '{arm.rules.bonus.amount}' is not an amount of more than zero euro."
            yield Finding((*path, "bonus", "amount"), "not-an-amount", problem, f"{_EUROS}.")


def _caps(rule: DisregardRule, path: KeyPath) -> Iterator[Finding]:
    """Check the cap of one person, and the joint cap of a couple where there is one."""
    for key, cap in (("cap", rule.cap), ("cap_couple", rule.cap_couple)):
        if cap is not None and not _above_zero(cap):
            yield from _legal_cap(cap, (*path, key))


def _legal_cap(cap: str, path: KeyPath) -> Iterator[Finding]:
    """Check that a cap in words is a legal amount in euros a month."""
    from opmaat.params.load import names, parameter

    if _reads_as_number(cap):
        problem = f"The cap '{cap}' is not an amount of more than zero euro."
        yield Finding(path, "not-an-amount", problem, f"{_EUROS}, or name a legal amount.")
        return
    try:
        amount = parameter(cap)
    except ProtocolError:
        near = did_you_mean(cap, names())
        fix = near if near.startswith("Did") else f"{_EUROS}, or a name that 'opmaat params' lists."
        yield Finding(path, "unknown-amount", f"The cap '{cap}' is not a legal amount or euros.", fix)
        return
    if (amount.unit, amount.per) != ("euro", "month"):
        problem = f"The cap '{cap}' is not in euros a month."
        yield Finding(path, "not-a-monthly-amount", problem, f"{_EUROS}, or name a monthly amount.")


def _reads_as_number(text: str) -> bool:
    """Tell whether a text was meant as a number."""
    return text.strip().lstrip("+-€").strip()[:1].isdigit()


def _above_zero(text: str) -> bool:
    """Tell whether a text is an amount in euros above zero."""
    from opmaat.core.money import cents_from_text

    try:
        return cents_from_text(text) > 0
    except ValueError:
        return False
