"""The ceremony: promise first, draw with a number that nobody can choose, open when all is due.

1. Commit: publish digests of the list, the protocol and the procedure, salted so that nobody can guess what
   they are of, and of a secret nonce; and name the public value that is to come.
2. Draw: the seed is a digest of the nonce and the public value. Who knew the nonce could not choose the
   value, and who sees the value does not know the nonce.
3. Open: publish nonce and salt. Whoever may hold the list redoes everything.

Every digest is SHA-256 over a word for what it is of, a zero byte, and then what is named below.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from annotated_types import Ge, MinLen
from pydantic import AfterValidator, StringConstraints

from opmaat.assign.ceremony.public_value import FORM
from opmaat.assign.model import Allocation
from opmaat.caseload.model import Caseload
from opmaat.core.digest import PREFIX, digest_bytes, digest_value
from opmaat.core.version import __version__
from opmaat.protocol.assignment import is_rolling
from opmaat.protocol.freeze import Lock
from opmaat.protocol.model import Protocol

PROCEDURE_VERSION = 1
Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Hexadecimal = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Form = Annotated[str, StringConstraints(pattern=f"^({FORM})$")]
Day = Annotated[str, AfterValidator(lambda day: date.fromisoformat(day).isoformat())]
Count = Annotated[int, Ge(0)]
_BESIDE = frozenset({"timing", "rounds", "balance", "sample_ratio"})


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is sealed until the last arm is due: 32 bytes each. Printing them tells nothing."""

    nonce: bytes
    salt: bytes

    def __repr__(self) -> str:
        return "Secrets(sealed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """What is published before the draw; ``list`` is None with rolling intake, whose list is to come."""

    study: str
    round: str
    list: Digest | None
    protocol: Digest
    procedure: Digest
    nonce: Digest
    public_value: str
    form: Form
    households: Count | None
    last_arm_due: Day
    committed_on: Day
    version: str

    def digest(self) -> str:
        """Return the digest of what was published."""
        return digest_value(as_dict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunList:
    """A list whose draw was begun: households in the frame, and the salted digest of the list."""

    frame: Count
    list: Digest
    begun_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is noted before anything is drawn, so that the same round is not drawn with another value.

    Everything that is published at the draw follows from it, the list and the secrets; a draw that was broken
    off is completed from it.
    """

    study: str
    round: str
    commitment: Digest
    public_value: str
    lists: Annotated[tuple[BegunList, ...], MinLen(1)]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A list that was drawn: households in the frame, those drawn, salted digests of list and arms."""

    frame: Count
    households: Count
    list: Digest
    allocation: Digest
    drawn_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What is published at the draw; a closed list has one entry, rolling intake one for every time.

    ``record`` is the digest of the record to print and sign.
    """

    study: str
    round: str
    commitment: Digest
    public_value: str
    entries: Annotated[tuple[Entry, ...], MinLen(1)]
    record: Digest
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What is published when the last arm is due: the secrets, what the digests were of, totals per arm.

    ``balance`` is the digest of the whole balance, which stays with the list.
    """

    study: str
    round: str
    drawn: Digest
    nonce: Hexadecimal
    salt: Hexadecimal
    seed: Hexadecimal
    list: Digest
    totals: Mapping[str, Count]
    balance: Digest
    opened_on: Day


def as_dict(published: Commitment | Begun | Drawn | Opened) -> dict[str, Any]:
    """Return what is published as plain values."""
    return {name: _plain(getattr(published, name)) for name in published.__slots__}


def _plain(value: object) -> object:
    """Return a field as plain values."""
    if isinstance(value, tuple):
        return [{name: getattr(item, name) for name in item.__slots__} for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def salted(word: str, salt: bytes, digest: str) -> str:
    """Return the salted digest of a digest.

    >>> salted("list", bytes(32), "sha256:1")[:20]
    'sha256:5d30d45c5f5c0'
    """
    return _hash(word, salt + digest.encode())


def seed_of(nonce: bytes, public_value: str) -> bytes:
    """Return the seed: SHA-256 of the word ``opmaat seed``, a zero byte, the nonce, and the public value.

    The value is in the one spelling that its commitment asks; see :mod:`opmaat.assign.ceremony.public_value`.
    """
    return hashlib.sha256(b"opmaat seed\0" + nonce + public_value.encode()).digest()


def procedure_digest(protocol: Protocol) -> str:
    """Return the digest of how lots are drawn: plan, arms, shares, and the version of our way of drawing."""
    plan = {name: value for name, value in protocol.as_dict()["assignment"].items() if name not in _BESIDE}
    shares = {name: arm.share for name, arm in protocol.arms.items()}
    order = list(protocol.arms)
    return digest_value({"plan": plan, "shares": shares, "order": order, "version": PROCEDURE_VERSION})


def is_promised(commitment: Commitment, lock: Lock, salt: bytes) -> bool:
    """Tell whether a protocol is the one that was committed to, or came from it by amendments."""
    known = {lock.digest, *(amendment.digest_before for amendment in lock.amendments)}
    return commitment.protocol in {salted("protocol", salt, digest) for digest in known}


def commit(
    protocol: Protocol,
    caseload: Caseload,
    secrets: Secrets,
    *,
    public_value: str,
    form: str,
    last_arm_due: str,
    today: str,
) -> Commitment:
    """Return the commitment to a list, protocol and procedure.

    Parameters
    ----------
    public_value
        What the value to come is, in words: which lottery or beacon, on which day.
    form
        The form of its one spelling: ``joined``, ``words`` or ``digits:N``.
    last_arm_due
        The day from which all arms may be known, as 2017-11-01.
    """
    rolling = is_rolling(protocol.assignment)
    return Commitment(
        study=caseload.study,
        round=caseload.round,
        list=None if rolling else salted("list", secrets.salt, caseload.digest()),
        protocol=salted("protocol", secrets.salt, protocol.digest()),
        procedure=salted("procedure", secrets.salt, procedure_digest(protocol)),
        nonce=nonce_digest(secrets.nonce),
        public_value=public_value,
        form=form,
        households=None if rolling else len(caseload.eligible),
        last_arm_due=last_arm_due,
        committed_on=today,
        version=__version__,
    )


def entry(begun: BegunList, allocation: Allocation, salt: bytes) -> Entry:
    """Return what is published of one list that was drawn."""
    return Entry(
        frame=begun.frame,
        households=len(allocation.households),
        list=begun.list,
        allocation=allocation_digest(allocation, salt),
        drawn_on=begun.begun_on,
    )


def drawn(begun: Begun, entries: tuple[Entry, ...], record: bytes) -> Drawn:
    """Return what is published at the draw, with the digest of its record."""
    return Drawn(
        study=begun.study,
        round=begun.round,
        commitment=begun.commitment,
        public_value=begun.public_value,
        entries=entries,
        record=digest_bytes(record),
        version=begun.version,
    )


def allocation_digest(allocation: Allocation, salt: bytes) -> str:
    """Return the salted digest of the arms: names, then one byte per household in canonical order."""
    arms = digest_value(list(allocation.arms)).encode()
    return _hash("allocation", salt + arms + allocation.labels.tobytes())


def opened(
    drawn: Drawn,
    caseload: Caseload,
    allocation: Allocation,
    *,
    secrets: Secrets,
    balance: bytes,
    today: str,
) -> Opened:
    """Return what is published when the last arm is due."""
    return Opened(
        study=caseload.study,
        round=caseload.round,
        drawn=digest_value(as_dict(drawn)),
        nonce=secrets.nonce.hex(),
        salt=secrets.salt.hex(),
        seed=seed_of(secrets.nonce, drawn.public_value).hex(),
        list=caseload.digest(),
        totals=allocation.totals(),
        balance=digest_bytes(balance),
        opened_on=today,
    )


def nonce_digest(nonce: bytes) -> str:
    """Return the digest of a nonce, as it is published in a commitment."""
    return _hash("nonce", nonce)


def _hash(word: str, content: bytes) -> str:
    """Return the digest of a word and what it is of."""
    return PREFIX + hashlib.sha256(b"opmaat " + word.encode() + b"\0" + content).hexdigest()
