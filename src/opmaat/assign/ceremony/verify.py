"""Check a draw: everyone what was published, and whoever holds the list the whole draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opmaat.assign.ceremony.days import wrong_days
from opmaat.assign.ceremony.public_value import is_canonical
from opmaat.assign.ceremony.steps import (
    Commitment,
    Drawn,
    Opened,
    Secrets,
    allocation_digest,
    as_dict,
    is_promised,
    nonce_digest,
    procedure_digest,
    salted,
    seed_of,
)
from opmaat.assign.draw import LIST, draw
from opmaat.assign.model import Allocation
from opmaat.caseload.model import Caseload, first
from opmaat.core.digest import digest_value
from opmaat.protocol.assignment import Clustered, Simple
from opmaat.protocol.freeze import Lock
from opmaat.protocol.model import Protocol

_MOST_DEVIATIONS = 6.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked, and whether it holds."""

    what: str
    holds: bool


def verify_promise(lock: Lock, commitment: Commitment, drawn: Drawn, secrets: Secrets) -> Iterator[Check]:
    """Yield whether the secrets, the protocol and the procedure are those that were promised."""
    yield Check("the draw follows this commitment", drawn.commitment == commitment.digest())
    what = "public value: spelled as was promised"
    yield Check(what, is_canonical(drawn.public_value, commitment.form))
    yield Check("nonce: the one that was promised", nonce_digest(secrets.nonce) == commitment.nonce)
    what = "protocol: the one that was promised, or amended since"
    yield Check(what, is_promised(commitment, lock, secrets.salt))
    promised = salted("procedure", secrets.salt, procedure_digest(lock.protocol))
    yield Check("procedure: the one that was promised", promised == commitment.procedure)


def days_check(commitment: Commitment, drawn: Drawn, opened: Opened | None) -> Check:
    """Return whether the days of the steps are in their order."""
    days = [entry.drawn_on for entry in drawn.entries]
    wrong = list(wrong_days(commitment, days, opened.opened_on if opened else None))
    return Check("days: in the order of the steps", not wrong)


def verify_opened(
    protocol: Protocol, commitment: Commitment, drawn: Drawn, opened: Opened
) -> Iterator[Check]:
    """Yield whether what was opened agrees with what was published before, for who has no list."""
    nonce, salt = bytes.fromhex(opened.nonce), bytes.fromhex(opened.salt)
    yield Check("the opening follows this draw", opened.drawn == digest_value(as_dict(drawn)))
    seed = seed_of(nonce, drawn.public_value).hex()
    yield Check("seed: the digest of nonce and public value", opened.seed == seed)
    promised = {salted("list", salt, opened.list)}
    published = {drawn.entries[-1].list} | ({commitment.list} if commitment.list else set())
    yield Check("list: the one that was promised", published == promised)
    yield Check(
        "totals: every household one arm", sum(opened.totals.values()) == drawn.entries[-1].households
    )
    yield Check("totals: the arms of the protocol", set(opened.totals) == set(protocol.arms))
    yield Check("totals: as the shares of the protocol ask", shares_kept(protocol, opened))


def verify_list(
    protocol: Protocol, commitment: Commitment, drawn: Drawn, *, caseload: Caseload, secrets: Secrets
) -> Iterator[Check]:
    """Yield whether drawing the list again, with the same seed, gives the arms that were published."""
    for number, entry in enumerate(drawn.entries, start=1):
        again = redone(protocol, first(caseload, entry.frame), drawn, secrets)
        promised = salted("list", secrets.salt, again.receipt.inputs[LIST])
        yield Check(f"list {number}: the one that was drawn", promised == entry.list)
        if commitment.list is not None:
            yield Check(f"list {number}: the one that was promised", promised == commitment.list)
        same = allocation_digest(again, secrets.salt) == entry.allocation
        yield Check(f"list {number}: drawn again, the same arms", same)


def redone(protocol: Protocol, caseload: Caseload, drawn: Drawn, secrets: Secrets) -> Allocation:
    """Draw a caseload again with the seed of its ceremony."""
    return draw(protocol, caseload, seed_of(secrets.nonce, drawn.public_value))


def shares_kept(protocol: Protocol, opened: Opened) -> bool:
    """Tell whether the totals are as near to the shares as independent draws nearly always are.

    Every procedure but the clustered is nearer; of clusters the totals alone tell nothing.
    """
    if isinstance(protocol.assignment, Clustered):
        return True
    households = sum(opened.totals.values())
    whole = sum(arm.share or 0.0 for arm in protocol.arms.values())
    chances = {name: (arm.share or 0.0) / whole for name, arm in protocol.arms.items()}
    slack = 0.0 if isinstance(protocol.assignment, Simple) else 1.0
    return all(
        abs(opened.totals.get(name, 0) - households * chance)
        <= _MOST_DEVIATIONS * (households * chance * (1 - chance)) ** 0.5 + slack
        for name, chance in chances.items()
    )
