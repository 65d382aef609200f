"""Pseudonyms by keyed hash: the same person is the same pseudonym, to whoever has the key and nobody else.

HMAC-SHA256 (RFC 2104) over a word for the kind and the identifier, cut to 160 bits. An ordinary hash would
not do: there are fewer than a billion citizen service numbers, and all can be tried in minutes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from pathlib import Path

from opmaat.core.digest import PREFIX
from opmaat.core.errors import Issue, NotPermittedError
from opmaat.core.keyed import keyed_hash
from opmaat.core.secrets import read_secret, write_secret

_BYTES = 20
KEY_FILE = "pseudonym.key"
KEY_CHECK = "pseudonym key"


def pseudonyms(key: bytes, kind: str, identifiers: Iterable[str]) -> list[str]:
    """Return the pseudonym of each identifier: 40 hexadecimal digits.

    Examples
    --------
    >>> one, two = pseudonyms(bytes(32), "person", ["000000012", "000000013"])
    >>> len(one), one == two, [one] == pseudonyms(bytes(32), "person", ["000000012"])
    (40, False, True)
    """
    if len(key) < 32:
        problem, fix = "The key is too short to keep anyone's identity.", "Use the key that Opmaat made."
        raise NotPermittedError([Issue("short-key", KEY_FILE, problem, fix)])
    word = kind.encode() + b"\0"
    keyed = keyed_hash(key, word)
    return [keyed(identifier.encode())[:_BYTES].hex() for identifier in identifiers]


def key_check(key: bytes) -> str:
    """Return what tells whether two lists were made with one key, and nothing of the key itself."""
    return PREFIX + hmac.new(key, b"check\0", hashlib.sha256).hexdigest()


def keep_pseudonym_key(folder: Path, key: bytes) -> None:
    """Keep the key of the pseudonyms of a study; raises NotPermittedError where another one is kept."""
    file = folder / KEY_FILE
    if not file.exists():
        write_secret(file, key)
    elif read_secret(file) != key:
        problem, fix = "Another key was kept while the list was made.", "Make the list again."
        raise NotPermittedError([Issue("wrong-key", KEY_FILE, problem, fix)])
