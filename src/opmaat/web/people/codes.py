"""Codes in letters: twelve signs that cannot be taken for each other, sixty bits."""

from __future__ import annotations

from opmaat.web.people.sealing import lookup

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 12


def digest_of_code(typed: str) -> str:
    """Return the keyed digest of a code, however it was typed: small letters, spaces and dashes are fine."""
    return lookup("letter code", "".join(sign for sign in typed.upper() if sign.isalnum()))
