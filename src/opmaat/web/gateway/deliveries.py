"""Files of benefits and wages: what is wrong with one, and how it differs from what was known.

Citizen service numbers stand in the engine's memory alone, while a file is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Literal

from opmaat.caseload.layout import load_layout
from opmaat.caseload.pseudonym import KEY_FILE, pseudonyms
from opmaat.core.digest import digest_file
from opmaat.core.errors import DataFileError, Issue, ProtocolError
from opmaat.core.month import Month
from opmaat.core.secrets import read_secret
from opmaat.panel.deliveries import (
    FILE_NAME,
    FOLDER,
    WAGES,
    Delivery,
    load_deliveries,
    standing,
)
from opmaat.panel.engine import Engine
from opmaat.panel.register_rules import Came
from opmaat.panel.registers import BENEFIT_FIELDS, WAGE_FIELDS, read_benefits, read_wages
from opmaat.panel.scan import Source
from opmaat.protocol.population import Register
from opmaat.web.gateway.draws import PRIVATE
from opmaat.web.gateway.studies import protocol_of

__all__ = ["Difference", "Kind", "Known", "Month", "difference_with", "known_files"]

Kind = Literal["benefits", "wages"]
_KEYS: Mapping[str, tuple[str, ...]] = {
    "benefits": ("person",),
    "wages": ("person", "employment", "first_day", "last_day"),
}
_CITY = "municipality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A file that stands: of which kind and month, when it came, and where it can be read."""

    kind: Kind
    month: Month
    delivered_on: date
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a file changes, counted over rows and people of the study.

    ``gone_persons`` stood in the file of the same month that it takes the place of; ``gone_since`` stood in
    the month before, without an end of their benefit. ``months`` are those that its changes touch.
    """

    rows: int
    persons: int
    new: int
    changed: int
    gone: int
    gone_persons: int
    gone_since: int
    before: str
    against: str
    unknown: int
    months: tuple[str, ...]

    @property
    def removes(self) -> int:
        """How many people of the study the file takes out."""
        return self.gone_persons + self.gone_since

    def as_dict(self) -> dict[str, Any]:
        """Return the difference as plain values."""
        return {**asdict(self), "months": list(self.months), "removes": self.removes}


def known_files(folder: Path, *, on: date) -> tuple[Known, ...]:
    """Return the files of benefits and wages that stand in a study's own folder by a day."""
    if not (folder / FILE_NAME).exists():
        return ()
    stand = standing(load_deliveries(folder).deliveries, known_at=on)
    return tuple(_known(folder, one) for one in stand if one.kind in _KEYS)


def _known(folder: Path, delivery: Delivery) -> Known:
    """Return a delivery of a folder as a file that stands."""
    kind: Kind = "benefits" if delivery.kind == "benefits" else "wages"
    return Known(
        kind=kind,
        month=delivery.of_month,
        delivered_on=delivery.delivered_on,
        file=folder / FOLDER / delivery.file,
    )


def difference_with(
    folder: Path, new: Known, *, same: Known | None, before: Known | None, persons: Sequence[str]
) -> Difference:
    """Return how a file differs from the one of its month, and from that of the month before.

    Parameters
    ----------
    folder
        The study's folder, with its layouts and the key of its pseudonyms.
    persons
        The pseudonyms of everybody in the study.

    Raises
    ------
    DataFileError
        With everything that is wrong in the file: also ``wrong-month``, ``wrong-municipality``, and
        ``nobody-known`` when none of the people of the study is in it.
    """
    key = read_secret(folder / PRIVATE / KEY_FILE)
    with Engine(tuple(persons), partial(pseudonyms, key, "person")) as engine:
        issues = _read(engine, folder, new)
        if issues:
            raise DataFileError(issues)
        cities, unknown = _load(engine, folder, new, "fresh"), engine.unknown_persons()
        rows, people = _counts(engine, "SELECT count(*), count(DISTINCT person) FROM fresh")
        touched: set[str] = set()
        found = {"new": rows, "changed": 0, "gone": 0, "gone_persons": 0}
        if same is not None:
            cities |= _load(engine, folder, same, "old")
            found, touched = _compared(engine, new.kind)
        since = _missed(engine, folder, before, cities) if before and same is None else 0
        wrong = [*_of_one_city(new, cities), *([] if people else [_nobody(new)])]
        if wrong:
            raise DataFileError(wrong)
        months = touched if same is not None and new.kind == "wages" else _months(engine, new, "fresh")
        return Difference(
            rows=rows,
            persons=people,
            **found,
            gone_since=since,
            before="" if before is None else str(before.month),
            against="" if same is None else same.delivered_on.isoformat(),
            unknown=unknown,
            months=tuple(sorted(months)),
        )


def _read(engine: Engine, folder: Path, new: Known) -> list[Issue]:
    """Read a new file with all its rules, and return what is wrong."""
    source = _source(folder, new)
    came = Came(
        source=source, delivered_on=new.delivered_on, name=new.file.name, digest=digest_file(new.file)
    )
    return read_benefits(engine, [came]) if new.kind == "benefits" else read_wages(engine, [came])


