"""Audit a draw from its files: with what everyone can see, or with the list and the keys as well."""

from __future__ import annotations

from collections.abc import Iterator

from opmaat.assign.ceremony import Commitment, Drawn, Opened, Secrets
from opmaat.assign.conceal import same_allocation
from opmaat.assign.hold import private_bytes, sealed_secrets
from opmaat.assign.publish import Place, read_commitment, read_drawn, read_opened
from opmaat.assign.verify import Check, redone, verify_list, verify_opened, verify_promise
from opmaat.caseload.model import first
from opmaat.caseload.store import read_caseload
from opmaat.core.secrets import read_secret
from opmaat.protocol.model import Protocol


def audit_published(protocol: Protocol, place: Place) -> list[Check]:
    """Return what anyone can check after the opening, without list or key.

    Raises NotPermittedError ``not-opened`` before, and ReceiptMismatchError for a file that was changed.
    """
    commitment, drawn, found = read_commitment(place), read_drawn(place), read_opened(place)
    secrets = Secrets(bytes.fromhex(found.nonce), bytes.fromhex(found.salt))
    return [
        *verify_promise(protocol, commitment, drawn, secrets),
        *verify_opened(protocol, commitment, drawn, found),
    ]


def audit_all(protocol: Protocol, place: Place) -> list[Check]:
    """Return what an auditor can check who holds the list and the keys: every arm, drawn again.

    Before the opening the seal is read with its key; afterwards what was opened is checked as well.
    """
    commitment, drawn = read_commitment(place), read_drawn(place)
    secrets = sealed_secrets(place)
    found = read_opened(place) if place.published("opened").exists() else None
    return [
        *verify_promise(protocol, commitment, drawn, secrets),
        *_list_checks(protocol, place, commitment, drawn=drawn, secrets=secrets),
        *(_opened_checks(protocol, commitment, drawn, found=found, secrets=secrets) if found else ()),
    ]


def _list_checks(
    protocol: Protocol, place: Place, commitment: Commitment, *, drawn: Drawn, secrets: Secrets
) -> Iterator[Check]:
    """Yield the checks of the list and of the encrypted arms."""
    caseload = read_caseload(place.private, place.round)
    yield from verify_list(protocol, commitment, drawn, caseload=caseload, secrets=secrets)
    again = redone(protocol, first(caseload, drawn.entries[-1].frame), drawn, secrets)
    sealed = private_bytes(place.allocation)
    same = same_allocation(sealed, read_secret(place.draw_key), again)
    yield Check("encrypted arms: the same as drawn again", same)


def _opened_checks(
    protocol: Protocol, commitment: Commitment, drawn: Drawn, *, found: Opened, secrets: Secrets
) -> Iterator[Check]:
    """Yield the checks of what was opened."""
    same = (found.nonce, found.salt) == (secrets.nonce.hex(), secrets.salt.hex())
    yield Check("nonce and salt: those that were sealed", same)
    yield from verify_opened(protocol, commitment, drawn, found)
