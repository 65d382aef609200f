"""Read models that follow from events: made anew for a household in the transaction that writes about it.

An app registers its table when it is ready; what rebuilds everything takes the same columns, so that a read
model can never say something else than the events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from opmaat.web import clock

if TYPE_CHECKING:
    from opmaat.web.gateway.events import History
    from opmaat.web.journal.models import Municipality, OfMunicipality

Columns = Callable[["Municipality", str, "History", date], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ReadModel:
    """A table with one row for a household, and what stands in it after the household's history.

    ``columns`` gets the municipality, the study, the history and the day. What depends on the day is right on
    the day in the column ``day``; a table without that column does not depend on it. The table has the
    columns ``study`` and ``household`` as well.
    """

    table: type[OfMunicipality]
    columns: Columns


_read_models: list[ReadModel] = []


def register(read_model: ReadModel) -> None:
    """Add a read model."""
    if read_model not in _read_models:
        _read_models.append(read_model)


def read_models() -> tuple[ReadModel, ...]:
    """Return every read model."""
    return tuple(_read_models)


def project(municipality: Municipality, study: str, history: History) -> None:
    """Make the rows of a household anew in every read model."""
    for read_model in _read_models:
        columns = read_model.columns(municipality, study, history, clock.today())
        read_model.table.objects.of(municipality).update_or_create(
            municipality=municipality,
            household=history.household,
            defaults={"study": study, **columns},
        )


def is_equal(read_model: ReadModel, row: Any, study: str, history: History) -> bool:  # noqa: ANN401
    """Tell whether a row says what the events say, on the day of the row."""
    day = getattr(row, "day", clock.today())
    wanted = {"study": study, **read_model.columns(row.municipality, study, history, day)}
    return all(getattr(row, name) == value for name, value in wanted.items())
