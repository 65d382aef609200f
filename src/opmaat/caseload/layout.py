"""Layouts of register files: dated data, never code."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, MinLen

from opmaat.core.digest import digest_file, digest_value
from opmaat.core.errors import Issue, ProtocolError, did_you_mean
from opmaat.core.month import Month
from opmaat.core.texts import Text
from opmaat.protocol.finding import Finding, KeyPath
from opmaat.protocol.typed_yaml import file_kind, read_typed
from opmaat.protocol.unknown_keys import NO_UNKNOWN_KEYS

_HOME = Path(__file__).parent / "layouts"
_FIX_MONTH = "Give the layout as a file of the study, such as 'layout: register.yaml'."
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


_KIND = file_kind("layout", "layout.yaml", Layout)


def load_layout(name: str, *, folder: Path, month: Month) -> LaidOut:
    """Return the layout of a register: one that Opmaat has, in force in a month, or a file of the study.

    Raises ProtocolError when there is none, or with everything that is wrong in the file.

    Examples
    --------
    >>> bus = load_layout("bus", folder=Path("."), month=Month(2017, 9)).layout
    >>> bus.fields["household_kind"].number
    10
    """
    if not is_own_layout(name):
        return _of_opmaat(name, month)
    found = _read(_own_file(name, folder), month)
    if not _in_force(found.layout, month):
        raise _no_layout(name, f"The layout '{name}' is not one of {month}.", _FIX_MONTH)
    return found


def is_own_layout(name: str) -> bool:
    """Tell whether a layout is a file of the study; others come with Opmaat.

    >>> is_own_layout("register.yaml"), is_own_layout("bus")
    (True, False)
    """
    return name.endswith((".yaml", ".yml"))


def _own_file(name: str, folder: Path) -> Path:
    """Return the file of a study's own layout; raises ProtocolError for one outside its folder."""
    file = folder / name
    if Path(name).is_absolute() or not file.resolve().is_relative_to(folder.resolve()):
        problem = "The layout of a study stands in its folder, so that it goes where the study goes."
        raise _no_layout(name, problem, "Put the file beside the protocol and give its name.")
    return file


def _of_opmaat(name: str, month: Month) -> LaidOut:
    """Return the layout of this name that comes with Opmaat and is in force in a month."""
    files = [file for file in sorted(_HOME.glob("*.yaml"), reverse=True) if _name_of(file) == name]
    for file in files:
        found = _read(file, month)
        if _in_force(found.layout, month):
            return found
    if files:
        raise _no_layout(name, f"The layout '{name}' is not known for {month}.", _FIX_MONTH)
    known = sorted({_name_of(file) for file in _HOME.glob("*.yaml")})
    raise _no_layout(name, f"There is no layout '{name}'.", did_you_mean(name, known))


def _name_of(file: Path) -> str:
    """Return the name of a layout of Opmaat, which stands in its file's name before the year."""
    return file.stem.rsplit("-", 1)[0]


def _no_layout(name: str, problem: str, fix: str) -> ProtocolError:
    """Say that there is no such layout."""
    return ProtocolError([Issue("no-layout", name, problem, fix)])


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
    """Check who persons and households are, that fields of codes have codes, and that months are months."""
    for role, name in (("person", layout.person), ("household", layout.household)):
        if name is not None and name not in layout.fields:
            problem = f"'{name}' is not a field of this layout."
            yield Finding((role,), "unknown-field", problem, did_you_mean(name, layout.fields))
        elif name is not None:
            yield from _check_who(name, layout.fields[name])
    for name, item in layout.fields.items():
        if (item.kind == "code") != bool(item.codes):
            problem = f"'{name}' has codes and is of another kind, or has none and is a code."
            yield Finding(("fields", name), "wrong-codes", problem, "Use 'kind: code' with 'codes'.")
        for code, meaning in item.codes.items():
            if isinstance(meaning, Code):
                yield from _check_months(meaning, ("fields", name, "codes", code))
    if layout.valid is not None:
        yield from _check_months(layout.valid, ("valid",))


def _check_who(name: str, item: Field) -> Iterator[Finding]:
    """Check a field that tells who someone is, or whom someone belongs with."""
    if not item.required:
        problem = f"'{name}' may be empty, and then nobody can tell who belongs together or stands twice."
        yield Finding(("fields", name), "not-required", problem, "Add 'required: true'.")
    if not item.identifies:
        problem = f"'{name}' tells who someone is, and is not kept from sight."
        yield Finding(("fields", name), "not-identifying", problem, "Add 'identifies: true'.")
    if item.kind not in ("text", "digits"):
        problem = f"'{name}' tells who someone is, and a {item.kind} can be written in several ways."
        yield Finding(("fields", name, "kind"), "wrong-kind", problem, "Use 'kind: digits' or 'kind: text'.")


def _check_months(span: Code | Validity, path: KeyPath) -> Iterator[Finding]:
    """Check that the first and last month are months, in their order."""
    found = []
    for key, text in (("since", span.since), ("until", span.until)):
        try:
            found += [Month.parse(text)] if text is not None else []
        except ValueError:
            problem = f"'{text}' is not a month."
            yield Finding((*path, key), "not-a-month", problem, "Write it as '2018-03'.")
    if len(found) == 2 and found[1] < found[0]:
        problem = "The last month is before the first."
        yield Finding((*path, "until"), "months-not-in-order", problem, "Write them in their order.")
