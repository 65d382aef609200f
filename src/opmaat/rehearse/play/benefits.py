"""The statistic of benefits (BUS) of the made-up municipality: the register of a list, and every month's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.layout import Field, Layout
from opmaat.protocol.population import Register
from opmaat.rehearse.lives.lives import Lives
from opmaat.rehearse.people.chance import Chance
from opmaat.rehearse.people.people import Flags, Ints, People
from opmaat.rehearse.people.register import field_values
from opmaat.rehearse.play.tables import days, euros, texts, write_columns

_OTHER_RECORDS_EVERY = 40
_OTHER_RECORD = "11"
_NOT_IN_FILE = frozenset({"bbz_class", "entered_on"})
_OF_MONTH = frozenset(
    {"statistics_year", "statistics_month", "norm", "payable", "benefit_end", "benefit_end_reason"}
)


class RegisterWriter:
    """Writes the register of people as the layout of the study lays it out; cells are made once."""

    def __init__(self, people: People, layout: Layout, register: Register, chance: Chance) -> None:
        self._people, self._layout, self._register = people, layout, register
        names = [name for name in layout.fields if name not in _NOT_IN_FILE]
        values = field_values(people, layout, names, chance)
        self._cells = {name: _as_text(values[name], layout.fields[name], register) for name in names}

    @cached_property
    def _months(self) -> list[tuple[str, NDArray[np.object_] | None]]:
        """Return the columns of a month's file in order: head and cells, put together where none changes.

        A column that changes every month has its field's name, and no cells yet.
        """
        separator = self._register.separator
        found: list[tuple[str, NDArray[np.object_] | None]] = []
        for changes, names in groupby(self._cells, key=_OF_MONTH.__contains__):
            for name in names if changes else ():
                found.append((name, None))
            if not changes:
                kept = list(names)
                head = separator.join(self._layout.fields[name].column for name in kept)
                columns = [self._cells[name] for name in kept]
                together = list(map(separator.join, zip(*columns, strict=True)))
                found.append((head, np.array(together, dtype=object)))
        return found

    def write_list(self, path: Path, rows: Ints) -> None:
        """Write the register of a list: these persons, and records of other benefits among them."""
        cells = {name: [column[row] for row in rows] for name, column in self._cells.items()}
        if "statistics_code" in cells and "statistics_code" in self._register.only:
            extra = range(0, len(rows), _OTHER_RECORDS_EVERY)
            for column in cells.values():
                column.extend([column[row] for row in extra])
            cells["statistics_code"][len(rows) :] = [_OTHER_RECORD] * len(extra)
        self._write(path, cells)

    def write_month(
        self, path: Path, lives: Lives, column: int, paid: Ints, *, kept: Flags | None = None
    ) -> int:
        """Write the delivery of a month: everybody on benefit, with who leaves after it and why.

        Returns the number of rows.

        Parameters
        ----------
        paid
            What each household was paid in the month, in cents.
        kept
            Which persons the file has; without it everybody on benefit.
        """
        on = lives.on_benefit[:, column] if kept is None else lives.on_benefit[:, column] & kept
        rows = np.flatnonzero(on)
        month, household = lives.first_month + column, lives.people.household[rows]
        decimal = self._register.decimal
        code = lives.exit_code[rows, column].tolist()
        last = days(np.array([month.last_day], dtype="datetime64[D]"), self._form_of("benefit_end"))[0]
        changed = {
            "statistics_year": [f"{month.year:04d}"] * len(rows),
            "statistics_month": [f"{month.month:02d}"] * len(rows),
            "norm": euros(lives.norm_cents[household, column], decimal=decimal),
            "payable": euros(paid[household], decimal=decimal),
            "benefit_end": [last if one else "" for one in code],
            "benefit_end_reason": [f"{one:02d}" if one else "" for one in code],
        }
        cells: dict[str, list[str]] = {}
        for head, never_change in self._months:
            if never_change is None:
                cells[self._layout.fields[head].column] = changed[head]
            else:
                cells[head] = never_change[rows].tolist()
        return write_columns(path, cells, separator=self._register.separator)

    def _form_of(self, name: str) -> str:
        """Return how the layout writes a day."""
        return self._layout.fields[name].format

    def _write(self, path: Path, cells: dict[str, list[str]]) -> None:
        columns = {self._layout.fields[name].column: column for name, column in cells.items()}
        write_columns(path, columns, separator=self._register.separator)


def _as_text(values: NDArray[Any], field: Field, register: Register) -> Sequence[str]:
    """Return the cells of a field as the file has them."""
    if field.kind == "date":
        return days(values, field.format)
    if field.kind == "number":
        found, place = np.unique(values, return_inverse=True)
        text = ["" if np.isnan(one) else f"{one:g}".replace(".", register.decimal) for one in found.tolist()]
        return [text[number] for number in place.tolist()]
    return texts(values)
