"""Read the deliveries of benefits and wages of a study: files in, months of persons out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.layout import LaidOut, load_layout
from opmaat.caseload.pseudonym import KEY_FILE, pseudonyms
from opmaat.core.digest import digest_file
from opmaat.core.errors import DataFileError, Issue, ProtocolError, did_you_mean
from opmaat.core.month import Month
from opmaat.core.secrets import read_secret
from opmaat.formats.layout import unreadable
from opmaat.panel.deliveries import FOLDER, Delivery
from opmaat.panel.engine import Engine
from opmaat.panel.months import PersonMonths
from opmaat.panel.register_rules import Came
from opmaat.panel.registers import (
    BENEFIT_FIELDS,
    WAGE_FIELDS,
    person_months,
    read_benefits,
    read_wages,
    traits_of,
)
from opmaat.panel.scan import Source
from opmaat.panel.whole import cut_short
from opmaat.protocol.model import Protocol
from opmaat.protocol.population import Register


@dataclass(frozen=True, slots=True)
class Registers:
    """What registers know: of each person the months, and traits of the own row, shape (persons,).

    ``unknown_persons`` counts the persons of the files who are none of these.
    """

    months: PersonMonths
    traits: Mapping[str, NDArray[Any]]
    unknown_persons: int


def read_registers(
    protocol: Protocol,
    home: Path,
    deliveries: Sequence[Delivery],
    *,
    wages: Register,
    persons: tuple[str, ...],
    household: NDArray[np.int64],
) -> Registers:
    """Read the deliveries of benefits and wages that stand.

    Parameters
    ----------
    home
        The folder of the study.
    wages
        How files of wages are laid out.
    persons, household
        Pseudonyms of the persons to keep, and the number of the household of each.

    Raises
    ------
    ProtocolError
        When the protocol names no register, or a layout lacks a field.
    DataFileError
        With everything that is wrong in the deliveries.
    """
    register = protocol.population.register
    if register is None:
        problem, fix = "The protocol names no register.", "Add 'register' to 'population'."
        raise ProtocolError([Issue("no-register", protocol.id, problem, fix)])
    traits = trait_fields(protocol)
    of_benefits = _came(home, deliveries, "benefits", register, (*BENEFIT_FIELDS, *traits))
    of_wages = _came(home, deliveries, "wages", wages, WAGE_FIELDS)
    if not of_benefits:
        problem, fix = "No delivery of benefits was there yet.", "Name a later day, or add one to the list."
        raise DataFileError([Issue("no-deliveries", FOLDER, problem, fix)])
    key = read_secret(home / "private" / KEY_FILE)
    with Engine(persons, partial(pseudonyms, key, "person")) as engine:
        issues = [
            *cut_short(home, (item for item in deliveries if item.kind in ("benefits", "wages"))),
            *read_benefits(engine, of_benefits, traits=traits),
            *read_wages(engine, of_wages),
        ]
        if issues:
            raise DataFileError(issues)
        fields = of_benefits[0].source.layout.fields
        return Registers(
            person_months(engine, persons, household, benefits=of_benefits, wages=of_wages),
            traits_of(engine, len(persons), {name: fields[name] for name in traits}),
            engine.unknown_persons(),
        )


def trait_fields(protocol: Protocol) -> tuple[str, ...]:
    """Return the fields of persons' own rows that covariates are made of, each once.

    >>> from opmaat.protocol.load import load_protocol
    >>> trait_fields(load_protocol(Path("studies/groningen-2017")))
    ('birth_date', 'sex', 'migration_background')
    """
    own = [item.definition for item in (protocol.covariates or {}).values()]
    return tuple(dict.fromkeys(rule.field for rule in own if rule is not None))


def _came(
    home: Path, deliveries: Sequence[Delivery], kind: str, form: Register, fields: Sequence[str]
) -> list[Came]:
    """Return the deliveries of a register by month; raises DataFileError for files that are not there."""
    of_kind = sorted((item for item in deliveries if item.kind == kind), key=lambda item: item.of_month)
    files = {item.name: home / FOLDER / item.file for item in of_kind}
    lost = [file for file in files.values() if not file.is_file()]
    if lost:
        there_is_none = "there is no such file"
        raise DataFileError(issue for file in lost for issue in unreadable(file, there_is_none).issues)
    layouts = _layouts(form, home, [item.of_month for item in of_kind])
    for laid_out in layouts.values():
        _require_fields(laid_out, fields)
    return [
        Came(
            source=Source(
                file=files[item.name], form=form, layout=layouts[item.of_month].layout, month=item.of_month
            ),
            delivered_on=item.delivered_on,
            name=item.name,
            digest=digest_file(files[item.name]),
        )
        for item in of_kind
    ]


def _layouts(form: Register, home: Path, months: Sequence[Month]) -> dict[Month, LaidOut]:
    """Return the layout of each month; months stand in order, and layouts follow each other in time."""
    if not months:
        return {}
    ends = {month: load_layout(form.layout, folder=home, month=month) for month in {months[0], months[-1]}}
    if len({laid_out.digest for laid_out in ends.values()}) == 1:
        return dict.fromkeys(months, ends[months[0]])
    return {month: load_layout(form.layout, folder=home, month=month) for month in months}


def _require_fields(laid_out: LaidOut, fields: Sequence[str]) -> None:
    """Refuse a layout that lacks a field."""
    known = laid_out.layout.fields
    lacking = [name for name in fields if name not in known]
    if lacking:
        raise ProtocolError(
            Issue(
                "unknown-field",
                laid_out.layout.layout,
                f"The layout has no field '{name}'.",
                did_you_mean(name, known),
            )
            for name in lacking
        )
