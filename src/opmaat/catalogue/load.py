"""Reads the catalogue from the files of the package; the tests hold each file against schema.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from opmaat.catalogue.model import Approach, Source
from opmaat.core.errors import Issue, UsageError, did_you_mean
from opmaat.core.texts import Text

_ROOT = Path(__file__).parent


@cache
def elements() -> Mapping[str, Text]:
    """Return the working elements by name, in the order of the file.

    >>> elements()["fixed_caseworker"].en
    'One and the same caseworker throughout.'
    """
    return {name: Text(**text) for name, text in _content(_ROOT / "elements.yaml").items()}


@cache
def approaches() -> Mapping[str, Approach]:
    """Return every entry of the catalogue by name, shelf by shelf.

    >>> approaches()["utrecht-2018-guidance"].grade
    'randomised'
    """
    shelves = sorted((_ROOT / "entries").glob("*.yaml"))
    return {entry.name: entry for shelf in shelves for entry in _entries(shelf.stem, _content(shelf))}


def approach(name: str) -> Approach:
    """Return one entry of the catalogue; raises UsageError when there is none of that name.

    >>> approach("wageningen-2017-disregard").elements
    ('earnings_disregard',)
    """
    if name not in approaches():
        problem = f"The catalogue has no '{name}'."
        raise UsageError([Issue("unknown-approach", name, problem, did_you_mean(name, approaches()))])
    return approaches()[name]


def _content(path: Path) -> Mapping[str, Any]:
    """Read a file; YAML is imported late."""
    from ruamel.yaml import YAML

    content: Mapping[str, Any] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return content


def _entries(shelf: str, content: Mapping[str, Any]) -> Iterator[Approach]:
    """Yield the entries of a shelf; what holds for all of them stands once, at the top of the file."""
    for name, entry in content["approaches"].items():
        yield Approach(
            name=f"{shelf}-{name}",
            title=Text(**entry["title"]),
            target=Text(**content["target"]),
            setting=Text(**content["setting"]),
            elements=tuple(entry["elements"]),
            grade=entry["grade"],
            found=Text(**entry["found"]) if "found" in entry else None,
            sources=tuple(Source(**source) for source in content["sources"]),
        )
