"""Encryption of who people are, with a key that is not in the database.

ChaCha20-Poly1305 (RFC 8439) under a key per purpose, derived from the installation's key by HKDF (RFC 5869).
A sealed text is bound to its municipality and pseudonym: moved to another row it cannot be opened.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who someone is. Printing it tells nothing.

    ``number`` is the citizen service number (BSN), nine digits.
    """

    name: str = field(repr=False)
    born: date = field(repr=False)
    number: str = field(repr=False)
    address: str = field(repr=False)


def seal(identity: Identity, *, municipality: str, pseudonym: str) -> bytes:
    """Return an identity encrypted for one row."""
    content = {
        "name": identity.name,
        "born": identity.born.isoformat(),
        "number": identity.number,
        "address": identity.address,
    }
    return _seal(json.dumps(content).encode(), "identity", _bound(municipality, pseudonym))


def unseal(sealed: bytes, *, municipality: str, pseudonym: str) -> Identity:
    """Return the identity of a row; raises cryptography's InvalidTag when it is damaged or was moved."""
    content: dict[str, Any] = json.loads(_unseal(sealed, "identity", _bound(municipality, pseudonym)))
    return Identity(**content | {"born": date.fromisoformat(content["born"])})


def seal_text(text: str, *, municipality: str, about: str) -> bytes:
    """Return a text about people encrypted for one row; ``about`` names the row, such as an event."""
    return _seal(text.encode(), "text", _bound(municipality, about))


def unseal_text(sealed: bytes, *, municipality: str, about: str) -> str:
    """Return the text of a row; raises cryptography's InvalidTag when it is damaged or was moved."""
    return _unseal(sealed, "text", _bound(municipality, about)).decode()


def lookup(purpose: str, text: str) -> str:
    """Return the keyed digest under which a number or a letter code can be found again."""
    return hmac.digest(_key(f"lookup {purpose}"), text.encode(), "sha256").hex()


def seal_bytes(plain: bytes, *, bound: str) -> bytes:
    """Return bytes encrypted for one place, such as a piece of a file of people; ``bound`` names the place.

    >>> sealed = seal_bytes(b"rows", bound="upload 1, piece 1")
    >>> unseal_bytes(sealed, bound="upload 1, piece 1"), b"rows" in sealed
    (b'rows', False)
    """
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + ChaCha20Poly1305(_key("bytes")).encrypt(nonce, plain, bound.encode())


def unseal_bytes(sealed: bytes, *, bound: str) -> bytes:
    """Return what was sealed; raises cryptography's InvalidTag when it is damaged or of another place."""
    cipher = ChaCha20Poly1305(_key("bytes"))
    return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound.encode())


def derived_bytes(purpose: str, seed: bytes) -> bytes:
    """Return 32 bytes that follow from a seed, for who has the installation's key and nobody else."""
    return hmac.digest(_key(f"derived {purpose}"), seed, hashlib.sha256)


def _seal(plain: bytes, purpose: str, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + ChaCha20Poly1305(_key(purpose)).encrypt(nonce, plain, bound)


def _unseal(sealed: bytes, purpose: str, bound: bytes) -> bytes:
    return ChaCha20Poly1305(_key(purpose)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)


def _key(purpose: str) -> bytes:
    """Return the key of a purpose."""
    return _derived(settings.PEOPLE_KEY, purpose)


@cache
def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"opmaat web {purpose}".encode()).derive(key)


def _bound(municipality: str, pseudonym: str) -> bytes:
    return json.dumps([municipality, pseudonym]).encode()
