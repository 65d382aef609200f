"""What a researcher may see when, and what registers and questionnaires hold for a table of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from opmaat.conduct import kinds
from opmaat.conduct.model import History
from opmaat.core.month import Month
from opmaat.core.texts import Text
from opmaat.evaluate.trial import last_month
from opmaat.formats.data_package.model import Cell, Field, Kind, Package, Resource, csv_pieces
from opmaat.formats.data_package.write import changed_in, write_data_package
from opmaat.panel.deliveries import FILE_NAME, DeliveryList, load_deliveries, standing
from opmaat.panel.months import PersonMonths
from opmaat.panel.read_registers import read_registers
from opmaat.protocol.assignment import Recorded, is_rolling
from opmaat.protocol.freeze import FILE_NAME as LOCK
from opmaat.protocol.freeze import read_frozen
from opmaat.protocol.model import Protocol
from opmaat.survey.items import Choice, Item, Number, Rating, SeveralChoices
from opmaat.survey.model import Questionnaire

__all__ = [
    "Cell",
    "Field",
    "Package",
    "Resource",
    "ShownAs",
    "changed_in",
    "contacts_of",
    "csv_pieces",
    "deliveries_of",
    "frozen_protocol",
    "item_fields",
    "missing_months",
    "month_rows",
    "planned_look",
    "register_months",
    "shown_as",
    "write_data_package",
]

_DAY = timedelta(days=1)


class ShownAs(StrEnum):
    """How arms are shown: not at all, as letters that say nothing of which is which, or by name."""

    POOLED = "pooled"
    LETTERS = "letters"
    NAMED = "named"


def planned_look(protocol: Protocol) -> date | None:
    """Return the first day on which arms may be compared; None for a study without a period.

    That is the day after the last month that an estimand asks for is over, for the round that began last;
    with rolling intake the day after the trial.

    >>> from opmaat.web.gateway.studies import protocol_of
    >>> planned_look(protocol_of(Path("studies/groningen-2017")))
    datetime.date(2019, 11, 1)
    """
    if protocol.period is None:
        return None
    if is_rolling(protocol.assignment):
        return protocol.period.last_day + _DAY
    began = max([protocol.period.first_day, *protocol.period.later_rounds.values()])
    return (Month.of(began) + last_month(protocol)).first_day


def shown_as(protocol: Protocol, *, on: date) -> ShownAs:
    """Return how arms are shown to who compares response per arm.

    By name from the planned look on. Before it as letters, where the protocol plans to test the numbers that
    answer against the shares (``assignment: sample_ratio``) and the shares are equal, because unequal numbers
    would tell which letter is which; otherwise not at all.

    >>> from opmaat.web.gateway.studies import protocol_of
    >>> shown_as(protocol_of(Path("studies/groningen-2017")), on=date(2018, 11, 12)).value
    'letters'
    """
    look, plan = planned_look(protocol), protocol.assignment
    if look is not None and on >= look:
        return ShownAs.NAMED
    shares = {arm.share for arm in protocol.arms.values()}
    if isinstance(plan, Recorded) or "answered" not in plan.sample_ratio or len(shares) != 1:
        return ShownAs.POOLED
    return ShownAs.LETTERS


class Contact(NamedTuple):
    """A talk that was held or missed, with the month in which it was, by its first day."""

    event_id: str
    month: date
    held: bool
    minutes: int


def contacts_of(history: History) -> tuple[Contact, ...]:
    """Return the talks of a household since it was told its arm."""
    told = next((event.valid_from for event, _ in history.of(kinds.Disclosed)), date.max)
    held = [(event, True, one.minutes) for event, one in history.of(kinds.ContactHeld)]
    missed = [(event, False, one.minutes) for event, one in history.of(kinds.ContactMissed)]
    return tuple(
        Contact(event.id, event.valid_from.replace(day=1), is_held, minutes)
        for event, is_held, minutes in (*held, *missed)
        if event.valid_from >= told
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A delivery in the folder of a study: of which month or wave, and how many days after it was over.

    ``days_after`` is None for what is of no month. ``stands`` tells that no later one took its place.
    """

    name: str
    kind: str
    subject: str
    delivered_on: date
    days_after: int | None
    stands: bool


def deliveries_of(folder: Path, *, on: date) -> tuple[Came, ...]:
    """Return the deliveries in the folder of a study that had come by a day, the latest first."""
    listed = _listed(folder)
    if listed is None:
        return ()
    stand = set(standing(listed.deliveries, known_at=on))
    came = [
        Came(
            name=one.name,
            kind=one.kind,
            subject=one.month or one.wave or "",
            delivered_on=one.delivered_on,
            days_after=None if one.month is None else (one.delivered_on - _end_of(one.of_month)).days,
            stands=one in stand,
        )
        for one in listed.deliveries
        if one.delivered_on <= on
    ]
    return tuple(sorted(came, key=lambda one: (one.delivered_on, one.name), reverse=True))


