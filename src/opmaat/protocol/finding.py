"""What a check of the protocol finds, at its place in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from opmaat.core.errors import did_you_mean

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem at a place in the protocol, named by the keys that lead to it."""

    path: KeyPath
    code: str
    problem: str
    fix: str


def unknown(path: KeyPath, kind: str, name: str, known: Iterable[str]) -> Finding:
    """Return the finding that a name refers to nothing.

    >>> unknown(("arms",), "arm", "contrl", ["control"]).problem
    "'contrl' is not an arm of this protocol."
    """
    article = "an" if kind[0] in "aeiou" else "a"
    problem = f"'{name}' is not {article} {kind} of this protocol."
    return Finding(path, f"unknown-{kind}", problem, did_you_mean(name, known))
