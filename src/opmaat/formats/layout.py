"""How a file is written, and what every reader says when the file is not what it should be."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from opmaat.core.errors import DataFileError, Issue, did_you_mean

_LONGEST_HEAD = 100
_NO_HEADER = (
    "See whether its first line has the names of the columns, and whether it is the file that is meant."
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written.

    ``missing`` gives the reason behind each code for a missing value. ``decimal`` is what stands before the
    fraction of a number that is written as text.
    """

    encoding: str = "utf-8"
    separator: str = ","
    missing: Mapping[str, str] = field(default_factory=dict)
    decimal: str = "."


def require_columns(name: str, wanted: Collection[str], present: Collection[str]) -> None:
    """Raise DataFileError naming every wanted column that the file lacks.

    Its own columns are named beside them, but not when it has none that is wanted: what stands in their place
    may then be about people, or be without end.
    """
    lacking = [column for column in wanted if column not in present]
    if lacking:
        knows_some = len(lacking) < len(wanted) or len(wanted) == 1
        raise DataFileError(
            Issue(
                "unknown-column",
                name,
                f"The file has no column '{column}'.",
                did_you_mean(column, [head for head in present if len(head) <= _LONGEST_HEAD])
                if knows_some
                else _NO_HEADER,
            )
            for column in lacking
        )


def require_distinct(where: str, wanted: Collection[str], heads: Sequence[str]) -> None:
    """Raise DataFileError naming every wanted column that stands twice among the heads of a file."""
    twice = [column for column in wanted if heads.count(column) > 1]
    if twice:
        raise DataFileError(
            Issue("duplicate-column", where, f"The column '{column}' stands twice.", "Rename one.")
            for column in twice
        )


def unreadable(path: Path, reason: str) -> DataFileError:
    """Return the error for a file that cannot be read."""
    fix = "Check the path, and that the file is whole."
    return DataFileError([Issue("unreadable", path.name, f"The file cannot be read: {reason}.", fix)])
