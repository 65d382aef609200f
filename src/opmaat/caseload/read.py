"""Read a register file into rows: the fields that the protocol and the layout ask for, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from opmaat.caseload.cells import convert
from opmaat.caseload.layout import Layout, is_own_layout, load_layout
from opmaat.caseload.model import Caseload
from opmaat.caseload.rows import Rows, parse
from opmaat.core.digest import digest_file
from opmaat.core.errors import DataFileError, Issue, ProtocolError, did_you_mean
from opmaat.core.month import Month
from opmaat.core.tables import Table
from opmaat.formats.layout import Layout as FileLayout
from opmaat.formats.read import read_lines
from opmaat.formats.reading import Reading
from opmaat.protocol.model import Protocol
from opmaat.protocol.population import Coded, CodeIs, CodeIsNot, Population, Register, YearsSince

_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A line that is no row.

    ``named`` has, for the fields that tell who someone is and whom someone belongs with, the cells that can
    be theirs: those at their place counted from the start of the line and from its end.
    """

    line: int
    code: str
    problem: str
    named: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a register file holds: rows that belong to the caseload, and what they came from."""

    rows: Rows
    rows_read: int
    sources: Mapping[str, str]
    unread: tuple[UnreadLine, ...] = ()


def read_register(protocol: Protocol, file: Path, *, folder: Path, day: date) -> Delivery:
    """Read the register of a protocol from a file.

    Parameters
    ----------
    folder
        The study's folder, from which the path of a layout of its own counts.
    day
        The reference date; layout and codes are those of its month.

    Raises
    ------
    ProtocolError
        When the protocol names no register, or fields that the layout does not have.
    DataFileError
        When the file cannot be read or lacks a column. Cells that do not fit are told by the rows.
    """
    register, month = register_of(protocol), Month.of(_usable(day))
    laid_out = load_layout(register.layout, folder=folder, month=month)
    fields = needed_fields(protocol.population, laid_out.layout)
    heads = {name: laid_out.layout.fields[name].column for name in fields}
    reading, digest = _read_unchanged(file, register, tuple(heads.values()))
    columns = {name: reading.table.columns[head] for name, head in heads.items()}
    table = Table(reading.table.name, columns, reading.table.positions, reading.table.row_word)
    rows = parse(table, laid_out.layout, month=month, decimal=register.decimal)
    unread = tuple(_unread(reading, laid_out.layout, month))
    sources = {"register": digest, layout_input(laid_out.layout): laid_out.digest}
    return Delivery(_only(rows, register), rows.count + len(unread), sources, unread)


def layout_input(layout: Layout) -> str:
    """Return the name under which receipts have the digest of a layout."""
    return f"layout: {layout.layout}"


def require_same_layout(protocol: Protocol, delivery: Delivery, lists: Iterable[Caseload]) -> None:
    """Refuse a layout of the study that is not the one with which lists were made that were committed to.

    A layout that Opmaat has may differ: it comes with the version. Raises ProtocolError ``changed-layout``.
    """
    name, file = layout_input(delivery.rows.layout), register_of(protocol).layout
    digests = {digest for one in lists if (digest := one.receipt.inputs.get(name)) is not None}
    if is_own_layout(file) and digests - {delivery.sources[name]}:
        problem = "The layout was changed since a list was made with it that was committed to."
        fix = "Put it back; a layout of a later time has a file and a name of its own, by an amendment."
        raise ProtocolError([Issue("changed-layout", file, problem, fix)])


def _read_unchanged(file: Path, register: Register, heads: tuple[str, ...]) -> tuple[Reading, str]:
    """Read a file and return its digest; raises DataFileError when it was written to meanwhile."""
    before = digest_file(file) if file.is_file() else ""
    reading = read_lines(file, heads, FileLayout(register.encoding, register.separator))
    if digest_file(file) != before:
        problem, fix = "The file was changed while it was read.", "Wait until it is whole, and try again."
        raise DataFileError([Issue("changed-while-read", file.name, problem, fix)])
    return reading, before


def _unread(reading: Reading, layout: Layout, month: Month) -> Iterator[UnreadLine]:
    """Yield the lines of a file that are no row, with the cells that can tell whom they are about."""
    who = [name for name in (layout.person, layout.household) if name is not None]
    for broken in reading.broken:
        named = {name: tuple(_cells_of(broken.cells, name, reading.heads, layout, month)) for name in who}
        yield UnreadLine(broken.line, broken.code, broken.problem, named)


def _cells_of(
    cells: tuple[str, ...], name: str, heads: tuple[str, ...], layout: Layout, month: Month
) -> Iterator[str]:
    """Yield the cells that can be those of a field, of a line with too many or too few of them.

    The last cell of a line with too few may be cut off itself.
    """
    field = layout.fields[name]
    place = heads.index(field.column)
    whole = len(cells) - (len(cells) < len(heads))
    from_end = place + len(cells) - len(heads)
    places = ({place} & {*range(whole)}) | ({from_end} & {*range(len(cells))})
    for at in sorted(places):
        with suppress(ValueError):
            yield convert(cells[at].strip().strip('"'), field, month=month, decimal=".")


def needed_fields(population: Population, layout: Layout) -> list[str]:
    """Return the fields to read, in the layout's order; raises ProtocolError for those it does not have.

    >>> from opmaat.core.texts import Text
    >>> bus = load_layout("bus", folder=Path("."), month=Month(2017, 9)).layout
    >>> len(needed_fields(Population(description=Text("a", "a")), bus))
    6
    """
    asked = {layout.person, *([layout.household] if layout.household else [])}
    asked |= {name for name, field in layout.fields.items() if field.required}
    asked |= {rule.field for rule in population.exclude}
    asked |= {
        item.field for item in population.characteristics.values() if isinstance(item, Coded | YearsSince)
    }
    asked |= set(population.register.only) if population.register else set()
    issues = [
        Issue(
            "unknown-field",
            "population",
            f"'{name}' is no field of the register.",
            did_you_mean(name, layout.fields),
        )
        for name in sorted(asked - set(layout.fields))
    ]
    issues += [*_wrong_kinds(population, layout), *_unknown_codes(population, layout)]
    if issues:
        raise ProtocolError(issues)
    return [name for name in layout.fields if name in asked]


def _wrong_kinds(population: Population, layout: Layout) -> list[Issue]:
    """Find rules and characteristics that ask a date of a field that is none, or show who someone is."""
    uses = [(rule.id, rule.field, not isinstance(rule, CodeIs | CodeIsNot)) for rule in population.exclude]
    uses += [
        (name, item.field, isinstance(item, YearsSince))
        for name, item in population.characteristics.items()
        if isinstance(item, Coded | YearsSince)
    ]
    issues = []
    for name, used, needs_day in uses:
        field = layout.fields.get(used)
        if field is not None and (field.kind == "date") != needs_day:
            what = "is" if needs_day else "is not"
            problem = f"'{name}' needs a field that {what} a date, and '{used}' is another."
            issues.append(Issue("wrong-field", "population", problem, "Name another field."))
        elif field is not None and field.identifies:
            problem = f"'{name}' uses the field '{used}', which tells who someone is."
            issues.append(Issue("identifying-field", "population", problem, "Name another field."))
    return issues


def _unknown_codes(population: Population, layout: Layout) -> Iterator[Issue]:
    """Yield the codes of rules, characteristics and kept rows that their field does not have."""
    uses = [
        (rule.id, rule.field, rule.codes)
        for rule in population.exclude
        if isinstance(rule, CodeIs | CodeIsNot)
    ]
    uses += [
        (name, item.field, tuple(item.values))
        for name, item in population.characteristics.items()
        if isinstance(item, Coded)
    ]
    uses += [("only", *use) for use in population.register.only.items()] if population.register else []
    for name, used, codes in uses:
        field = layout.fields.get(used)
        if field is not None and codes and field.kind in {"number", "date"}:
            problem = f"'{name}' asks codes of the field '{used}', which has none."
            yield Issue("wrong-field", "population", problem, "Name a field of codes.")
        elif field is not None and field.kind == "code":
            for code in codes:
                if code not in field.codes:
                    problem = f"'{name}' names '{code}', which is no code of the field '{used}'."
                    yield Issue("unknown-code", "population", problem, did_you_mean(code, field.codes))


def reference_date(protocol: Protocol) -> date:
    """Return the reference date of a protocol; raises ProtocolError when it names none."""
    register_of(protocol)
    return protocol.population.reference_date or date.min


def _usable(day: date) -> date:
    """Return a reference date that rules can count from; raises ProtocolError for one of another era."""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        problem = f"The reference date lies outside {_FIRST_YEAR}-{_LAST_YEAR}."
        fix = "Give the day on which the list is screened."
        raise ProtocolError([Issue("impossible-reference-date", day.isoformat(), problem, fix)])
    return day


def register_of(protocol: Protocol) -> Register:
    """Return the register of a protocol; raises ProtocolError when it names none, or no reference date."""
    population = protocol.population
    if population.register is None or population.reference_date is None:
        problem, fix = (
            "The protocol names no register.",
            "Add 'register' and 'reference_date' to 'population'.",
        )
        raise ProtocolError([Issue("no-register", protocol.id, problem, fix)])
    return population.register


def _only(rows: Rows, register: Register) -> Rows:
    """Keep the rows of the records that the protocol is about; a row whose code cannot be read stays."""
    kept = np.ones(rows.count, dtype=np.bool_)
    for name, codes in register.only.items():
        values = rows.values[name]
        kept &= np.isin(values, list(codes)) | np.array([value is None for value in values], dtype=np.bool_)
    return rows.kept(kept)
