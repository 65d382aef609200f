"""Reads a legal framework from the files of the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from opmaat.core.errors import Issue, ProtocolError, did_you_mean
from opmaat.core.texts import Text
from opmaat.design.limits.model import Framework, LegalRule

_ROOT = Path(__file__).parent / "frameworks"
_OWN = ("id", "check", "severity", "read", "article", "source", "says")


@cache
def framework(name: str) -> Framework:
    """Return a framework by its name; raises ProtocolError when there is none of that name.

    >>> framework("experiments-2017").rules[0].article
    'art. 2.1'
    """
    from ruamel.yaml import YAML

    path = _ROOT / f"{name}.yaml"
    if not path.is_file():
        known = [other.stem for other in _ROOT.glob("*.yaml")]
        problem = f"'{name}' is not a legal framework."
        raise ProtocolError(
            [Issue("unknown-framework", "legal_framework", problem, did_you_mean(name, known))]
        )
    content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    rules = tuple(
        LegalRule(
            id=rule["id"],
            check=rule["check"],
            settings={key: value for key, value in rule.items() if key not in _OWN},
            severity=rule["severity"],
            read=rule["read"],
            article=rule["article"],
            title=rule["source"]["title"],
            href=rule["source"]["href"],
            says=Text(**rule["says"]),
        )
        for rule in content["rules"]
    )
    return Framework(name, Text(**content["title"]), rules)
