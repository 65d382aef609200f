"""The fields of a register, as they hold for made-up people on the reference date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.layout import Field, Layout
from opmaat.rehearse.people.chance import Chance, Purpose
from opmaat.rehearse.people.people import People, made_up_numbers

_FIRST_REGISTRATION = 100_000
_BACKGROUND = {False: "0", True: "1"}

Cells = NDArray[Any]


def field_values(people: People, layout: Layout, names: Sequence[str], chance: Chance) -> dict[str, Cells]:
    """Return fields of a layout, a cell per person: text as objects, days as ``datetime64[D]``.

    A field of codes that nothing is known of has a code drawn at random, the same for a household; a date
    that nothing is known of is missing, and so is anything else.

    Examples
    --------
    >>> from datetime import date
    >>> from pathlib import Path
    >>> from opmaat.caseload.layout import load_layout
    >>> from opmaat.core.month import Month
    >>> from opmaat.rehearse.people.people import draw_people
    >>> bus = load_layout("bus", folder=Path("."), month=Month(2017, 9)).layout
    >>> people = draw_people(3, date(2017, 9, 1), Chance(1))
    >>> field_values(people, bus, ["statistics_code"], Chance(1))["statistics_code"][0]
    '01'
    """
    return {name: _values(people, name, layout.fields[name], chance) for name in names}


def _values(people: People, name: str, field: Field, chance: Chance) -> Cells:
    """Return the cells of one field."""
    if name in _KNOWN:
        return _KNOWN[name](people)
    if field.kind == "date":
        return np.full(people.count, np.datetime64("NaT"), dtype="datetime64[D]")
    if field.kind == "number":
        return np.full(people.count, np.nan)
    if field.kind != "code":
        return np.full(people.count, None, dtype=object)
    codes = np.array(list(field.codes), dtype=object)
    drawn = chance.uniform(Purpose.OTHER_FIELD, people.households, part=crc32(name.encode()))
    return codes[(drawn * len(codes)).astype(np.int64)][people.household]


def _same(text: str) -> Callable[[People], Cells]:
    """Return the column in which every cell is alike."""
    return lambda people: np.full(people.count, text, dtype=object)


def _registration_numbers(people: People) -> Cells:
    return (people.household + _FIRST_REGISTRATION).astype(str).astype(object)


_KNOWN: dict[str, Callable[[People], Cells]] = {
    "statistics_code": _same("01"),
    "municipality": _same("9999"),
    "registration_number": _registration_numbers,
    "citizen_service_number": lambda people: np.array(made_up_numbers(people.count), dtype=object),
    "household_kind": lambda people: people.kind.astype(object),
    "birth_date": lambda people: people.born,
    "sex": lambda people: np.where(people.woman, "2", "1").astype(object),
    "benefit_start": lambda people: people.benefit_start,
    "exemption": _same("2"),
    "service_in_return": _same("2"),
    "migration_background": lambda people: np.where(
        people.background != "none", _BACKGROUND[True], _BACKGROUND[False]
    ).astype(object),
}
