"""The record of a draw to print and sign: what was promised and what came; nobody's arm.

The record is published before the last arm is due. A difference between arms, or a count of a few households,
could tell the arm of someone who stands out; of balance there is a verdict only, and of small counts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from opmaat.assign.balance import balance_of_plan
from opmaat.assign.ceremony.steps import Begun, Commitment, Entry
from opmaat.assign.model import Allocation
from opmaat.caseload.model import Caseload, Screened
from opmaat.core.texts import LANGUAGES, Language
from opmaat.protocol.assignment import is_rolling
from opmaat.protocol.model import Protocol

if TYPE_CHECKING:
    from jinja2 import Template

_TEXTS = Path(__file__).parent / "texts"
_SMALLEST_COUNT = 10
_UNEVEN = 0.05
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
    balance: str


def record(
    protocol: Protocol,
    caseload: Caseload,
    allocation: Allocation,
    *,
    commitment: Commitment,
    begun: Begun,
    entry: Entry,
) -> str:
    """Return the record as a page in Dutch and English that needs no other file."""
    verdict = _verdict(protocol, caseload, allocation, begun.public_value)
    languages = [
        Shown(
            code=language,
            say=_texts(language),
            title=protocol.title.in_language(language),
            facts=_facts(protocol, language),
            arms=_arms(protocol, language),
            counts=_counts(caseload, language),
            steps=_steps(commitment, begun, language),
            digests=_digests(commitment, entry, language),
            balance=_texts(language)[verdict],
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
    """Return how many households are on the list, kept out per reason, and drawn; nothing of small counts."""
    say, hidden = _texts(language), hidden_reasons(caseload.screened)
    kept_out = [
        (
            say["kept_out"].format(reason=item.reason.in_language(language)),
            say["hidden"] if item.id in hidden else str(item.households),
        )
        for item in caseload.screened
    ]
    followed = len(caseload.reference_population)
    told = followed >= _SMALLEST_COUNT and hidden.isdisjoint(caseload.reference)
    return (
        (say["read"], str(len(caseload.households))),
        *kept_out,
        (say["eligible"], str(len(caseload.eligible))),
        *([(say["reference"], str(followed) if told else say["hidden"])] if caseload.reference else []),
    )


def hidden_reasons(screened: Sequence[Screened]) -> frozenset[str]:
    """Return the reasons whose count is not shown: those below ten, and one more where it would tell them.

    The counts of all reasons add up to the households that were not drawn, which is published.

    >>> from opmaat.core.texts import Text
    >>> counts = {"a": 3, "b": 12, "c": 40}
    >>> sorted(hidden_reasons([Screened(name, Text(name, name), n, n) for name, n in counts.items()]))
    ['a', 'b']
    """
    ascending = sorted(screened, key=lambda item: item.households)
    small = sum(item.households < _SMALLEST_COUNT for item in ascending)
    together = sum(item.households for item in ascending[:small])
    if small and (small == 1 or together < _SMALLEST_COUNT):
        small += 1
    return frozenset(item.id for item in ascending[:small])


def _steps(commitment: Commitment, begun: Begun, language: Language) -> Pairs:
    """Return the steps of the ceremony."""
    say = _texts(language)
    return (
        (say["committed_on"], _day(commitment.committed_on, language)),
        (say["public_value_promised"], f"{commitment.public_value} ({say[commitment.form.split(':')[0]]})"),
        (say["public_value"], begun.public_value),
        *((say["drawn_on"], _day(one.begun_on, language)) for one in begun.lists),
        (say["due"], _day(commitment.last_arm_due, language)),
        (say["version"], begun.version),
    )


def _digests(commitment: Commitment, last: Entry, language: Language) -> Pairs:
    """Return the digests by which the files can be recognised."""
    say = _texts(language)
    return (
        (say["digest_commitment"], commitment.digest()),
        (say["digest_list"], last.list),
        (say["digest_allocation"], last.allocation),
    )


def _verdict(protocol: Protocol, caseload: Caseload, allocation: Allocation, public_value: str) -> str:
    """Return the text on balance; rolling intake tells nothing, as the difference between two days would."""
    if is_rolling(protocol.assignment):
        return "balance_later"
    omnibus = balance_of_plan(protocol, caseload, allocation.labels, public_value=public_value).omnibus
    if omnibus is None:
        return "no_balance"
    return "uneven" if omnibus.p <= _UNEVEN else "even"


def _day(day: str, language: Language) -> str:
    """Write a day such as 2017-09-10 in words."""
    year, month, number = day.split("-")
    return f"{int(number)} {_texts(language)['months'].split()[int(month) - 1]} {year}"


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

    loader = PackageLoader("opmaat.assign.ceremony")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("record.html.j2")
