"""Audit a draw from its files: with what everyone can see, or with the list and the keys as well."""

from __future__ import annotations

from collections.abc import Iterator

from opmaat.assign.ceremony.begin import follows
from opmaat.assign.ceremony.disclose import read_disclosures
from opmaat.assign.ceremony.hold import sealed_secrets
from opmaat.assign.ceremony.publish import (
    Place,
    private_bytes,
    read_begun,
    read_commitment,
    read_drawn,
    read_opened,
)
from opmaat.assign.ceremony.steps import Commitment, Drawn, Opened, Secrets
from opmaat.assign.ceremony.verify import (
    Check,
    days_check,
    redone,
    verify_list,
    verify_opened,
    verify_promise,
)
from opmaat.assign.conceal import same_allocation
from opmaat.caseload.model import first
from opmaat.caseload.store import read_caseload
from opmaat.core.digest import digest_file
from opmaat.core.secrets import read_secret
from opmaat.protocol.freeze import Lock
from opmaat.protocol.model import Protocol


def audit_published(lock: Lock, place: Place) -> list[Check]:
    """Return what anyone can check after the opening, without list or key.

    Raises NotPermittedError ``not-opened`` before, and ReceiptMismatchError for a file that was changed.
    """
    commitment, drawn, found = read_commitment(place), read_drawn(place), read_opened(place)
    return [
        days_check(commitment, drawn, found),
        *verify_promise(lock, commitment, drawn, _opened_secrets(found)),
        _record_check(place, drawn),
        *verify_opened(lock.protocol, commitment, drawn, found),
    ]


def audit_all(lock: Lock, place: Place) -> list[Check]:
    """Return what can be checked by who holds the list: every arm, drawn again.

    Before the opening the seal is read with its key. Afterwards what was opened is enough, and the sealed and
    encrypted files are compared with it where their keys are at hand.
    """
    commitment, drawn = read_commitment(place), read_drawn(place)
    found = read_opened(place) if place.published("opened").exists() else None
    secrets = _opened_secrets(found) if found else sealed_secrets(place)
    checks = [
        days_check(commitment, drawn, found),
        *verify_promise(lock, commitment, drawn, secrets),
        _record_check(place, drawn),
        *_list_checks(lock.protocol, place, commitment, drawn=drawn, secrets=secrets),
    ]
    if (begun := read_begun(place)) is not None:
        checks.append(Check("the draw: with the value and lists it was begun with", follows(drawn, begun)))
    if read_disclosures(place, commitment):
        checks.append(Check("disclosures: each follows on the one before it", True))
    if found:
        checks += verify_opened(lock.protocol, commitment, drawn, found)
        checks += _private_checks(place, found, secrets)
    return checks


def _private_checks(place: Place, found: Opened, secrets: Secrets) -> Iterator[Check]:
    """Yield whether what is private, as far as it is at hand, is what was opened."""
    if place.balance.exists():
        same = digest_file(place.balance) == found.balance
        yield Check("balance: the one whose digest was published", same)
    if place.seal_key.exists():
        yield Check("nonce and salt: those that were sealed", sealed_secrets(place) == secrets)


def _record_check(place: Place, drawn: Drawn) -> Check:
    """Return whether the record is the page that was made at the draw; a page that is gone is not."""
    try:
        same = digest_file(place.record) == drawn.record
    except OSError:
        same = False
    return Check("record: the page that was made at the draw", same)


def _list_checks(
    protocol: Protocol, place: Place, commitment: Commitment, *, drawn: Drawn, secrets: Secrets
) -> Iterator[Check]:
    """Yield the checks of the list and, with the key, of the encrypted arms."""
    caseload = read_caseload(place.private, place.round)
    yield from verify_list(protocol, commitment, drawn, caseload=caseload, secrets=secrets)
    if place.draw_key.exists():
        again = redone(protocol, first(caseload, drawn.entries[-1].frame), drawn, secrets)
        same = same_allocation(private_bytes(place.allocation), read_secret(place.draw_key), again)
        yield Check("encrypted arms: the same as drawn again", same)


def _opened_secrets(found: Opened) -> Secrets:
    """Return nonce and salt as they were opened."""
    return Secrets(bytes.fromhex(found.nonce), bytes.fromhex(found.salt))
