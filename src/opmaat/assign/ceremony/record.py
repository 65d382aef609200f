"""The record of a draw to print and sign: what was promised and what came; nobody's arm.

The record is published before the last arm is due. A difference between arms, or a count of a few households,
could tell the arm of someone who stands out; of balance there is a verdict only, and of small counts nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from opmaat.assign.balance import DrawBalance, balance_of_plan
from opmaat.assign.ceremony.steps import Begun, Commitment, Entry
from opmaat.assign.model import Allocation
from opmaat.caseload.model import Caseload, Screened
from opmaat.core.texts import LANGUAGES, Language
from opmaat.pages.numbers import number
from opmaat.pages.render import render
from opmaat.pages.small_counts import SMALLEST
from opmaat.pages.small_counts import hidden as hidden_places
from opmaat.pages.tables import Column, Table
from opmaat.pages.wording import Wording, load_wording
from opmaat.protocol.assignment import is_rolling
from opmaat.protocol.model import Protocol

_ROOM = "opmaat.assign.ceremony"
_UNEVEN = 0.05
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the record shows in one language."""

    wording: Wording
    title: str
    facts: Pairs
    arms: Table
    counts: Table
    steps: Pairs
    digests: Pairs
    balance: str

    @property
    def language(self) -> Language:
        """The language of the texts."""
        return self.wording.language


def record(
    protocol: Protocol,
    caseload: Caseload,
    allocation: Allocation,
    *,
    commitment: Commitment,
    begun: Begun,
    entry: Entry,
    balance: DrawBalance | None = None,
) -> str:
    """Return the record as a page in Dutch and English that needs no other file.

    ``balance`` is the balance of the draw, where it is known already.
    """
    verdict = _verdict(protocol, caseload, allocation, begun.public_value, balance)
    languages = [
        Shown(
            wording=words,
            title=f"{words.say('record')}: {protocol.title.in_language(words.language)}",
            facts=_facts(protocol, caseload, words),
            arms=_arms(protocol, words),
            counts=_counts(caseload, words),
            steps=_steps(commitment, begun, words),
            digests=_digests(commitment, entry, words),
            balance=words.say(verdict),
        )
        for words in (load_wording(language, _ROOM) for language in LANGUAGES)
    ]
    return render(_ROOM, "record.html.j2", languages=languages, study=protocol.id)


def _facts(protocol: Protocol, caseload: Caseload, words: Wording) -> Pairs:
    """Return what was drawn, how and when in the course of things."""
    say, plan = words.say, protocol.assignment
    timing = getattr(plan, "timing", None) or "none"
    return (
        (say("study"), protocol.id),
        *([(say("round"), caseload.round)] if caseload.round else []),
        (say("what"), say(f"unit_{protocol.population.unit}")),
        (say("method"), say(f"method_{plan.method}")),
        (say("timing"), say(f"timing_{timing}")),
    )


def _arms(protocol: Protocol, words: Wording) -> Table:
    """Return the arms and their shares."""
    rows = tuple((arm.label.in_language(words.language), f"{arm.share:g}") for arm in protocol.arms.values())
    columns = (Column(words.say("arm"), "text"), Column(words.say("share")))
    return Table(words.say("arms"), columns, rows)


def _counts(caseload: Caseload, words: Wording) -> Table:
    """Return how many households are on the list, kept out per reason, and drawn; nothing of small counts."""
    say, hidden = words.say, hidden_reasons(caseload.screened)
    followed = len(caseload.reference_population)
    told = followed >= SMALLEST and hidden.isdisjoint(caseload.reference)
    counts = [
        (say("read"), len(caseload.households)),
        *(
            (
                say("kept_out", reason=item.reason.in_language(words.language)),
                None if item.id in hidden else item.households,
            )
            for item in caseload.screened
        ),
        (say("eligible"), len(caseload.eligible)),
        *([(say("reference"), followed if told else None)] if caseload.reference else []),
    ]
    rows = tuple(
        (what, say("hidden") if count is None else number(count, 0, words.language)) for what, count in counts
    )
    return Table(
        say("list"), (Column(say("of_list"), "text"), Column(say("number"))), rows, note=say("hidden_note")
    )


def hidden_reasons(screened: Sequence[Screened]) -> frozenset[str]:
    """Return the reasons whose count is not shown: those below ten, and one more where it would tell them.

    The counts of all reasons add up to the households that were not drawn, which is published.

    >>> from opmaat.core.texts import Text
    >>> counts = {"a": 3, "b": 12, "c": 40}
    >>> sorted(hidden_reasons([Screened(name, Text(name, name), n, n) for name, n in counts.items()]))
    ['a', 'b']
    """
    places = hidden_places([item.households for item in screened])
    return frozenset(item.id for place, item in enumerate(screened) if place in places)


def _steps(commitment: Commitment, begun: Begun, words: Wording) -> Pairs:
    """Return the steps of the ceremony."""
    say = words.say
    return (
        (say("committed_on"), _day(commitment.committed_on, words)),
        (say("public_value_promised"), f"{commitment.public_value} ({say(commitment.form.split(':')[0])})"),
        (say("public_value"), begun.public_value),
        *((say("drawn_on"), _day(one.begun_on, words)) for one in begun.lists),
        (say("due"), _day(commitment.last_arm_due, words)),
        (say("version"), begun.version),
    )


def _day(day: str, words: Wording) -> str:
    """Write a day such as 2017-09-10 in words."""
    return words.day(date.fromisoformat(day))


def _digests(commitment: Commitment, last: Entry, words: Wording) -> Pairs:
    """Return the digests by which the files can be recognised."""
    say = words.say
    return (
        (say("digest_commitment"), commitment.digest()),
        (say("digest_list"), last.list),
        (say("digest_allocation"), last.allocation),
    )


def _verdict(
    protocol: Protocol,
    caseload: Caseload,
    allocation: Allocation,
    public_value: str,
    balance: DrawBalance | None,
) -> str:
    """Return the text on balance; rolling intake tells nothing, as the difference between two days would."""
    if is_rolling(protocol.assignment):
        return "balance_later"
    found = balance or balance_of_plan(protocol, caseload, allocation.labels, public_value=public_value)
    if found.omnibus is None:
        return "no_balance"
    return "uneven" if found.omnibus.p <= _UNEVEN else "even"
