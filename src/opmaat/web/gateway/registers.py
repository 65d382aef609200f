"""The register of a round: read, screened and kept as a list; and who the people on the list are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from opmaat.assign.lists import keep_list, list_key, read_others, require_open
from opmaat.caseload.build import Examined, examine
from opmaat.caseload.layout import Layout
from opmaat.caseload.model import Caseload
from opmaat.caseload.pseudonym import pseudonyms
from opmaat.caseload.read import Delivery, read_register, reference_date, register_of, require_same_layout
from opmaat.caseload.refuse import Refused, keep_refused, refused_file
from opmaat.caseload.store import caseload_file, read_caseload
from opmaat.core.errors import DataFileError, Issue
from opmaat.core.tables import Table
from opmaat.formats.layout import Layout as FileLayout
from opmaat.formats.read import read_lines
from opmaat.protocol.model import Protocol
from opmaat.web.gateway.ceremonies import exclusively, place_of
from opmaat.web.gateway.studies import protocol_of

NAME_HEADS, ADDRESS_HEADS = ("naam", "name"), ("adres", "address")
ENDINGS = (".csv", ".csv.gz", ".xlsx", ".parquet", ".sav")
_CITY, _YEAR, _MONTH, _BORN = "municipality", "statistics_year", "statistics_month", "birth_date"
_MEND = "Mend these rows in the register and deliver again, or go on without their households."


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAsked:
    """A register that is to be read: for which round, screened on which day.

    ``city`` are the four digits of the municipality; ``set_aside`` goes on without refused households.
    """

    folder: Path
    round_name: str
    file: Path
    day: date
    city: str
    set_aside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRead:
    """One adult of the register. Printing it tells nothing; ``number`` is the citizen service number."""

    pseudonym: str
    number: str = field(repr=False)
    born: date = field(repr=False)
    name: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HouseholdRead:
    """One household that can be drawn, under its pseudonym, with its adults."""

    pseudonym: str
    persons: tuple[PersonRead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadList:
    """A list that was kept: its digest and counts as plain values, and the households that can be drawn."""

    digest: str
    counts: dict[str, Any]
    households: Sequence[HouseholdRead]


def first_day_of(folder: Path) -> date:
    """Return the reference date of a study's first list; raises ProtocolError when it names no register."""
    return reference_date(protocol_of(folder))


def read_list(asked: RegisterAsked) -> ReadList:
    """Read a register, keep its refused rows and its list, and return who stands on it.

    Raises
    ------
    DataFileError
        For a file that cannot be read, of another month or municipality, without usable rows, or with
        refused rows that are not to be set aside.
    NotPermittedError
        When the list of the round was committed to.
    """
    place = place_of(asked.folder, asked.round_name)
    with exclusively(place):
        protocol = protocol_of(asked.folder)
        require_open(protocol, place)
        _require_month(protocol, asked)
        delivery, key = (
            read_register(protocol, asked.file, folder=asked.folder, day=asked.day),
            list_key(place),
        )
        heads = (*_heads(delivery.rows.layout).values(), *NAME_HEADS, *ADDRESS_HEADS)
        beside = _beside(protocol, asked.file, heads)
        _require_delivered(delivery, beside, asked)
        earlier = read_others(place)
        require_same_layout(protocol, delivery, earlier)
        found = examine(
            protocol, delivery, key=key, day=asked.day, round_name=asked.round_name, earlier=earlier
        )
        refused = refused_file(place.private, asked.round_name)
        keep_refused(found.refused, refused, separator=register_of(protocol).separator)
        _require_usable(found, delivery, asked)
        caseload, _ = keep_list(protocol, place, found.caseload, key=key)
    people = tuple(_households(caseload, _people(delivery, beside, key)))
    return ReadList(
        digest=caseload.receipt.output, counts=_counts(found, caseload, people), households=people
    )


def kept_counts(folder: Path, round_name: str) -> dict[str, Any] | None:
    """Return the counts of a list that is kept; None where there is none."""
    private = place_of(folder, round_name).private
    if not caseload_file(private, round_name).exists():
        return None
    caseload = read_caseload(private, round_name)
    return _counts_of_list(caseload) | {"digest": caseload.receipt.output}


def refused_rows(folder: Path, round_name: str) -> bytes | None:
    """Return the file of refused rows, without their content; None where no row was refused."""
    file = refused_file(place_of(folder, round_name).private, round_name)
    return file.read_bytes() if file.exists() else None


def _require_month(protocol: Protocol, asked: RegisterAsked) -> None:
    """Refuse a day of screening that cannot be that of the list."""
    if asked.day < reference_date(protocol):
        problem = "The list would be screened on a day before the reference date of the protocol."
        fix = "Give the day of the register that is delivered now."
        raise DataFileError([Issue("reference-date-too-early", asked.file.name, problem, fix)])


def _require_delivered(delivery: Delivery, beside: Table, asked: RegisterAsked) -> None:
    """Refuse a register of nobody, of another month, or of another municipality, as far as its rows tell."""
    if not delivery.rows_read:
        problem, fix = "There is no row in the file.", "Deliver the register again, with its rows."
        raise DataFileError([Issue("no-rows", asked.file.name, problem, fix)])
    wanted = {_YEAR: {f"{asked.day.year:04d}"}, _MONTH: {f"{asked.day.month:02d}", f"{asked.day.month}"}}
    wanted |= {_CITY: {asked.city, asked.city.lstrip("0")}} if asked.city else {}
    heads = _heads(delivery.rows.layout)
    issues = []
    for name, right in wanted.items():
        head = heads.get(name, "")
        there = Counter(beside.columns[head].cells.tolist()) if head in beside.columns else Counter()
        wrong = sum(number for cell, number in there.items() if _text(cell) not in right | {""})
        if wrong:
            code = "wrong-city" if name == _CITY else "wrong-month"
            what = "municipality" if name == _CITY else "month"
            problem = f"{wrong} rows are of another {what} than the register that is asked for."
            fix = f"Deliver the register of {asked.city or 'this municipality'}, {asked.day:%Y-%m}."
            issues.append(Issue(code, f"{asked.file.name}, column '{head}'", problem, fix))
    if issues:
        raise DataFileError(issues)


