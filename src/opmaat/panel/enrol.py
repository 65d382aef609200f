"""Who was drawn into which arm, with what was known before: from lists, arms, events and registers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.assign.model import Allocation
from opmaat.caseload.characteristics import banded, levels, named_levels, years_between
from opmaat.caseload.model import Caseload
from opmaat.conduct.kinds import Died, MovedAway, Payload, ReachedPensionAge
from opmaat.conduct.model import Event, Journal
from opmaat.core.codes import Codes, joined
from opmaat.core.month import Month
from opmaat.panel.model import Variable
from opmaat.panel.months import PersonMonths
from opmaat.panel.trial import NEVER, Enrolment
from opmaat.protocol.analyses import Intercurrent
from opmaat.protocol.assignment import Clustered, is_rolling
from opmaat.protocol.data import Covariate
from opmaat.protocol.model import Protocol
from opmaat.protocol.population import OwnCode

Traits = Mapping[str, NDArray[Any]]
_PERSONAL: Mapping[type[Payload], Intercurrent] = {Died: "died", ReachedPensionAge: "pension_age"}
_EXIT_CODES: Mapping[Intercurrent, tuple[int, ...]] = {
    "died": (4,),
    "pension_age": (3,),
    "moved_away": (32, 33),
}


@dataclass(frozen=True, slots=True)
class Round:
    """One round of the draw: its list, and the arms that it gave."""

    caseload: Caseload
    allocation: Allocation


@dataclass(frozen=True, slots=True)
class Drawn:
    """Every adult that was drawn, by pseudonym ascending; arrays have shape (persons,).

    ``round`` is the place of the round among the rounds; ``row`` and ``unit`` are the places of the household
    in the list and in the allocation of its round; ``household`` numbers the households of all rounds.
    """

    persons: tuple[str, ...]
    households: tuple[str, ...]
    round: NDArray[np.int64]
    row: NDArray[np.int64]
    unit: NDArray[np.int64]
    household: NDArray[np.int64]


def drawn_persons(rounds: Sequence[Round]) -> Drawn:
    """Return the adults of every household that was drawn."""
    found: list[tuple[str, int, int, int, str]] = []
    for place, one in enumerate(rounds):
        row_of = {name: row for row, name in enumerate(one.caseload.households)}
        for unit, name in enumerate(one.allocation.households):
            row = row_of[name]
            found += [(person, place, row, unit, name) for person in one.caseload.persons[row]]
    found.sort()
    households = tuple(sorted({name for *_, name in found}))
    number = {name: at for at, name in enumerate(households)}
    rows = [(place, row, unit, number[name]) for _, place, row, unit, name in found]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return Drawn(tuple(person for person, *_ in found), households, *columns.T)


def enrol(
    protocol: Protocol,
    rounds: Sequence[Round],
    drawn: Drawn,
    *,
    journal: Journal,
    months: PersonMonths,
    traits: Traits,
    sources: Mapping[str, str],
) -> Enrolment:
    """Return the enrolment of everybody who was drawn.

    The first month in the trial is that of the round's first day for everybody in it, whether or not they
    joined; with rolling intake that of the household's own start, or of the trial's first day without one.
    Who died, moved or reached pension age is known from events, and of who is on benefit from the reason for
    which it ended; then from the month after it.

    Parameters
    ----------
    months
        What registers know of the same persons in the same order.
    traits
        The fields of each person's own row that covariates are made of, shape (persons,).
    """
    arms = tuple(protocol.arms)
    labels = [one.allocation.labels.astype(np.int64) for one in rounds]
    chances = [one.allocation.chances.values for one in rounds]
    arm = _of_units(labels, drawn)
    started = [_month_of_start(journal, name) for name in drawn.households]
    return Enrolment(
        household=drawn.household,
        arm=Codes(arm, arms),
        start_month=_start_months(protocol, rounds, drawn, started),
        joined=np.array([month != NEVER for month in started], dtype=np.bool_)[drawn.household],
        stratum=_strata(rounds, drawn),
        cluster=_clusters(protocol, rounds, drawn),
        probability=_of_units(
            [value[np.arange(len(own)), own] for value, own in zip(chances, labels, strict=True)], drawn
        ),
        covariates={
            name: _covariate(name, covariate, rounds, drawn, traits)
            for name, covariate in (protocol.covariates or {}).items()
        },
        intercurrent=_intercurrent(journal, drawn, months),
        sources=sources,
    )


def _of_units(values: Sequence[NDArray[Any]], drawn: Drawn) -> NDArray[Any]:
    """Return what every person's household was given in its round; one array per round."""
    starts = np.cumsum([0, *map(len, values)])[:-1]
    found: NDArray[Any] = np.concatenate(values)[starts[drawn.round] + drawn.unit]
    return found


def _of_rows(values: Sequence[NDArray[Any]], drawn: Drawn) -> NDArray[Any]:
    """Return what every person's household has in its list; one array per round."""
    starts = np.cumsum([0, *map(len, values)])[:-1]
    found: NDArray[Any] = np.concatenate(values)[starts[drawn.round] + drawn.row]
    return found


