"""What was read of a file: a table, and the lines that are no row of it."""

from __future__ import annotations

from dataclasses import dataclass

from opmaat.core.errors import DataFileError, Issue, first_issues
from opmaat.core.tables import Table

_FIX = "Check the separator in the protocol, and the quotes on this line."


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that is no row, with its cells as far as they can be told apart."""

    line: int
    code: str
    problem: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A table of the rows that are whole; ``heads`` are those of all columns, where lines can be broken."""

    table: Table
    heads: tuple[str, ...] = ()
    broken: tuple[BrokenLine, ...] = ()

    def whole(self) -> Table:
        """Return the table of a file without broken lines; raises DataFileError naming each that there is.

        >>> import numpy as np
        >>> Reading(Table("people.csv", {}, np.array([2]), "line")).whole().rows
        1
        """
        name = self.table.name
        if self.broken:
            raise DataFileError(
                first_issues(
                    self.broken,
                    lambda found: Issue(found.code, f"{name}:{found.line}", found.problem, _FIX),
                    where=name,
                    rest="lines are not whole",
                )
            )
        return self.table
