"""Who of the made-up people can be drawn, and their draw: the caseload and the lots without files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from opmaat.assign.draw import drawing
from opmaat.assign.procedures.stream import Stream
from opmaat.caseload.characteristics import banded, characteristic, levels, named_levels, years_between
from opmaat.caseload.households import Households
from opmaat.caseload.layout import Layout
from opmaat.caseload.model import Caseload, Totals
from opmaat.caseload.read import needed_fields
from opmaat.caseload.rows import Rows
from opmaat.caseload.screen import screen
from opmaat.core.codes import Codes
from opmaat.core.receipt import Receipt
from opmaat.core.tables import Table
from opmaat.panel.model import Variable
from opmaat.protocol.assignment import Clustered
from opmaat.protocol.model import Protocol
from opmaat.protocol.population import OwnCode, OwnRow
from opmaat.rehearse.people.chance import Chance, Floats, Purpose
from opmaat.rehearse.people.people import Flags, Ints, People, numbered
from opmaat.rehearse.people.register import Cells, field_values

_NOWHERE = Receipt(stage="rehearse", inputs={}, output="", protocol="", version="")
_NO_TOTALS = Totals(0, 0, 0, 0, 0, 0, 0)
Characteristics = Mapping[str, Codes | Floats]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the register says of people: who is eligible, (households,), and what a draw or analysis uses."""

    people: People
    eligible: Flags
    characteristics: Characteristics
    covariates: Mapping[str, Variable]

    def taken(self, households: Ints) -> Frame:
        """Return the frame of some households, in ascending order."""
        people, kept = self.people.taken(households)
        return Frame(
            people,
            self.eligible[households],
            {name: _taken(item, households) for name, item in self.characteristics.items()},
            {name: _of_persons(item, kept) for name, item in self.covariates.items()},
        )


def frame(protocol: Protocol, people: People, *, layout: Layout, chance: Chance) -> Frame:
    """Screen people by the rules of the protocol, and find the characteristics that it names.

    ``layout`` is that of the register that the protocol reads.
    """
    population, day = protocol.population, people.reference_date
    own = {
        name: item.definition
        for name, item in (protocol.covariates or {}).items()
        if item.definition is not None
    }
    names = {*needed_fields(population, layout), *(item.field for item in own.values())}
    values = field_values(people, layout, sorted(names - _UNSEEN), chance)
    households = _households(people, layout, values)
    found = {name: characteristic(item, households, day) for name, item in population.characteristics.items()}
    return Frame(
        people,
        screen(households, population.exclude, day) < 0,
        found,
        _covariates(protocol, people, found, values),
    )


_UNSEEN = {"citizen_service_number", "registration_number"}


def _households(people: People, layout: Layout, values: Mapping[str, Cells]) -> Households:
    """Return the rows of people, grouped, without reading them from a file."""
    table = Table("people", {}, np.arange(people.count), "line")
    return Households(Rows(table, layout, values, ()), people.household, people.households)


def _covariates(
    protocol: Protocol, people: People, found: Characteristics, values: Mapping[str, Cells]
) -> dict[str, Variable]:
    """Return the covariates of every person."""
    made = {}
    for name, covariate in (protocol.covariates or {}).items():
        item: Codes | Floats
        if covariate.definition is None:
            item = _taken(found[covariate.column or name], people.household)
        else:
            item = _own(covariate.definition, people, values[covariate.definition.field])
        made[name] = Variable(covariate.kind, item)
    return made


def _own(rule: OwnRow, people: People, cells: Cells) -> Codes | Floats:
    """Return a trait that persons have alone."""
    if isinstance(rule, OwnCode):
        return named_levels(cells, rule.values)
    years = years_between(cells, people.reference_date)
    return banded(years, rule.bands) if rule.bands else years


def _taken(item: Codes | Floats, places: Ints) -> Codes | Floats:
    return Codes(item.codes[places], item.names) if isinstance(item, Codes) else item[places]


def _of_persons(item: Variable, kept: Ints) -> Variable:
    values = item.values
    return Variable(
        item.kind, Codes(values.codes[kept], values.names) if isinstance(values, Codes) else values[kept]
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw: each household's round and arm, its stratum and cluster if any, and the chance of its arm."""

    round_: Ints
    arm: Ints
    stratum: Codes | None
    cluster: Ints | None
    probability: Floats


def draw_frame(protocol: Protocol, found: Frame, *, rounds: tuple[str, ...], chance: Chance) -> Drawn:
    """Draw every household of a frame by the procedure of the protocol, spread evenly over the rounds."""
    count = found.people.households
    round_ = (chance.uniform(Purpose.ROUND, count) * len(rounds)).astype(np.int64)
    arm, probability = np.zeros(count, dtype=np.int64), np.zeros(count)
    strata: NDArray[np.object_] = np.full(count, "", dtype=object)
    for place, name in enumerate(rounds):
        inside = np.flatnonzero(round_ == place)
        if not len(inside):
            continue
        lots = drawing(protocol, _caseload(protocol, found.taken(inside), name))
        seed = f"{chance.seed}".encode()
        arm[inside] = lots.procedure.draws(Stream(seed).child(f"round {name}"), 1)[0]
        probability[inside] = lots.procedure.chances().values[np.arange(len(inside)), arm[inside]]
        if lots.strata is not None:
            told = {stratum: f"{stratum} {name}".strip() for stratum in set(lots.strata)}
            strata[inside] = [told[stratum] for stratum in lots.strata]
    stratum = None if len(set(strata)) == 1 else levels(strata)
    return Drawn(round_, arm, stratum, _clusters(protocol, found), probability)


def _clusters(protocol: Protocol, found: Frame) -> Ints | None:
    """Return the cluster of each household, where clusters are drawn."""
    if not isinstance(protocol.assignment, Clustered):
        return None
    item = found.characteristics[protocol.assignment.by]
    return item.codes if isinstance(item, Codes) else np.unique(item, return_inverse=True)[1].astype(np.int64)


def _caseload(protocol: Protocol, found: Frame, round_: str) -> Caseload:
    """Return a caseload of eligible households, without pseudonyms of anybody."""
    count = found.people.households
    return Caseload(
        study=protocol.id,
        round=round_,
        reference_date=found.people.reference_date.isoformat(),
        households=numbered(count),
        persons=((),) * count,
        kept_out=(None,) * count,
        characteristics=found.characteristics,
        screened=(),
        totals=replace(_NO_TOTALS, households=count, eligible=count),
        reference=(),
        receipt=_NOWHERE,
    )