def _month_of_start(journal: Journal, household: str) -> int:
    """Return the month in which a household started, ``NEVER`` when it did not."""
    history = journal.histories.get(household)
    day = None if history is None else history.started_on
    return NEVER if day is None else Month.of(day).index


def _start_months(
    protocol: Protocol, rounds: Sequence[Round], drawn: Drawn, started: Sequence[int]
) -> NDArray[np.int64]:
    """Return everybody's first month in the trial."""
    first = [Month.of(_first_day(protocol, one.caseload.round)).index for one in rounds]
    of_round = np.array(first, dtype=np.int64)[drawn.round]
    if not is_rolling(protocol.assignment):
        return of_round
    own = np.array(started, dtype=np.int64)[drawn.household]
    return np.where(own == NEVER, of_round, own)


def _first_day(protocol: Protocol, round_name: str) -> date:
    """Return the first day of a round, of a protocol whose period is known."""
    if protocol.period is None:
        raise ValueError("a trial has a period")
    return protocol.period.later_rounds.get(round_name, protocol.period.first_day)


def _strata(rounds: Sequence[Round], drawn: Drawn) -> Codes | None:
    """Return everybody's stratum of the draw."""
    parts = [levels(one.allocation.strata) for one in rounds if one.allocation.strata is not None]
    if len(parts) < len(rounds):
        return None
    together = joined(parts)
    ends = np.cumsum([len(part.codes) for part in parts])[:-1]
    return Codes(_of_units(np.split(together.codes, ends), drawn), together.names)


def _clusters(protocol: Protocol, rounds: Sequence[Round], drawn: Drawn) -> NDArray[np.int64] | None:
    """Return everybody's cluster, where clusters were drawn."""
    if not isinstance(protocol.assignment, Clustered):
        return None
    found = _characteristic(rounds, drawn, protocol.assignment.by)
    return found.codes if isinstance(found, Codes) else None


def _characteristic(rounds: Sequence[Round], drawn: Drawn, name: str) -> Codes | NDArray[np.float64]:
    """Return a characteristic of everybody's household."""
    items = [one.caseload.characteristics[name] for one in rounds]
    codes = [item for item in items if isinstance(item, Codes)]
    if len(codes) == len(items):
        together = joined(codes)
        ends = np.cumsum([len(item.codes) for item in codes])[:-1]
        return Codes(_of_rows(np.split(together.codes, ends), drawn), together.names)
    return _of_rows([item for item in items if not isinstance(item, Codes)], drawn)


def _years_before(rounds: Sequence[Round], drawn: Drawn, births: NDArray[Any]) -> NDArray[np.float64]:
    """Return everybody's whole years on the day on which the list of the own round was screened."""
    years = np.full(len(births), np.nan)
    for place, one in enumerate(rounds):
        own = drawn.round == place
        years[own] = years_between(births[own], date.fromisoformat(one.caseload.reference_date))
    return years


def _covariate(
    name: str,
    covariate: Covariate,
    rounds: Sequence[Round],
    drawn: Drawn,
    traits: Traits,
) -> Variable:
    """Return a covariate: of the household, or a trait of the person."""
    own = covariate.definition
    if own is None:
        values = _characteristic(rounds, drawn, covariate.column or name)
    elif isinstance(own, OwnCode):
        values = named_levels(traits[own.field], own.values)
    else:
        years = _years_before(rounds, drawn, traits[own.field])
        values = banded(years, own.bands) if own.bands else years
    if isinstance(values, Codes) or covariate.transform is None:
        return Variable(covariate.kind, values)
    if covariate.transform == "log":
        return Variable(covariate.kind, np.log(np.where(values > 0, values, np.nan)))
    return Variable(covariate.kind, values**2)


def _intercurrent(
    journal: Journal, drawn: Drawn, months: PersonMonths
) -> dict[Intercurrent, NDArray[np.int64]]:
    """Return in which calendar month each thing happened to each person, as far as it is known."""
    found = {what: _after_exit(months, codes) for what, codes in _EXIT_CODES.items()}
    row = {person: at for at, person in enumerate(drawn.persons)}
    of_household: dict[str, list[int]] = {}
    for at, number in enumerate(drawn.household.tolist()):
        of_household.setdefault(drawn.households[number], []).append(at)
    for history in journal:
        for event, _ in history.of(MovedAway):
            rows = of_household.get(event.household, [])
            found["moved_away"][rows] = np.minimum(found["moved_away"][rows], _month_of(event))
        for kind, what in _PERSONAL.items():
            for event, _ in history.of(kind):
                if event.person in row:
                    found[what][row[event.person]] = min(found[what][row[event.person]], _month_of(event))
    return found


def _month_of(event: Event) -> int:
    """Return the calendar month of an event, as index."""
    return Month.of(event.valid_from).index


def _after_exit(months: PersonMonths, codes: Sequence[int]) -> NDArray[np.int64]:
    """Return the month after benefit ended for one of these reasons, ``NEVER`` where it did not."""
    ended = np.isin(months.exit_code, codes) & months.benefit_known
    after = months.first_month.index + np.argmax(ended, axis=1) + 1
    return np.where(ended.any(axis=1), after, NEVER)
