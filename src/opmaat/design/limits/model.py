"""A legal framework, its rules, and what is found when a protocol is held against them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from opmaat.protocol.finding import Path
from opmaat.protocol.texts import Text

Severity = Literal["breach", "warning", "unverified"]
Read = Literal["act", "decree", "secondary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalRule:
    """One rule of a framework.

    Parameters
    ----------
    id
        Short name.
    check
        Name of the check that is carried out, with its ``settings``.
    severity
        What it is when the rule is not met.
    read
        Whether the rule was read in the Act, in the decree, or in a secondary source only.
    article, title, href
        Where it stands.
    says
        The rule in one sentence.
    """

    id: str
    check: str
    settings: Mapping[str, Any]
    severity: Severity
    read: Read
    article: str
    title: str
    href: str | None
    says: Text


@dataclass(frozen=True, slots=True)
class Framework:
    """The rules an experiment is held against; ``id`` is what a protocol calls it."""

    id: str
    title: Text
    rules: tuple[LegalRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitFinding:
    """A rule that is not met, or cannot be checked from the protocol, at its place in the protocol."""

    severity: Severity
    rule: LegalRule
    path: Path
    problem: str
    fix: str

    def __str__(self) -> str:
        where = ".".join(str(part) for part in self.path)
        origin = {"act": "the Act", "decree": "the decree", "secondary": "a secondary source"}[self.rule.read]
        return (
            f"{self.severity}: {where}: {self.problem} {self.fix} "
            f"({self.rule.article}; read in {origin}: {self.rule.title}) [{self.rule.id}]"
        )
