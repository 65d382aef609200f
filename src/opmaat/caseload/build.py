"""Put a caseload together: households, screening, characteristics, pseudonyms, control totals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.characteristics import characteristic
from opmaat.caseload.households import (
    Households,
    grouped,
    with_alike,
    with_contradictions,
    with_duplicates,
    with_impossible_days,
)
from opmaat.caseload.layout import Layout
from opmaat.caseload.model import BUILT_IN, DRAWN_BEFORE, INCOMPLETE, Caseload, Screened, Totals
from opmaat.caseload.pseudonym import KEY_CHECK, key_check, pseudonyms
from opmaat.caseload.read import Delivery
from opmaat.caseload.refuse import Refused, issues_of, refused_of
from opmaat.caseload.rows import Fault, Rows
from opmaat.caseload.screen import screen, shifted
from opmaat.core.codes import Codes
from opmaat.core.errors import DataFileError, Issue
from opmaat.core.receipt import Receipt
from opmaat.core.version import __version__
from opmaat.protocol.assignment import Recorded, characteristics_of, is_rolling
from opmaat.protocol.model import Protocol
from opmaat.protocol.population import (
    Coded,
    EndsWithin,
    PensionAgeWithin,
    StartedWithin,
    YearsSince,
    YoungerThan,
)

_PAST = (PensionAgeWithin, StartedWithin, YoungerThan)
_MONTHS_OF_A_LIFE = 120 * 12
Characteristics = dict[str, Codes | NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Examined:
    """A caseload of the good rows, and the rows that were refused, each with every reason."""

    caseload: Caseload
    refused: tuple[Refused, ...]


def build(
    protocol: Protocol,
    delivery: Delivery,
    *,
    key: bytes,
    day: date,
    round_name: str = "",
    earlier: Sequence[Caseload] = (),
    set_aside: bool = False,
) -> Caseload:
    """Return the caseload of a delivery.

    Parameters
    ----------
    key
        The key of the pseudonyms.
    day
        The reference date, on which rules and characteristics are judged.
    earlier
        Other lists that were committed to: households with a person who is drawn there keep that arm.
    set_aside
        Go on without the households that have a fault; they are counted. Otherwise any fault stops the work.

    Raises
    ------
    DataFileError
        With the faults of all rows: cells that do not fit, persons who stand twice, codes that differ
        within a household, characteristics that the draw needs and that are missing.
    """
    found = examine(protocol, delivery, key=key, day=day, round_name=round_name, earlier=earlier)
    require_good(found, delivery, set_aside=set_aside)
    return found.caseload


def examine(
    protocol: Protocol,
    delivery: Delivery,
    *,
    key: bytes,
    day: date,
    round_name: str = "",
    earlier: Sequence[Caseload] = (),
) -> Examined:
    """Return the caseload without the households that have a fault, and the rows that were refused.

    The parameters are those of :func:`build`.
    """
    unit_field = unit_field_of(protocol, delivery.rows.layout)
    rows = _checked(protocol, delivery.rows, unit_field, day)
    households = grouped(rows, unit_field, refused=_units_of_unread(delivery, rows, unit_field))
    persons = _persons(households, key)
    kept_out = _screened(protocol, households, persons, day, earlier)
    found = {
        name: characteristic(item, households, day)
        for name, item in protocol.population.characteristics.items()
    }
    lacking = _lacking(protocol, households, kept_out, found)
    for fault in lacking:
        kept_out[households.of_row[fault.row]] = INCOMPLETE
    caseload = Caseload(
        study=protocol.id,
        round=round_name,
        reference_date=day.isoformat(),
        households=tuple(pseudonyms(key, "household", _first_values(households, unit_field))),
        persons=tuple(persons),
        kept_out=tuple(kept_out),
        characteristics=found,
        screened=_counts(protocol, kept_out, persons),
        totals=_totals(delivery, households, kept_out),
        reference=protocol.population.reference,
        receipt=_receipt(protocol, delivery, key),
    )
    caseload = caseload if is_rolling(protocol.assignment) else _by_name(caseload)
    caseload = replace(caseload, receipt=replace(caseload.receipt, output=caseload.digest()))
    return Examined(caseload, refused_of(delivery, unit_field, rows, lacking=lacking, kept=households.rows))


def require_good(
    found: Examined, delivery: Delivery, *, set_aside: bool = False, file: Path | None = None
) -> None:
    """Refuse a caseload of nobody, and, unless they are set aside, refused rows; ``file`` has them all."""
    if found.refused and not set_aside:
        raise DataFileError(issues_of(found.refused, delivery.rows.table, file))
    if not len(found.caseload.eligible):
        problem, fix = "Nobody is eligible.", "Check the register and the rules of the protocol."
        raise DataFileError([Issue("nobody-eligible", delivery.rows.table.name, problem, fix)])


def _receipt(protocol: Protocol, delivery: Delivery, key: bytes) -> Receipt:
    """Return the receipt of a caseload, still without its output."""
    inputs = {**delivery.sources, KEY_CHECK: key_check(key)}
    return Receipt(
        stage="caseload", inputs=inputs, output="", protocol=protocol.digest(), version=__version__
    )


def unit_field_of(protocol: Protocol, layout: Layout) -> str:
    """Return the field of a register whose value makes a unit of the draw."""
    if protocol.population.unit == "person" or layout.household is None:
        return layout.person
    return layout.household


def _checked(protocol: Protocol, rows: Rows, unit_field: str, day: date) -> Rows:
    """Return the rows with the faults that only show between rows."""
    coded = [item for item in protocol.population.characteristics.values() if isinstance(item, Coded)]
    first = shifted(day, -_MONTHS_OF_A_LIFE)
    rows = with_impossible_days(rows, _past_days(protocol), first=first, last=day)
    rows = with_contradictions(with_duplicates(rows, unit_field), unit_field, coded)
    return with_alike(rows, unit_field) if rows.layout.fields[unit_field].kind == "text" else rows


def _units_of_unread(delivery: Delivery, rows: Rows, unit_field: str) -> set[str]:
    """Return the units that broken lines can be of: those they name, and those of persons they name."""
    units = {unit for line in delivery.unread for unit in line.named[unit_field]}
    persons = {person for line in delivery.unread for person in line.named[rows.layout.person]}
    if persons:
        pairs = zip(rows.values[rows.layout.person].tolist(), rows.values[unit_field].tolist(), strict=True)
        units |= {unit for person, unit in pairs if person in persons and unit is not None}
    return units


def _past_days(protocol: Protocol) -> list[str]:
    """Return the fields of dates that are over on the reference date, such as births and starts."""
    people = protocol.population
    past = {item.field for item in people.characteristics.values() if isinstance(item, YearsSince)}
    past |= {rule.field for rule in people.exclude if isinstance(rule, _PAST)}
    return sorted(past - {rule.field for rule in people.exclude if isinstance(rule, EndsWithin)})


def _first_values(households: Households, field: str) -> Iterable[str]:
    """Yield the field's value in the first row of every household."""
    return map(str, households.rows.values[field][households.first_row])