def missing_months(
    came: Sequence[tuple[str, str]], protocol: Protocol, *, on: date
) -> dict[str, tuple[Month, ...]]:
    """Return, for benefits and wages, the months of the trial that are over and were not delivered.

    ``came`` has the kind and the month (2018-03) of every delivery.
    """
    if protocol.period is None:
        return {}
    first, last = Month.of(protocol.period.first_day), min(Month.of(on), Month.of(protocol.period.last_day))
    over = [first + number for number in range(max(0, last - first))]
    found = {kind: {subject for of, subject in came if of == kind} for kind in ("benefits", "wages")}
    return {kind: tuple(month for month in over if str(month) not in there) for kind, there in found.items()}


def register_months(
    folder: Path, protocol: Protocol, household_of: Mapping[str, str], *, on: date
) -> PersonMonths | None:
    """Return what the registers that had come by a day know of some persons; None without deliveries.

    ``household_of`` has the household of each of them. The arms are not read. Raises DataFileError with
    everything that is wrong in the deliveries.
    """
    listed = _listed(folder)
    if listed is None or not household_of:
        return None
    stand = standing(listed.deliveries, known_at=on)
    if not any(one.kind == "benefits" for one in stand):
        return None
    persons = tuple(sorted(household_of))
    number = {name: at for at, name in enumerate(sorted(set(household_of.values())))}
    household = np.array([number[household_of[person]] for person in persons], dtype=np.int64)
    found = read_registers(protocol, folder, stand, wages=listed.wages, persons=persons, household=household)
    return found.months


def month_rows(months: PersonMonths) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each person and month; what is unknown is None.

    The columns: person, month (2018-03), on_benefit, exit_code, benefit_cents, norm_cents, wage_cents, hours,
    permanent and self_employed, as :class:`opmaat.panel.months.PersonMonths` has them.
    """
    calendar = [str(months.first_month + number) for number in range(len(months.benefit_known))]
    known = list(zip(months.benefit_known.tolist(), months.wages_known.tolist(), strict=True))
    for row, person in enumerate(months.persons):
        benefits = zip(
            months.on_benefit[row].tolist(),
            months.exit_code[row].tolist(),
            months.benefit_cents[row].tolist(),
            months.norm_cents[row].tolist(),
            strict=True,
        )
        wages = zip(
            months.wage_cents[row].tolist(),
            months.hours[row].tolist(),
            months.permanent[row].tolist(),
            months.self_employed[row].tolist(),
            strict=True,
        )
        for month, there, benefit, wage in zip(calendar, known, benefits, wages, strict=True):
            yield (
                person,
                month,
                *(benefit if there[0] else _NO_BENEFITS),
                *(wage if there[1] else _NO_WAGES),
            )


_NO_BENEFITS: tuple[Cell, ...] = (None,) * 4
_NO_WAGES: tuple[Cell, ...] = (None,) * 4


def item_fields(questionnaire: Questionnaire) -> tuple[Field, ...]:
    """Return a column for each item that is asked; what people write in their own words has none.

    >>> from opmaat.web.gateway.studies import questionnaire_of
    >>> item_fields(questionnaire_of(Path("studies/groningen-2017")))[0].kind
    'integer'
    """
    columns = [_item_field(name, item) for name, item in questionnaire.asked.items()]
    return tuple(column for column in columns if column is not None)


def _item_field(name: str, item: Item) -> Field | None:
    """Return the column of an item; None for one without an answer from a list and without a number."""
    kind: Kind
    labels: Mapping[str, Text] = {}
    unit = None
    match item:
        case Rating():
            kind, labels = "integer", {str(code): text for code, text in item.labels.items()}
        case Choice():
            kind, labels = "string", item.choices
        case SeveralChoices():
            kind = "string"
        case Number():
            kind = "integer" if item.whole else "number"
            unit = None if item.unit is None else item.unit.en
        case _:
            return None
    return Field(name=name, kind=kind, title=item.text, unit=unit, labels=labels, provenance="questionnaire")


def _listed(folder: Path) -> DeliveryList | None:
    """Return the list of deliveries of a study; None where it has none."""
    return load_deliveries(folder) if (folder / FILE_NAME).is_file() else None


def _end_of(month: Month) -> date:
    """Return the last day of a month."""
    return (month + 1).first_day - _DAY


def frozen_protocol(folder: Path) -> Protocol:
    """Return the protocol of a study as it was frozen, which alone says when arms may be seen.

    Raises ProtocolError or ReceiptMismatchError when it was not frozen, or differs from what was.
    """
    return _frozen(folder, *(file.stat().st_mtime_ns if file.is_file() else 0 for file in _files(folder)))


def _files(folder: Path) -> tuple[Path, Path]:
    """Return the protocol and its lock."""
    return folder / "protocol.yaml", folder / LOCK


@lru_cache(maxsize=64)
def _frozen(folder: Path, *_: int) -> Protocol:
    return read_frozen(folder).protocol
