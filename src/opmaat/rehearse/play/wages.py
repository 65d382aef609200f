"""Wages as they are delivered: a row per employment and period, for some people per four weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.layout import Layout
from opmaat.protocol.population import Register
from opmaat.rehearse.lives.lives import Lives
from opmaat.rehearse.people.people import Flags, Ints, made_up_numbers
from opmaat.rehearse.play.tables import euros, write_columns

_FIRST_PERIOD = date(2017, 1, 2)
_FOUR_WEEKS = 28
_SHARE_FOUR_WEEKLY = 0.1
_EMPLOYERS = 997
_WAGE, _OWN_BUSINESS = "1", "2"


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of wages: persons, first and last day, cents, hours, contract and kind, each (rows,)."""

    person: Ints
    first: list[str]
    last: list[str]
    cents: Ints
    hours: NDArray[np.float64]
    permanent: Flags
    own: Flags


class WageWriter:
    """Writes the wages of a month as the layout of wages lays them out."""

    def __init__(self, lives: Lives, layout: Layout, register: Register) -> None:
        self._lives, self._layout, self._register = lives, layout, register
        self._numbers = np.array(made_up_numbers(lives.people.count), dtype=object)
        self._employers = np.array([f"{number + 1:09d}L01" for number in range(_EMPLOYERS)], dtype=object)
        works = (lives.wage_cents > 0) | lives.self_employed
        begins = works & ~np.column_stack([np.zeros(len(works), np.bool_), works[:, :-1]])
        self._spell = np.cumsum(begins, axis=1)
        self._four_weekly = four_weekly(lives)

    def write_month(self, path: Path, column: int, *, kept: Flags | None = None) -> int:
        """Write the wages of the periods that end in a month, and return the number of rows.

        ``kept`` says of whom the file has any.
        """
        parts = [self._monthly(column), *self._periods(column)]
        cells: dict[str, list[str]] = {name: [] for name in self._layout.fields}
        for rows in parts:
            for name, found in self._cells(rows, column, kept).items():
                cells[name].extend(found)
        columns = {self._layout.fields[name].column: column for name, column in cells.items()}
        return write_columns(path, columns, separator=self._register.separator)

    def _monthly(self, column: int) -> _Rows:
        """Return the rows of who is paid by the month, and of the self-employed."""
        lives, month = self._lives, self._lives.first_month + column
        own = lives.self_employed[:, column]
        person = np.flatnonzero(own | ((lives.wage_cents[:, column] > 0) & ~self._four_weekly))
        return _Rows(
            person,
            [f"{month.first_day:%Y%m%d}"] * len(person),
            [f"{month.last_day:%Y%m%d}"] * len(person),
            lives.wage_cents[person, column],
            lives.hours[person, column],
            lives.permanent[person, column],
            own[person],
        )

    def _periods(self, column: int) -> list[_Rows]:
        """Return the rows of the periods of four weeks that end in a month."""
        month, persons = self._lives.first_month + column, np.flatnonzero(self._four_weekly)
        number = (month.first_day - _FIRST_PERIOD).days // _FOUR_WEEKS
        found = []
        for place in (number, number + 1):
            first = _FIRST_PERIOD + timedelta(days=place * _FOUR_WEEKS)
            last = first + timedelta(days=_FOUR_WEEKS - 1)
            if month.first_day <= last <= month.last_day:
                found.append(self._period(persons, column, first, last))
        return found

    def _period(self, persons: Ints, column: int, first: date, last: date) -> _Rows:
        """Return the rows of one period: of each month that it has days of, the wage of these days."""
        lives, after = self._lives, last + timedelta(days=1)
        cents = np.rint(self._until(lives.wage_cents, persons, after))
        cents -= np.rint(self._until(lives.wage_cents, persons, first))
        hours = np.round(self._until(lives.hours, persons, after), 2)
        hours -= np.round(self._until(lives.hours, persons, first), 2)
        some = cents > 0
        count = int(some.sum())
        return _Rows(
            persons[some],
            [f"{first:%Y%m%d}"] * count,
            [f"{last:%Y%m%d}"] * count,
            cents[some].astype(np.int64),
            np.maximum(hours[some], 0.0),
            lives.permanent[persons[some], column],
            np.zeros(count, dtype=np.bool_),
        )

    def _until(self, amounts: NDArray[np.float64] | Ints, persons: Ints, day: date) -> NDArray[np.float64]:
        """Return what was earned before a day, spread evenly over the days of a month.

        Before the first month it was earned as in that month.
        """
        column = self._lives.setting.column(day)
        if column < 0:
            first = self._lives.first_month
            ahead = (first.first_day - day).days / first.days
            return np.asarray(-ahead * amounts[persons, 0], dtype=np.float64)
        month = self._lives.first_month + column
        part = (day - month.first_day).days / month.days
        whole = amounts[persons, :column].sum(axis=1)
        if column >= amounts.shape[1]:
            return np.asarray(whole, dtype=np.float64)
        return np.asarray(whole + part * amounts[persons, column], dtype=np.float64)

    def _cells(self, rows: _Rows, column: int, kept: Flags | None) -> dict[str, list[str]]:
        """Return the cells of rows by field."""
        decimal = self._register.decimal
        chosen = np.arange(len(rows.person)) if kept is None else np.flatnonzero(kept[rows.person])
        person, own = rows.person[chosen], rows.own[chosen]
        spell, of = self._spell[person, column].tolist(), person.tolist()
        hours = [f"{value:.2f}".replace(".", decimal) for value in rows.hours[chosen].tolist()]
        contract = np.where(rows.permanent[chosen], "O", "B")
        return {
            "citizen_service_number": self._numbers[person].tolist(),
            "employer": self._employers[person % _EMPLOYERS].tolist(),
            "employment": [f"{one}-{number}" for one, number in zip(of, spell, strict=True)],
            "first_day": [rows.first[one] for one in chosen.tolist()],
            "last_day": [rows.last[one] for one in chosen.tolist()],
            "gross_wage": euros(rows.cents[chosen], decimal=decimal),
            "hours": ["" if alone else cell for alone, cell in zip(own.tolist(), hours, strict=True)],
            "permanent": np.where(own, "", contract).tolist(),
            "income_kind": np.where(own, _OWN_BUSINESS, _WAGE).tolist(),
        }


def four_weekly(lives: Lives) -> Flags:
    """Tell who is paid per four weeks: some of the people, whatever their wage."""
    rank: Flags = lives.people.wage_rank * 1000 % 1 < _SHARE_FOUR_WEEKLY
    return rank
