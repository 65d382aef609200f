"""A legal framework, its rules, and what is found when a protocol is held against them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from opmaat.core.texts import Text
from opmaat.protocol.finding import Finding, KeyPath

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
    path: KeyPath
    problem: str
    fix: str

    @property
    def origin(self) -> str:
        """Where the rule stands, and where it was read."""
        read = {"act": "the Act", "decree": "the decree", "secondary": "a secondary source only"}
        address = f", {self.rule.href}" if self.rule.href else ""
        return f"{self.rule.article}; read in {read[self.rule.read]}: {self.rule.title}{address}"

    def __str__(self) -> str:
        where = ".".join(str(part) for part in self.path)
        return f"{self.severity}: {where}: {self.problem} {self.fix} ({self.origin}) [{self.rule.id}]"

    def as_finding(self) -> Finding:
        """Return it as what a check of the protocol finds: ``legal-breach`` and so on, with its origin."""
        return Finding(self.path, f"legal-{self.severity}", f"{self.problem} ({self.origin})", self.fix)

    def as_dict(self) -> dict[str, str | None]:
        """Return the fields for programs."""
        return {
            "severity": self.severity,
            "rule": self.rule.id,
            "says": self.rule.says.en,
            "article": self.rule.article,
            "source": self.rule.title,
            "href": self.rule.href,
            "read_in": self.rule.read,
            "path": ".".join(str(part) for part in self.path),
            "problem": self.problem,
            "fix": self.fix,
        }
