"""Layouts of register files: dated data, never code."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, MinLen
from pydantic import TypeAdapter

from opmaat.core.digest import digest_file, digest_value
from opmaat.core.errors import Issue, ProtocolError, did_you_mean
from opmaat.core.month import Month
from opmaat.core.texts import Text
from opmaat.protocol.finding import Finding
from opmaat.protocol.typed_yaml import FileKind, read_typed
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS

_HOME = Path(__file__).parent / "layouts"
_KIND = FileKind("layout", "layout.yaml", cache(lambda: TypeAdapter(Layout)))
MonthText = Annotated[str, MinLen(7)]


@dataclass(frozen=True, kw_only=True)
class Code:
    """What a code stands for, and from which month up to and including which month it may be used."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    label: str
    since: MonthText | None = None
    until: MonthText | None = None


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of the register.

    ``length`` is the exact number of digits, or the most signs of a text. ``identifies`` marks what tells who
    someone is: it is hashed with the key and never shown. ``number`` is that of the regulation.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    column: Annotated[str, MinLen(1)]
    kind: Literal["text", "digits", "number", "date", "code"]
    number: int | None = None
    length: Annotated[int, Ge(1)] | None = None
    format: Literal["yyyymmdd", "yyyy-mm-dd", "dd-mm-yyyy"] = "yyyymmdd"
    codes: Mapping[str, str | Code] = dataclasses.field(default_factory=dict)
    required: bool = False
    identifies: bool = False


@dataclass(frozen=True, kw_only=True)
class Validity:
    """Months in which a layout is used: from the first up to and including the last, where there is one."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    since: MonthText
    until: MonthText | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the layout is laid down."""

    __pydantic_config__ = NO_UNKNOWN_KEYS
    title: str
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a register file is laid out.

    ``person`` and ``household`` name the fields that tell who someone is and whom someone belongs with:
    persons with the same household field are one household. Without a household field each person is one.
    ``extends`` names a layout that Opmaat has: its fields hold as well, but for those that are given here.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS
    layout: Annotated[str, MinLen(1)]
    title: Text
    person: str
    fields: Annotated[Mapping[str, Field], MinLen(1)]
    extends: str | None = None
    household: str | None = None
    source: Source | None = None
    valid: Validity | None = None
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A layout together with the digest of its file."""

    layout: Layout
    digest: str


def load_layout(name: str, *, folder: Path, month: Month) -> LaidOut:
    """Return the layout of a register: one that Opmaat has, in force in a month, or a file of the study.

    Raises ProtocolError when there is none, or with everything that is wrong in the file.

    Examples
    --------
    >>> bus = load_layout("bus", folder=Path("."), month=Month(2017, 9)).layout
    >>> bus.fields["household_kind"].number
    10
    """
    own = folder / name
    return _read(own, month) if own.suffix in {".yaml", ".yml"} else _of_opmaat(name, month)


def _of_opmaat(name: str, month: Month) -> LaidOut:
    """Return the layout of this name that comes with Opmaat and is in force in a month."""
    for file in sorted(_HOME.glob(f"{name}-*.yaml"), reverse=True):
        found = _read(file, month)
        if _in_force(found.layout, month):
            return found
    known = sorted({file.stem.rsplit("-", 1)[0] for file in _HOME.glob("*.yaml")})
    if name in known:
        problem = f"The layout '{name}' is not known for {month}."
        fix = "Give the layout as a file of the study, such as 'layout: register.yaml'."
        raise ProtocolError([Issue("no-layout", name, problem, fix)])
    problem = f"There is no layout '{name}'."
    raise ProtocolError([Issue("no-layout", name, problem, did_you_mean(name, known))])


def _in_force(layout: Layout, month: Month) -> bool:
    """Tell whether a layout is used in a month."""
    if layout.valid is None:
        return True
    until = layout.valid.until
    return Month.parse(layout.valid.since) <= month and (until is None or month <= Month.parse(until))


def _read(file: Path, month: Month) -> LaidOut:
    """Read a layout file, with the fields of the layout that it extends."""
    own = read_typed(file, _KIND, lambda layout: _check(_whole(layout, month)))
    if own.extends is None:
        return LaidOut(own, digest_file(file))
    base = _of_opmaat(own.extends, month)
    return LaidOut(_whole(own, month), digest_value([digest_file(file), base.digest]))


def _whole(layout: Layout, month: Month) -> Layout:
    """Return a layout with the fields of the one that it extends before its own."""
    if layout.extends is None:
        return layout
    return replace(layout, fields={**_of_opmaat(layout.extends, month).layout.fields, **layout.fields})


def _check(layout: Layout) -> Iterator[Finding]:
    """Check that person and household are required fields, and that fields of codes have codes."""
    for role, name in (("person", layout.person), ("household", layout.household)):
        if name is not None and name not in layout.fields:
            problem = f"'{name}' is not a field of this layout."
            yield Finding((role,), "unknown-field", problem, did_you_mean(name, layout.fields))
        elif name is not None and not layout.fields[name].required:
            problem = f"'{name}' may be empty, and then nobody can tell who belongs together or stands twice."
            yield Finding(("fields", name), "not-required", problem, "Add 'required: true'.")
    for name, item in layout.fields.items():
        if (item.kind == "code") != bool(item.codes):
            problem = f"'{name}' has codes and is of another kind, or has none and is a code."
            yield Finding(("fields", name), "wrong-codes", problem, "Use 'kind: code' with 'codes'.")
