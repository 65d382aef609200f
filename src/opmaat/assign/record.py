"""The record of a draw to print and sign: what was promised, what came, and how even it is; nobody's arm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from opmaat.assign.balance import DrawBalance, balance
from opmaat.assign.ceremony import Commitment, Drawn
from opmaat.assign.model import Allocation
from opmaat.caseload.model import Caseload
from opmaat.core.texts import LANGUAGES, Language
from opmaat.protocol.assignment import Recorded
from opmaat.protocol.model import Protocol

if TYPE_CHECKING:
    from jinja2 import Template

_TEXTS = Path(__file__).parent / "texts"
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the record shows in one language."""

    code: Language
    say: Mapping[str, str]
    title: str
    facts: Pairs
    arms: Pairs
    counts: Pairs
    steps: Pairs
    digests: Pairs
    balance: Pairs
    omnibus: str


def record(
    protocol: Protocol, caseload: Caseload, allocation: Allocation, *, commitment: Commitment, drawn: Drawn
) -> str:
    """Return the record as a page in Dutch and English that needs no other file.

    The re-draws behind the balance follow from the public value, so that the record can be made again.
    """
    plan = protocol.assignment
    names = () if isinstance(plan, Recorded) else plan.balance
    seed = f"balance {drawn.public_value}".encode()
    even = (
        balance(protocol, caseload, allocation.labels, names=names, seed=seed)
        if names
        else DrawBalance((), None)
    )
    languages = [
        Shown(
            code=language,
            say=_texts(language),
            title=protocol.title.in_language(language),
            facts=_facts(protocol, language),
            arms=_arms(protocol, language),
            counts=_counts(caseload, language),
            steps=_steps(commitment, drawn, language),
            digests=_digests(commitment, drawn, language),
            balance=_balance(protocol, even, language),
            omnibus=_omnibus(even, language),
        )
        for language in LANGUAGES
    ]
    return _template().render(languages=languages, study=protocol.id, round=caseload.round)


def _facts(protocol: Protocol, language: Language) -> Pairs:
    """Return what was drawn, how and when in the course of things."""
    say, plan = _texts(language), protocol.assignment
    timing = getattr(plan, "timing", None) or "none"
    return (
        (say["what"], say[f"unit_{protocol.population.unit}"]),
        (say["method"], say[f"method_{plan.method}"]),
        (say["timing"], say[f"timing_{timing}"]),
    )


def _arms(protocol: Protocol, language: Language) -> Pairs:
    """Return the arms and their shares."""
    return tuple((arm.label.in_language(language), f"{arm.share:g}") for arm in protocol.arms.values())


def _counts(caseload: Caseload, language: Language) -> Pairs:
    """Return how many households are on the list, kept out per reason, and drawn."""
    say = _texts(language)
    kept_out = [
        (say["kept_out"].format(reason=item.reason.in_language(language)), str(item.households))
        for item in caseload.screened
    ]
    return (
        (say["read"], str(len(caseload.households))),
        *kept_out,
        (say["eligible"], str(len(caseload.eligible))),
        *([(say["reference"], str(len(caseload.reference_population)))] if caseload.reference else []),
    )


def _steps(commitment: Commitment, drawn: Drawn, language: Language) -> Pairs:
    """Return the steps of the ceremony."""
    say = _texts(language)
    return (
        (say["committed_on"], _day(commitment.committed_on, language)),
        (say["public_value_promised"], commitment.public_value),
        (say["public_value"], drawn.public_value),
        *((say["drawn_on"], _day(entry.drawn_on, language)) for entry in drawn.entries),
        (say["due"], _day(commitment.last_arm_due, language)),
        (say["version"], drawn.version),
    )


def _digests(commitment: Commitment, drawn: Drawn, language: Language) -> Pairs:
    """Return the digests by which the files can be recognised."""
    say = _texts(language)
    return (
        (say["digest_commitment"], commitment.digest()),
        (say["digest_list"], drawn.entries[-1].list),
        (say["digest_allocation"], drawn.entries[-1].allocation),
    )


def _balance(protocol: Protocol, even: DrawBalance, language: Language) -> Pairs:
    """Return the largest difference per characteristic."""
    found = []
    for row in even.rows:
        label = protocol.population.characteristics[row.characteristic].label.in_language(language)
        name = label if row.level is None else f"{label}: {row.level}"
        found.append((name, _number(row.largest_difference, 2, language)))
    return tuple(found)


def _omnibus(even: DrawBalance, language: Language) -> str:
    """Return the omnibus test in words."""
    if even.omnibus is None:
        return ""
    percent = _number(100 * even.omnibus.p, 1, language)
    return _texts(language)["omnibus"].format(percent=percent, draws=even.omnibus.draws)


def _day(day: str, language: Language) -> str:
    """Write a day such as 2017-09-10 in words."""
    year, month, number = day.split("-")
    return f"{int(number)} {_texts(language)['months'].split()[int(month) - 1]} {year}"


def _number(value: float, decimals: int, language: Language) -> str:
    """Write a number with the language's sign before the decimals."""
    text = f"{value:.{decimals}f}"
    return text.replace(".", ",") if language == "nl" else text


@cache
def _texts(language: Language) -> Mapping[str, str]:
    """Return the texts of a language."""
    from ruamel.yaml import YAML

    texts: Mapping[str, str] = YAML(typ="safe", pure=True).load(
        (_TEXTS / f"{language}.yaml").read_text("utf-8")
    )
    return texts


@cache
def _template() -> Template:
    """Return the template, in which every text is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("opmaat.assign")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("record.html.j2")
