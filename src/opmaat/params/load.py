"""Reads one legal amount at a time from the YAML files of the package.

What they hold stands in ``read.json`` too, by the digest of each text: docs/adr/0015-amounts-read-before.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from opmaat.core.digest import canonical_json, digest_bytes
from opmaat.core.errors import Issue, ProtocolError, did_you_mean
from opmaat.core.money import cents_from_text
from opmaat.core.month import Month
from opmaat.params.model import Gap, Parameter, Reference, Unit, Value

_ROOT = Path(__file__).parent / "nl"
_READ_BEFORE = Path(__file__).parent / "read.json"
_AGE = re.compile(r"(\d+) years (\d+) months")


def names() -> list[str]:
    """Return the names of all legal amounts, sorted.

    >>> "pension_age" in names()
    True
    """
    return list(_files())


@cache
def _files() -> dict[str, Path]:
    """Return the file of each legal amount by its name."""
    return {path.stem: path for path in sorted(_ROOT.glob("*/*.yaml"), key=lambda path: path.stem)}


@cache
def parameter(name: str) -> Parameter:
    """Return a legal amount by its name; only its own file is read, and only once.

    Raises ProtocolError when there is no parameter of that name.

    Examples
    --------
    >>> parameter("exp_disregard_cap").at(Month(2018, 1)).shown
    '199.00'
    """
    path = _files().get(name)
    if path is not None:
        return _parameter(name, path.parent.name, _content(path))
    alike = [known for known in names() if name in known] if name else []
    near = did_you_mean(name, alike or names())
    fix = near if alike or near.startswith("Did") else "Run 'opmaat params' for all names."
    raise ProtocolError([Issue("unknown-parameter", name, f"There is no legal amount '{name}'.", fix)])


@cache
def legal_amount(name: str, month: Month) -> int:
    """Return a legal amount in a month as a whole number: eurocents, basis points, months, years or a count.

    Raises MissingValueError when the month is not covered, ProtocolError when there is no such parameter.

    Examples
    --------
    >>> legal_amount("norm_art21a_single_21plus", Month(2018, 3))
    99212
    """
    return parameter(name).at(month).amount


def written_down() -> str:
    """Return the content of every file by the digest of its text, as ``read.json`` keeps it.

    >>> written_down() == (Path(__file__).parent / "read.json").read_text(encoding="utf-8")
    True
    """
    texts = (path.read_text(encoding="utf-8") for path in _files().values())
    lines = [f'"{digest_bytes(text.encode())}": {canonical_json(_parsed(text))}' for text in texts]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _content(path: Path) -> Mapping[str, Any]:
    """Return what a file holds; one that was changed since ``read.json`` was made is read as YAML."""
    text = path.read_text(encoding="utf-8")
    content = _read_before().get(digest_bytes(text.encode()))
    return _parsed(text) if content is None else content


@cache
def _read_before() -> Mapping[str, Mapping[str, Any]]:
    """Return what the files held when ``read.json`` was made, by the digest of their text."""
    content: Mapping[str, Mapping[str, Any]] = json.loads(_READ_BEFORE.read_text(encoding="utf-8"))
    return content


def _parsed(text: str) -> Mapping[str, Any]:
    """Return what a text holds; YAML is imported late."""
    from ruamel.yaml import YAML

    content: Mapping[str, Any] = YAML(typ="safe", pure=True).load(text)
    return content


def _parameter(name: str, act: str, content: Mapping[str, Any]) -> Parameter:
    """Turn the content of a file, which the tests hold against the schema, into a value."""
    return Parameter(
        name=name,
        act=act,
        label={"nl": content["label"]["nl"], "en": content["label"]["en"]},
        unit=content["unit"],
        per=content["per"],
        article=content["article"],
        known_until=Month.parse(content["known_until"]),
        values=tuple(_dated(name, content["unit"], entry) for entry in content["values"]),
    )


def _dated(name: str, unit: Unit, entry: Mapping[str, Any]) -> Value | Gap:
    """Turn one entry of ``values`` into a value or a gap."""
    since = Month.parse(entry["from"][:7])
    if "gap" in entry:
        return Gap(since, entry["gap"])
    return Value(
        parameter=name,
        since=since,
        amount=amount_from_text(entry["value"], unit),
        shown=entry["value"],
        reference=Reference(**entry["reference"]),
        further=tuple(Reference(**reference) for reference in entry.get("further", ())),
        confidence=entry["confidence"],
        note=entry.get("note"),
    )


def amount_from_text(text: str, unit: Unit) -> int:
    """Return a written value as the whole number that arithmetic uses. Raises ValueError.

    Examples
    --------
    >>> amount_from_text("986.52", "euro"), amount_from_text("12.5%", "percent")
    (98652, 1250)
    >>> amount_from_text("66 years 4 months", "age"), amount_from_text("yes", "yes_no")
    (796, 1)
    """
    if unit == "euro":
        return cents_from_text(text)
    if unit == "percent":
        return cents_from_text(text.removesuffix("%"))
    if unit == "age":
        match = _AGE.fullmatch(text)
        if match is None:
            raise ValueError(f"'{text}' is not an age such as 66 years 4 months")
        return int(match[1]) * 12 + int(match[2])
    if unit == "yes_no":
        return ("no", "yes").index(text)
    return int(text)
