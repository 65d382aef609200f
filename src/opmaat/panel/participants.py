"""Who is in the file: rows that the protocol keeps, and which row belongs to which participant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opmaat.core.codes import Codes
from opmaat.core.errors import Issue, first_issues
from opmaat.core.tables import Column, Table
from opmaat.panel.columns import codes, matching
from opmaat.panel.model import Excluded
from opmaat.protocol.data import Data

_Numbers = NDArray[np.float64] | NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Participants:
    """The participants of a table, in the order in which they first stand in it.

    ``of_row`` (rows,) is the participant of each row; ``first`` (n,) the row of each participant's earliest
    period, from which everything known before the draw is read.
    """

    of_row: NDArray[np.int64]
    first: NDArray[np.int64]

    @property
    def count(self) -> int:
        """Number of participants."""
        return len(self.first)


def included(data: Data, table: Table) -> tuple[Table, tuple[Excluded, ...]]:
    """Return the rows that the protocol keeps, and how many each of its reasons keeps out."""
    excluded = []
    for inclusion in data.include:
        found = codes(table, inclusion.column)
        wanted = [code for _, code in matching(found, inclusion.values)]
        kept = np.isin(found.codes, wanted)
        excluded.append(Excluded(reason=inclusion.reason, rows=int((~kept).sum())))
        table = _rows(table, kept)
    return table, tuple(excluded)


def _rows(table: Table, kept: NDArray[np.bool_]) -> Table:
    """Return the rows of a table that are kept, each still knowing its place."""
    columns = {
        name: Column(column.cells[kept], column.label, column.value_labels, column.missing)
        for name, column in table.columns.items()
    }
    return Table(table.name, columns, table.positions[kept], table.row_word)


def participants(
    data: Data, table: Table, issues: list[Issue], *, period: NDArray[np.float64] | None = None
) -> Participants:
    """Return who is who; a participant (or a participant's period) that stands twice is an issue.

    ``period`` (rows,) is NaN where it could not be read, which is an issue of its own.
    """
    if data.participant is None:
        every = np.arange(table.rows, dtype=np.int64)
        return Participants(every, every)
    who = codes(table, data.participant)
    of_row = _by_appearance(who)
    if period is None:
        _report_duplicates(table, data.participant, [of_row], issues)
        return Participants(of_row, _first_rows(of_row, of_row))
    _report_duplicates(table, data.participant, [of_row, period], issues)
    return Participants(of_row, _first_rows(of_row, period))


def _by_appearance(who: Codes) -> NDArray[np.int64]:
    """Return participants numbered in the order in which they first stand in the file."""
    _, first, inverse = np.unique(who.codes, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    numbered: NDArray[np.int64] = rank[inverse]
    return numbered


def _first_rows(of_row: NDArray[np.int64], order: _Numbers) -> NDArray[np.int64]:
    """Return each participant's row that comes first in the given order."""
    rows = np.lexsort((order, of_row))
    _, start = np.unique(of_row[rows], return_index=True)
    return rows[start]


def _report_duplicates(table: Table, column: str, keys: list[_Numbers], issues: list[Issue]) -> None:
    """Add an issue for every row whose participant (and period) stood in an earlier row."""
    rows = np.lexsort(keys[::-1])
    same = np.all([key[rows][1:] == key[rows][:-1] for key in keys], axis=0)
    again = np.sort(rows[1:][same])
    what = "stands twice" if len(keys) == 1 else "stands twice in the same period"
    issues.extend(
        first_issues(
            again.tolist(),
            lambda row: Issue(
                "duplicate-participant",
                table.place(row, column),
                f"'{table.shown(row, column)}' {what}.",
                "Keep one row, or correct the identifier.",
            ),
            where=f"{table.name}, column '{column}'",
            rest="participants stand twice",
        )
    )


def constant(table: Table, column: str, people: Participants, issues: list[Issue]) -> Codes:
    """Return a variable that cannot change over time; a participant with two values is an issue."""
    found = codes(table, column)
    by_person = found.codes[people.first]
    changed = np.flatnonzero(found.codes != by_person[people.of_row])
    issues.extend(
        first_issues(
            changed.tolist(),
            lambda row: Issue(
                "changes-over-time",
                table.place(row, column),
                "The value differs from the participant's other rows.",
                "Give a participant the same value in every row.",
            ),
            where=f"{table.name}, column '{column}'",
            rest="cells differ from the participant's other rows",
        )
    )
    return Codes(by_person, found.names)
