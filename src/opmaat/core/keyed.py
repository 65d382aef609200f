"""Keyed hashes: who lacks the key can neither make them nor tell what they are of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

_BLOCK_BYTES = 64
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


def keyed_hash(key: bytes, word: bytes) -> Callable[[bytes], bytes]:
    """Return what gives the HMAC-SHA256 of a word and a text: 32 bytes (RFC 2104).

    What does not depend on the text is done once, so that many texts take a fourth of the time that
    ``hmac.digest`` takes for each.

    Parameters
    ----------
    key
        At most 64 bytes; a longer key is hashed first, as the standard says.
    word
        Stands in front of every text, so that hashes for one purpose are no hashes for another.

    Examples
    --------
    >>> import hmac
    >>> keyed_hash(bytes(32), b"person ")(b"one") == hmac.digest(bytes(32), b"person one", "sha256")
    True
    """
    block = (key if len(key) <= _BLOCK_BYTES else hashlib.sha256(key).digest()).ljust(_BLOCK_BYTES, b"\0")
    inside = hashlib.sha256(block.translate(_INNER) + word)
    outside = hashlib.sha256(block.translate(_OUTER))

    def of(text: bytes) -> bytes:
        inner, outer = inside.copy(), outside.copy()
        inner.update(text)
        outer.update(inner.digest())
        return outer.digest()

    return of
