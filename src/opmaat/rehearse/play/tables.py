"""Tables of text as files: columns of cells, without quotes where none are needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def write_columns(path: Path, columns: Mapping[str, Sequence[str]], *, separator: str) -> int:
    r"""Write columns of cells that hold no separator, quote or line break; return the number of rows.

    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "made-up.csv"
    >>> write_columns(file, {"a": ["1", "2"], "b": ["x", ""]}, separator=";")
    2
    >>> file.read_text()
    'a;b\n1;x\n2;\n'
    """
    lines = [separator.join(columns), *map(separator.join, zip(*columns.values(), strict=True))]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines) - 1


def euros(cents: NDArray[np.int64], *, decimal: str) -> list[str]:
    """Return amounts in euros, with two decimals.

    >>> euros(np.array([98652, 5]), decimal=",")
    ['986,52', '0,05']
    """
    found, place = np.unique(cents, return_inverse=True)
    text = [f"{whole // 100}{decimal}{whole % 100:02d}" for whole in found.tolist()]
    return _placed(text, place)


def whole_numbers(values: NDArray[np.float64]) -> list[str]:
    """Return whole numbers as text; a missing one is empty.

    >>> whole_numbers(np.array([7.0, np.nan]))
    ['7', '']
    """
    found, place = np.unique(values, return_inverse=True)
    text = ["" if np.isnan(value) else f"{value:.0f}" for value in found.tolist()]
    return _placed(text, place)


def days(cells: NDArray[Any], form: str = "yyyymmdd") -> list[str]:
    """Return days as a layout writes them; a missing one is empty.

    >>> days(np.array(["2017-09-01", "NaT"], dtype="datetime64[D]"))
    ['20170901', '']
    """
    found, place = np.unique(cells.astype("datetime64[D]"), return_inverse=True)
    text = ["" if day is None else _written(day, form) for day in found.tolist()]
    return _placed(text, place)


def _placed(text: list[str], place: NDArray[np.intp]) -> list[str]:
    """Return the text of each place."""
    cells: list[str] = np.array(text, dtype=object)[place].tolist()
    return cells


def _written(day: date, form: str) -> str:
    """Return a day as a layout writes it."""
    text = day.isoformat()
    if form == "yyyy-mm-dd":
        return text
    return f"{text[8:]}-{text[5:7]}-{text[:4]}" if form == "dd-mm-yyyy" else text.replace("-", "")


def texts(cells: Iterable[Any]) -> list[str]:
    """Return cells as text; None is empty.

    >>> texts(["a", None])
    ['a', '']
    """
    return ["" if cell is None else str(cell) for cell in cells]
