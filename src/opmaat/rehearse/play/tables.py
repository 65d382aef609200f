"""Tables of text as files: columns of cells, without quotes where none are needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def write_columns(path: Path, columns: Mapping[str, Sequence[str]], *, separator: str) -> None:
    r"""Write columns of cells that hold no separator, quote or line break.

    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "made-up.csv"
    >>> write_columns(file, {"a": ["1", "2"], "b": ["x", ""]}, separator=";")
    >>> file.read_text()
    'a;b\n1;x\n2;\n'
    """
    lines = [separator.join(columns), *map(separator.join, zip(*columns.values(), strict=True))]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def euros(cents: NDArray[np.int64], *, decimal: str) -> list[str]:
    """Return amounts in euros, with two decimals.

    >>> euros(np.array([98652, 5]), decimal=",")
    ['986,52', '0,05']
    """
    amounts = cents.tolist()
    text = {whole: f"{whole // 100}{decimal}{whole % 100:02d}" for whole in set(amounts)}
    return [text[whole] for whole in amounts]


def days(cells: NDArray[Any], form: str = "yyyymmdd") -> list[str]:
    """Return days as a layout writes them; a missing one is empty.

    >>> days(np.array(["2017-09-01", "NaT"], dtype="datetime64[D]"))
    ['20170901', '']
    """
    texts = np.where(np.isnat(cells), "", cells.astype(str)).tolist()
    if form == "yyyy-mm-dd":
        return list(texts)
    if form == "dd-mm-yyyy":
        return [text and f"{text[8:]}-{text[5:7]}-{text[:4]}" for text in texts]
    return [text.replace("-", "") for text in texts]


def texts(cells: Iterable[Any]) -> list[str]:
    """Return cells as text; None is empty.

    >>> texts(["a", None])
    ['a', '']
    """
    return ["" if cell is None else str(cell) for cell in cells]