def _load(engine: Engine, folder: Path, known: Known, table: str) -> set[str]:
    """Read a file that stands into a table, and return the municipalities in it."""
    source = _source(folder, known)
    engine.examine(source, _fields(known.kind, source))
    engine.keep_only(source.form.only)
    _keep(engine, table, known.kind)
    return _cities(engine, folder, known)


def _source(folder: Path, known: Known) -> Source:
    """Return a file with how it is written and laid out."""
    form = _form(folder, known.kind)
    layout = load_layout(form.layout, folder=folder, month=known.month).layout
    return Source(file=known.file, form=form, layout=layout, month=known.month)


def _form(folder: Path, kind: Kind) -> Register:
    """Return how files of a kind are written; raises ProtocolError where the protocol names no register."""
    if kind == "wages":
        return load_deliveries(folder).wages if (folder / FILE_NAME).exists() else WAGES
    protocol = protocol_of(folder)
    if protocol.population.register is None:
        problem, fix = "The protocol names no register.", "Add 'register' to 'population'."
        raise ProtocolError([Issue("no-register", protocol.id, problem, fix)])
    return protocol.population.register


def _fields(kind: Kind, source: Source) -> list[str]:
    """Return the fields that are read and compared."""
    fields = [*(BENEFIT_FIELDS if kind == "benefits" else WAGE_FIELDS), *source.form.only]
    fields += [_CITY] if kind == "benefits" and _CITY in source.layout.fields else []
    return list(dict.fromkeys(fields))


def _keep(engine: Engine, table: str, kind: Kind) -> None:
    """Keep the rows of people of the study that were just read, under a name."""
    fields = BENEFIT_FIELDS if kind == "benefits" else WAGE_FIELDS
    columns = ", ".join(["person", *(f'"{name}"' for name in fields[1:])])
    query = f"CREATE TABLE {table} AS SELECT {columns} FROM given WHERE person NOT NULL"  # nosec B608: own names
    engine.connection.execute(query)


def _cities(engine: Engine, folder: Path, known: Known) -> set[str]:
    """Return the municipalities of the rows that were just read, where the layout knows them."""
    if known.kind != "benefits" or _CITY not in _source(folder, known).layout.fields:
        return set()
    query = "SELECT DISTINCT municipality FROM given WHERE municipality NOT NULL"
    return {str(code) for (code,) in engine.connection.execute(query).fetchall()}


def _of_one_city(new: Known, cities: set[str]) -> Iterator[Issue]:
    """Yield an issue when a file is of another municipality than what stands."""
    if len(cities) > 1:
        problem = "The file is of another municipality than the files before it."
        fix = "Deliver the rows of the own municipality."
        yield Issue("wrong-municipality", new.file.name, problem, fix)


def _nobody(new: Known) -> Issue:
    """Say that nobody of the study is in a file."""
    fix = "Check whether it is the right file, of the own municipality."
    return Issue("nobody-known", new.file.name, "Nobody of the study is in the file.", fix)


def _counts(engine: Engine, query: str) -> tuple[int, ...]:
    """Return the counts of one row."""
    return tuple(int(count) for count in engine.connection.execute(query).fetchone() or ())


def _compared(engine: Engine, kind: Kind) -> tuple[dict[str, int], set[str]]:
    """Return how many rows are new, changed and gone, and people gone; and the months of those rows."""
    keys = ", ".join(_KEYS[kind])
    run = engine.connection.execute
    run(f"CREATE TABLE added AS SELECT * FROM fresh ANTI JOIN old USING ({keys})")  # nosec B608: own names
    run(f"CREATE TABLE gone AS SELECT * FROM old ANTI JOIN fresh USING ({keys})")  # nosec B608: own names
    run("CREATE TABLE other AS SELECT * FROM fresh EXCEPT ALL SELECT * FROM old")
    added, gone, other = _counts(
        engine,
        "SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM gone), (SELECT count(*) FROM other)",
    )
    (persons,) = _counts(
        engine, "SELECT count(DISTINCT person) FROM gone WHERE person NOT IN (SELECT person FROM fresh)"
    )
    found = {"new": added, "changed": other - added, "gone": gone, "gone_persons": persons}
    touched: set[str] = set()
    if kind == "wages":
        touched = _months_of(engine, "other") | _months_of(engine, "gone")
    return found, touched


def _missed(engine: Engine, folder: Path, before: Known, cities: set[str]) -> int:
    """Return how many people stood in the month before without an end, and are not in the new file."""
    cities |= _load(engine, folder, before, "previous")
    if before.kind == "wages":
        return 0
    return _counts(
        engine,
        "SELECT count(DISTINCT person) FROM previous WHERE benefit_end IS NULL "
        "AND person NOT IN (SELECT person FROM fresh)",
    )[0]


def _months(engine: Engine, new: Known, table: str) -> set[str]:
    """Return the months that a file says something of."""
    return {str(new.month)} if new.kind == "benefits" else _months_of(engine, table)


def _months_of(engine: Engine, table: str) -> set[str]:
    """Return the months that have days of the periods of wages."""
    query = f"SELECT DISTINCT first_day, last_day FROM {table} WHERE first_day <= last_day"  # nosec B608: own
    found: set[str] = set()
    for first, last in engine.connection.execute(query).fetchall():
        start = Month.of(first)
        found |= {str(start + step) for step in range(Month.of(last) - start + 1)}
    return found
