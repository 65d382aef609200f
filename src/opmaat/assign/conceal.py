"""Keep the allocation from everyone who lacks the key, down to the size of a record.

Each household has a record of its own, encrypted with ChaCha20-Poly1305 (RFC 8439) under a key that follows
from the draw's key and the household's pseudonym, so that one household can be opened without the others.
All records are padded to one length, that of the longest arm's name, and stand in the order of a keyed hash,
which tells nothing; a household has one record.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

from opmaat.assign.ceremony.steps import Secrets
from opmaat.assign.model import Allocation, Assignment
from opmaat.core.digest import canonical_json
from opmaat.core.errors import Issue, NotPermittedError, ReceiptMismatchError
from opmaat.core.keyed import keyed_hash

_PLACE_BYTES, _NONCE_BYTES, _TAG_BYTES, _STEP = 16, 12, 16, 256
_HEAD = b"opmaat sealed allocation 1\n"


@dataclass(frozen=True, slots=True)
class _Keys:
    """What follows from the draw's key for a household: the place of its record, and its own key."""

    place: Callable[[bytes], bytes]
    own: Callable[[bytes], bytes]

    @classmethod
    def of(cls, key: bytes) -> Self:
        return cls(keyed_hash(key, b"place\0"), keyed_hash(key, b"household\0"))

    def place_of(self, household: str) -> bytes:
        """Return where a household's record stands."""
        return self.place(household.encode())[:_PLACE_BYTES]

    def own_of(self, household: str) -> bytes:
        """Return the key of one household."""
        return self.own(household.encode())


def seal_secrets(secrets: Secrets, key: bytes) -> bytes:
    """Return nonce and salt, encrypted for who holds the seal's key.

    >>> sealed = seal_secrets(Secrets(bytes(32), bytes(32)), bytes(32))
    >>> unseal_secrets(sealed, bytes(32), "sealed.bin").nonce == bytes(32)
    True
    """
    return _encrypt(key, secrets.nonce + secrets.salt, b"secrets")


def unseal_secrets(sealed: bytes, key: bytes, name: str) -> Secrets:
    """Return nonce and salt; raises NotPermittedError when the key is another."""
    plain = _decrypt(key, sealed, b"secrets", name)
    return Secrets(plain[:32], plain[32:])


def sealed_allocation(allocation: Allocation, key: bytes) -> bytes:
    """Return the allocation as encrypted records of one length."""
    room = {name: len(canonical_json(name).encode()) for name in allocation.arms}
    longest = max(room.values())
    plain = [(row.household, _plain(row), longest - room[row.arm]) for row in allocation]
    lengths = [len(text) + shorter for _, text, shorter in plain]
    length = -(-max(lengths, default=1) // _STEP) * _STEP
    bound, keys = _bound(allocation.study, allocation.round), _Keys.of(key)
    records = sorted(_record(household, text.ljust(length), keys, bound) for household, text, _ in plain)
    return _HEAD + length.to_bytes(4, "big") + b"".join(records)


def open_household(
    sealed: bytes, key: bytes, *, household: str, study: str, round_name: str = ""
) -> Assignment:
    """Return what one household was drawn into.

    Raises
    ------
    NotPermittedError
        ``wrong-key`` when the key is another, or the household is not on the list: the two look alike on
        purpose, so that trying names tells nothing.
    ReceiptMismatchError
        When the file is damaged.
    """
    records = _records(sealed)
    keys = _Keys.of(key)
    place = keys.place_of(household)
    for record in records:
        if hmac.compare_digest(record[:_PLACE_BYTES], place):
            own = keys.own_of(household)
            return _opened(_decrypt(own, record[_PLACE_BYTES:], _bound(study, round_name), "allocation"))
    raise _refused("allocation")


def same_allocation(sealed: bytes, key: bytes, allocation: Allocation) -> bool:
    """Tell whether sealed records hold exactly this allocation; raises NotPermittedError for another key."""
    by_place = {record[:_PLACE_BYTES]: record[_PLACE_BYTES:] for record in _records(sealed)}
    keys = _Keys.of(key)
    places = list(map(keys.place_of, allocation.households))
    if by_place.keys().isdisjoint(places):
        raise _refused("allocation")
    if by_place.keys() != set(places):
        return False
    bound = _bound(allocation.study, allocation.round)
    return all(
        _opened(_decrypt(keys.own_of(row.household), by_place[place], bound, "allocation")) == row
        for place, row in zip(places, allocation, strict=True)
    )


def _records(sealed: bytes) -> list[bytes]:
    """Return the records of a file, each of whose places stands once, in ascending order."""
    start = len(_HEAD) + 4
    length = int.from_bytes(sealed[len(_HEAD) : start], "big")
    size = _PLACE_BYTES + _NONCE_BYTES + length + _TAG_BYTES
    records = [sealed[at : at + size] for at in range(start, len(sealed), size)]
    places = [record[:_PLACE_BYTES] for record in records]
    ascend = all(one < next_one for one, next_one in pairwise(places))
    if not sealed.startswith(_HEAD) or length == 0 or (len(sealed) - start) % size or not ascend:
        problem, fix = "The sealed allocation is not whole.", "Restore it from the archive."
        raise ReceiptMismatchError([Issue("damaged-allocation", "allocation", problem, fix)])
    return records


def _record(household: str, text: bytes, keys: _Keys, bound: bytes) -> bytes:
    """Return one household's record."""
    return keys.place_of(household) + _encrypt(keys.own_of(household), text, bound)


def _plain(row: Assignment) -> bytes:
    """Return an assignment as bytes."""
    content = {
        "household": row.household,
        "arm": row.arm,
        "stratum": row.stratum,
        "probability": row.probability,
        "draws": row.draws,
    }
    return canonical_json(content).encode()


def _opened(plain: bytes) -> Assignment:
    """Read a decrypted record."""
    content: dict[str, Any] = json.loads(plain)
    return Assignment(**content)


def _bound(study: str, round_name: str) -> bytes:
    """Return what a record is bound to, so that none can be moved to another draw."""
    return canonical_json([study, round_name]).encode()


def _encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """Encrypt under a fresh nonce, which stands in front."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    nonce = os.urandom(_NONCE_BYTES)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, bound)


def _decrypt(key: bytes, sealed: bytes, bound: bytes, name: str) -> bytes:
    """Decrypt; a wrong key and a damaged file cannot be told apart."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        return ChaCha20Poly1305(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        raise _refused(name) from None


def _refused(name: str) -> NotPermittedError:
    """Say that the key does not open it."""
    problem, fix = (
        "The key does not open this.",
        "Use the key that was made when this draw was committed, and a household of its list.",
    )
    return NotPermittedError([Issue("wrong-key", name, problem, fix)])