def _persons(households: Households, key: bytes) -> list[tuple[str, ...]]:
    """Return the pseudonyms of the persons of each household, ascending."""
    values = households.rows.values[households.rows.layout.person]
    found: list[list[str]] = [[] for _ in range(households.count)]
    names = pseudonyms(key, "person", map(str, values.tolist()))
    for at, name in zip(households.of_row.tolist(), names, strict=True):
        found[at].append(name)
    return [tuple(sorted(names)) for names in found]


def _screened(
    protocol: Protocol,
    households: Households,
    persons: list[tuple[str, ...]],
    day: date,
    earlier: Sequence[Caseload],
) -> list[str | None]:
    """Return per household the reason that keeps it out; who was drawn before comes first."""
    rules = protocol.population.exclude
    places = screen(households, rules, day)
    drawn = {name for caseload in earlier for at in caseload.eligible for name in caseload.persons[at]}
    return [
        DRAWN_BEFORE if drawn.intersection(names) else rules[place].id if place >= 0 else None
        for place, names in zip(places, persons, strict=True)
    ]


def _lacking(
    protocol: Protocol, households: Households, kept_out: list[str | None], found: Characteristics
) -> list[Fault]:
    """Return a fault for every eligible household that lacks a characteristic the draw needs."""
    plan = protocol.assignment
    used = {} if isinstance(plan, Recorded) else characteristics_of(plan)
    needed = {name for key, names in used.items() if key != "balance" for name in names}
    faults: list[Fault] = []
    eligible = np.array([why is None for why in kept_out], dtype=np.bool_)
    for name in sorted(needed):
        values, item = found[name], protocol.population.characteristics[name]
        missing = values.codes < 0 if isinstance(values, Codes) else np.isnan(values)
        field = getattr(item, "field", households.rows.layout.person)
        problem = f"The characteristic '{name}', which the draw needs, is missing."
        faults += [
            Fault(int(row), field, "missing-characteristic", problem)
            for row in households.first_row[missing & eligible]
        ]
    return sorted(faults, key=lambda fault: fault.row)


def _totals(delivery: Delivery, households: Households, kept_out: list[str | None]) -> Totals:
    """Return the control totals."""
    in_frame, of_caseload = households.rows.count, delivery.rows.count + len(delivery.unread)
    return Totals(
        rows=delivery.rows_read,
        rows_of_other_records=delivery.rows_read - of_caseload,
        rows_set_aside=of_caseload - in_frame,
        rows_in_frame=in_frame,
        persons=in_frame,
        households=households.count,
        eligible=sum(why is None for why in kept_out),
    )


def _by_name(caseload: Caseload) -> Caseload:
    """Return a caseload with its households in the order of their pseudonyms."""
    order = sorted(range(len(caseload.households)), key=caseload.households.__getitem__)
    return replace(
        caseload,
        households=tuple(caseload.households[at] for at in order),
        persons=tuple(caseload.persons[at] for at in order),
        kept_out=tuple(caseload.kept_out[at] for at in order),
        characteristics={name: _taken(values, order) for name, values in caseload.characteristics.items()},
    )


def _taken(values: Codes | NDArray[np.float64], order: list[int]) -> Codes | NDArray[np.float64]:
    """Return a characteristic in another order of households."""
    return Codes(values.codes[order], values.names) if isinstance(values, Codes) else values[order]


def _counts(
    protocol: Protocol, kept_out: list[str | None], persons: list[tuple[str, ...]]
) -> tuple[Screened, ...]:
    """Return how many households and persons each reason keeps out, in the order of the rules."""
    reasons = {DRAWN_BEFORE: BUILT_IN[DRAWN_BEFORE]}
    reasons |= {rule.id: rule.reason for rule in protocol.population.exclude}
    reasons |= {INCOMPLETE: BUILT_IN[INCOMPLETE]}
    counted = []
    for name, reason in reasons.items():
        sizes = [len(people) for why, people in zip(kept_out, persons, strict=True) if why == name]
        if sizes or name not in BUILT_IN:
            counted.append(Screened(name, reason, len(sizes), sum(sizes)))
    return tuple(counted)
