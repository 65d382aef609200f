"""Digests: the same content has the same name, on every machine.

A digest is ``sha256:`` and 64 hexadecimal digits (FIPS 180-4). Values are digested as canonical JSON:
sorted keys, no spaces, UTF-8, so that the order in which someone wrote a file does not matter.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

PREFIX = "sha256:"
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_CHUNK_BYTES = 1 << 20


def digest_bytes(content: bytes) -> str:
    """Return the digest of bytes.

    Examples
    --------
    >>> digest_bytes(b"opmaat")[:19]
    'sha256:f2f593d1c025'
    """
    return PREFIX + hashlib.sha256(content).hexdigest()


def digest_file(path: Path) -> str:
    """Return the digest of a file's bytes, read a piece at a time. Raises OSError when it cannot be read."""
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            state.update(chunk)
    return PREFIX + state.hexdigest()


def canonical_json(value: object) -> str:
    """Return the one JSON text of a value made of mappings, lists, strings, numbers and None.

    Raises ValueError on NaN and infinity, which JSON does not have.

    Examples
    --------
    >>> canonical_json({"b": [1, 2.5], "a": None})
    '{"a":null,"b":[1,2.5]}'
    """
    return _CANONICAL.encode(value)


def digest_value(value: object) -> str:
    """Return the digest of a value's canonical JSON.

    Examples
    --------
    >>> digest_value({"a": 1, "b": 2}) == digest_value({"b": 2, "a": 1})
    True
    """
    return digest_bytes(canonical_json(value).encode())
