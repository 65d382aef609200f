"""Codes in letters: twelve signs that cannot be taken for each other, sixty bits."""

from __future__ import annotations

from opmaat.web.people.sealing import derived_bytes, lookup

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 12


def digest_of_code(typed: str) -> str:
    """Return the keyed digest of a code, however it was typed: small letters, spaces and dashes are fine."""
    return lookup("letter code", "".join(sign for sign in typed.upper() if sign.isalnum()))


def code_from_seed(seed: str) -> str:
    """Return the code that a seed and the installation's key make: the same each time, and kept nowhere."""
    number = int.from_bytes(derived_bytes("letter code from seed", seed.encode()), "big")
    signs = (LETTERS[number >> 5 * place & 31] for place in range(LENGTH))
    return shown_code("".join(signs))


def shown_code(code: str) -> str:
    """Return a code as letters show it, in groups of four.

    >>> shown_code("ABCD2345EFGH")
    'ABCD-2345-EFGH'
    """
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))