def _heads(layout: Layout) -> dict[str, str]:
    """Return the heads of the columns that tell month and municipality, as far as the layout has them."""
    return {name: layout.fields[name].column for name in (_CITY, _YEAR, _MONTH) if name in layout.fields}


def _beside(protocol: Protocol, file: Path, heads: Iterable[str]) -> Table:
    """Return the columns that a file has of those that the list does not need."""
    register, asked = register_of(protocol), sorted(heads)
    if not asked:
        return Table(file.name, {}, np.empty(0, dtype=np.int64), "row")
    try:
        return read_lines(file, asked, FileLayout(register.encoding, register.separator)).table
    except DataFileError as error:
        lacking = [issue.problem for issue in error.issues if issue.code == "unknown-column"]
        there = [head for head in asked if not any(f"'{head}'" in problem for problem in lacking)]
        if len(there) == len(asked):
            raise
        return _beside(protocol, file, there)


def _text(cell: object) -> str:
    """Return a cell as text; a whole number without its decimals, a missing one as nothing."""
    if cell is None or cell != cell:  # noqa: PLR0124
        return ""
    return str(int(cell)) if isinstance(cell, float) else str(cell).strip()


def _require_usable(found: Examined, delivery: Delivery, asked: RegisterAsked) -> None:
    """Refuse refused rows, counted by their reason, unless they are set aside; and a list of nobody."""
    name = asked.file.name
    if found.refused and not asked.set_aside:
        counted = Counter((one.code, one.column, one.problem) for one in found.refused)
        issues = [
            Issue(code, f"{name}, column '{column}'" if column else name, f"{number} rows: {problem}", _MEND)
            for (code, column, problem), number in counted.most_common(20)
        ]
        total = f"{len({one.row for one in found.refused})} of {delivery.rows_read} rows are refused."
        raise DataFileError([Issue("refused-rows", name, total, _MEND), *issues])
    if not len(found.caseload.eligible):
        problem, fix = "Nobody can be drawn.", "Look at the register, and at who the protocol keeps out."
        raise DataFileError([Issue("nobody-eligible", name, problem, fix)])


def _people(delivery: Delivery, beside: Table, key: bytes) -> dict[str, PersonRead]:
    """Return the adults of a delivery by pseudonym."""
    rows = delivery.rows
    numbers = [str(cell) for cell in rows.values[rows.layout.person].tolist()]
    born = rows.values[_BORN].tolist() if _BORN in rows.values else [None] * len(numbers)
    names, addresses = (_cells(beside, heads) for heads in (NAME_HEADS, ADDRESS_HEADS))
    called = pseudonyms(key, "person", numbers)
    places = rows.table.positions.tolist()
    return {
        pseudonym: PersonRead(
            pseudonym=pseudonym,
            number=number,
            born=day or date.min,
            name=names.get(place, ""),
            address=addresses.get(place, ""),
        )
        for pseudonym, number, day, place in zip(called, numbers, born, places, strict=True)
    }


def _cells(table: Table, heads: Iterable[str]) -> dict[int, str]:
    """Return the cells of the first of some columns that is there, by the number of the row."""
    for head in heads:
        if head in table.columns:
            cells = map(_text, table.columns[head].cells.tolist())
            return dict(zip(table.positions.tolist(), cells, strict=True))
    return {}


def _households(caseload: Caseload, people: Mapping[str, PersonRead]) -> Iterator[HouseholdRead]:
    """Yield the households that can be drawn and whose adults stand in this delivery."""
    for at in caseload.eligible.tolist():
        persons = tuple(people[name] for name in caseload.persons[at] if name in people)
        if persons:
            yield HouseholdRead(caseload.households[at], persons)


def _counts(found: Examined, caseload: Caseload, people: Sequence[HouseholdRead]) -> dict[str, Any]:
    """Return the counts of a list, with why rows were refused and how many people have no name."""
    unnamed = sum(not one.name or not one.address for household in people for one in household.persons)
    return _counts_of_list(caseload) | {
        "refused": refused_counts(found.refused),
        "unnamed": unnamed,
    }


def refused_counts(refused: Iterable[Refused]) -> dict[str, int]:
    """Return how many rows were refused for each reason."""
    return dict(Counter(one.code for one in refused).most_common())


def _counts_of_list(caseload: Caseload) -> dict[str, Any]:
    """Return the control totals of a list, and who is kept out, in words of both languages."""
    totals = caseload.totals
    return {
        "rows": totals.rows,
        "other": totals.rows_of_other_records,
        "set_aside": totals.rows_set_aside,
        "households": totals.households,
        "persons": totals.persons,
        "eligible": totals.eligible,
        "reference": len(caseload.reference_population),
        "reference_date": caseload.reference_date,
        "kept_out": [
            {"nl": one.reason.nl, "en": one.reason.en, "households": one.households}
            for one in caseload.screened
        ],
    }
