"""What a data package is made of: tables, their columns, and rows that pass through in pieces."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from opmaat.core.texts import Text

Kind = Literal["string", "integer", "number", "boolean", "date"]
Cell = str | int | float | bool | None

_ROWS_A_PIECE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column: its type, what it means, its unit, what its codes stand for, and where it comes from."""

    name: str
    kind: Kind
    title: Text
    unit: str | None = None
    labels: Mapping[str, Text] = field(default_factory=dict)
    provenance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One table.

    Parameters
    ----------
    name
        Name of its files, without extension: small letters, digits and dashes.
    key
        The columns whose values together name a row.
    rows
        The rows as pieces of CSV (UTF-8, commas, line feeds, no header), in the order of ``fields``:
        :func:`csv_pieces` makes them of cells, and a database can give them by itself.
    missing
        What stands in a cell without a value, and why there is none.
    """

    name: str
    title: Text
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    rows: Iterable[bytes]
    missing: Mapping[str, Text] = field(
        default_factory=lambda: {"": Text("niet bekend of niet gevraagd", "not known or not asked")}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """Tables that belong together; ``made_of`` names what they were made of, each with its digest."""

    name: str
    title: Text
    description: Text
    resources: tuple[Resource, ...]
    made_of: Mapping[str, str]
    protocol: str


def csv_pieces(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    r"""Yield rows of cells as pieces of CSV.

    >>> [*csv_pieces([("p1", True, None), ("p2", False, 0.5)])]
    [b'p1,true,\np2,false,0.5\n']
    """
    left = iter(rows)
    while piece := list(islice(left, _ROWS_A_PIECE)):
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows([_cell(cell) for cell in row] for row in piece)
        yield stream.getvalue().encode()


def _cell(cell: Cell) -> Cell:
    """Return a cell as CSV writes it."""
    return ("true" if cell else "false") if isinstance(cell, bool) else cell
