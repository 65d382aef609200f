"""Holds a protocol against the rules of its legal framework; all findings at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from opmaat.core.errors import ProtocolError
from opmaat.core.money import cents_from_text, text_from_cents
from opmaat.core.month import Month
from opmaat.design.limits.load import framework
from opmaat.design.limits.model import LimitFinding
from opmaat.params.load import amount_from_text, legal_amount
from opmaat.protocol.arms import Arm, CombinedArm, DisregardRule, ExemptionRule
from opmaat.protocol.finding import KeyPath
from opmaat.protocol.model import Protocol

Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Miss:
    """Where a rule is not met and how to mend it; ``checkable`` is False when the protocol does not say."""

    path: KeyPath
    problem: str
    fix: str
    checkable: bool = True


Found = Iterator[Miss]


def check_limits(protocol: Protocol) -> tuple[LimitFinding, ...]:
    """Return everything in which a protocol does not meet its legal framework, or cannot be checked.

    Breaches come first, then warnings, then what is unverified.

    Examples
    --------
    >>> import pathlib
    >>> from opmaat import load_protocol
    >>> check_limits(load_protocol(pathlib.Path("studies/nsw-1975")))
    ()
    """
    findings = [
        LimitFinding(
            severity=rule.severity if miss.checkable else "unverified",
            rule=rule,
            path=miss.path,
            problem=miss.problem,
            fix=miss.fix,
        )
        for rule in framework(protocol.legal_framework).rules
        for miss in CHECKS[rule.check](protocol, rule.settings)
    ]
    order = ("breach", "warning", "unverified")
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))


def _rules_of(arm: Arm) -> tuple[ExemptionRule | DisregardRule, ...]:
    """Return the rules of an arm that can depart from the Act."""
    if isinstance(arm, CombinedArm):
        both = (arm.rules.exemption, arm.rules.disregard)
        return tuple(rule for rule in both if rule is not None)
    return (arm,) if isinstance(arm, ExemptionRule | DisregardRule) else ()


def _departures(arm: Arm) -> tuple[str, ...]:
    """Return the provisions of the Act that an arm departs from."""
    return tuple("art. 9.1" if isinstance(rule, ExemptionRule) else "art. 31.2.n" for rule in _rules_of(arm))


def _departs_only_from(protocol: Protocol, settings: Settings) -> Found:
    for name, arm in protocol.arms.items():
        for provision in _departures(arm):
            if provision not in settings["allowed"]:
                problem = f"The arm '{name}' departs from {provision}."
                yield Miss(("arms", name), problem, "Use a framework that allows it, or leave the arm out.")


def _arm_kinds(protocol: Protocol, settings: Settings) -> Found:
    for name, arm in protocol.arms.items():
        if arm.kind not in settings["allowed"]:
            problem = f"The arm '{name}' is of the kind '{arm.kind}', which the framework does not name."
            yield Miss(("arms", name, "kind"), problem, "Ask the ministry, or use a kind that is named.")


def _at_most_arms(protocol: Protocol, settings: Settings) -> Found:
    kind = settings.get("kind")
    number = sum(kind is None or arm.kind == kind for arm in protocol.arms.values())
    if number > settings["most"]:
        what = "arms" if kind is None else f"arms of the kind '{kind}'"
        problem = f"There are {number} {what}, and at most {settings['most']} are possible."
        yield Miss(("arms",), problem, "Leave arms out.")


def _at_most_months(protocol: Protocol, settings: Settings) -> Found:
    for name, arm in protocol.arms.items():
        for rule in _rules_of(arm):
            if rule.months > settings["most"]:
                problem = f"The arm '{name}' departs from the Act for {rule.months} months."
                yield Miss(("arms", name, "months"), problem, f"Use at most {settings['most']} months.")


def _period_at_most(protocol: Protocol, settings: Settings) -> Found:
    period, most = protocol.period, settings["most"]
    if period is None:
        problem = "Not checkable here: the protocol does not say when the trial starts and ends."
        yield Miss(("period",), problem, "Add 'period' with the first and the last day.", checkable=False)
        return
    first = period.first_day
    month = Month.of(first) + most
    day_too_late = date(month.year, month.month, min(first.day, month.days))
    if period.last_day >= day_too_late:
        problem = f"The trial runs from {first} to {period.last_day}, which is longer than {most} months."
        fix = f"End before {day_too_late}, or ask the ministry."
        yield Miss(("period", "last_day"), problem, fix)


def _starts_within(protocol: Protocol, settings: Settings) -> Found:
    start = protocol.population.reference_date
    path: KeyPath = ("population", "reference_date")
    if start is None:
        problem = "Not checkable here: the protocol has no reference date."
        yield Miss(path, problem, "Give the reference date.", checkable=False)
    elif not str(settings["first"]) <= start.isoformat() <= str(settings["last"]):
        problem = f"The reference date {start} lies outside {settings['first']} to {settings['last']}."
        yield Miss(path, problem, "Use a date in this period, or another framework.")


def _unit_is(protocol: Protocol, settings: Settings) -> Found:
    if protocol.population.unit not in settings["allowed"]:
        problem = f"What is drawn is a {protocol.population.unit}."
        yield Miss(("population", "unit"), problem, f"Draw a {settings['allowed'][0]}.")


def _requires_arm(protocol: Protocol, settings: Settings) -> Found:
    kinds = {arm.kind for arm in protocol.arms.values()}
    if settings["kind"] in kinds and settings["requires"] not in kinds:
        problem = f"There is an arm of the kind '{settings['kind']}' and none of '{settings['requires']}'."
        yield Miss(("arms",), problem, f"Add an arm of the kind '{settings['requires']}'.")


def _has_control(protocol: Protocol, _settings: Settings) -> Found:
    if not any(arm.kind == "control" for arm in protocol.arms.values()):
        yield Miss(("arms",), "There is no control arm.", "Add an arm of the kind 'control'.")


def _has_reference_population(protocol: Protocol, _settings: Settings) -> Found:
    if not protocol.population.reference:
        fix = "Name the exclusions that make up the reference population."
        yield Miss(("population", "reference"), "There is no reference population.", fix)


def _disregard_as_reported(protocol: Protocol, settings: Settings) -> Found:
    rate = amount_from_text(settings["rate"], "percent")
    for name, arm in protocol.arms.items():
        for rule in _rules_of(arm):
            if not isinstance(rule, DisregardRule):
                continue
            if rule.rate != rate:
                problem = f"The arm '{name}' disregards another part of earnings than {settings['rate']}."
                yield Miss(("arms", name, "rate"), problem, "Read the decree before using it.")
            yield from _cap_as_reported(protocol, ("arms", name, "cap"), rule.cap, settings["caps"])
            if rule.cap_couple is not None:
                path = ("arms", name, "cap_couple")
                yield from _cap_as_reported(protocol, path, rule.cap_couple, settings["caps_couple"])


def _cap_as_reported(protocol: Protocol, path: KeyPath, cap: str, names: list[str]) -> Found:
    """Hold a cap against the legal amounts that were reported, by name or in euros."""
    if cap not in names and not _is_cap_of(protocol, cap, names):
        problem = f"The {path[2]} of the arm '{path[1]}' is not one of those reported."
        yield Miss(path, problem, f"Use {', or '.join(names)}.")


def _is_cap_of(protocol: Protocol, cap: str, names: list[str]) -> bool:
    """Return whether a cap in euros is one of the legal amounts on the reference date."""
    start = protocol.population.reference_date
    try:
        cents = cents_from_text(cap)
        return start is not None and cents in {legal_amount(name, Month.of(start)) for name in names}
    except (ValueError, ProtocolError):
        return False


def _not_in_protocol(_protocol: Protocol, settings: Settings) -> Found:
    problem = f"Not checkable here: a protocol does not say {settings['asks']}."
    fix = "Check it outside Opmaat and keep the evidence."
    yield Miss(("legal_framework",), problem, fix, checkable=False)


def _not_in_premium(protocol: Protocol, settings: Settings) -> Found:
    if protocol.premium is not None:
        problem = f"Not checkable here: a premium does not say {settings['asks']}."
        yield Miss(("premium",), problem, "Check it outside Opmaat and keep the evidence.", checkable=False)


def _at_least_per_arm(protocol: Protocol, settings: Settings) -> Found:
    planning = protocol.planning
    if planning is None:
        problem = "Not checkable here: the protocol plans no numbers."
        fix = "Add 'planning' with the number invited and the share that joins."
        yield Miss(("planning",), problem, fix, checkable=False)
        return
    shares = {name: arm.share for name, arm in protocol.arms.items() if arm.share is not None}
    total = sum(shares.values())
    recruitment = planning.recruitment
    for name, share in shares.items():
        joins = recruitment.joins_by_arm.get(name, recruitment.joins).value
        expected = recruitment.invited * joins * share / total
        if expected < settings["least"]:
            problem = f"The arm '{name}' is expected to have {expected:.0f} participants."
            fix = f"Invite more households, or use fewer arms; {settings['least']} were asked for."
            yield Miss(("arms", name, "share"), problem, fix)


def _bonus_at_most(protocol: Protocol, settings: Settings) -> Found:
    most = _amount_at_start(protocol, settings["parameter"])
    for path, what, amounts in _payments_of_a_year(protocol):
        if most is None:
            problem = "Not checkable here: the highest premium on the reference date is not known."
            yield Miss(path, problem, "Look it up, and keep the evidence.", checkable=False)
        elif _euros_above(amounts, most):
            problem = f"{what} is above the highest premium of a year."
            yield Miss(path, problem, f"Use at most {text_from_cents(most)} euro a year.")


def _payments_of_a_year(protocol: Protocol) -> Iterator[tuple[KeyPath, str, tuple[str, ...]]]:
    """Yield what is paid beside benefit: its place, what it is called, and the amounts of a year."""
    for name, arm in protocol.arms.items():
        if isinstance(arm, CombinedArm) and arm.rules.bonus is not None:
            what = f"The bonus of the arm '{name}'"
            yield ("arms", name, "rules", "bonus"), what, (arm.rules.bonus.amount,)
    if protocol.premium is not None:
        yield ("premium", "cap"), "Twelve months of the premium", (protocol.premium.cap,) * 12


def _amount_at_start(protocol: Protocol, name: str) -> int | None:
    """Return a legal amount on the reference date in cents; None where either is not known."""
    start = protocol.population.reference_date
    try:
        return None if start is None else legal_amount(name, Month.of(start))
    except ProtocolError:
        return None


def _euros_above(amounts: tuple[str, ...], most_cents: int) -> bool:
    """Return whether amounts together are above a highest one; the protocol's check finds what is none."""
    try:
        return sum(map(cents_from_text, amounts)) > most_cents
    except ValueError:
        return False


CHECKS: dict[str, Callable[[Protocol, Settings], Found]] = {
    "departs_only_from": _departs_only_from,
    "arm_kinds": _arm_kinds,
    "at_most_arms": _at_most_arms,
    "at_most_months": _at_most_months,
    "period_at_most": _period_at_most,
    "starts_within": _starts_within,
    "unit_is": _unit_is,
    "requires_arm": _requires_arm,
    "has_control": _has_control,
    "has_reference_population": _has_reference_population,
    "disregard_as_reported": _disregard_as_reported,
    "not_in_protocol": _not_in_protocol,
    "not_in_premium": _not_in_premium,
    "at_least_per_arm": _at_least_per_arm,
    "bonus_at_most": _bonus_at_most,
}
