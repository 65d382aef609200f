"""A folder as one file for a browser, made while it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

_BYTES_AT_ONCE = 1 << 20


class _Pieces:
    """A file that nothing can be read from again: what is written waits until it is taken."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Keep a piece."""
        self._waiting.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Do nothing: pieces are taken, not sent."""

    def close(self) -> None:
        """Do nothing: what waits can still be taken."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        found = b"".join(self._waiting)
        self._waiting.clear()
        return found


def archived(folder: Path) -> Iterator[bytes]:
    """Yield the files of a folder as one ZIP file, not compressed; the same files give the same bytes."""
    pieces = _Pieces()
    with ZipFile(pieces, "w", ZIP_STORED) as archive:
        for file in sorted(folder.iterdir()):
            place = ZipInfo(f"{folder.name}/{file.name}")
            with file.open("rb") as source, archive.open(place, "w", force_zip64=True) as target:
                while piece := source.read(_BYTES_AT_ONCE):
                    target.write(piece)
                    yield pieces.taken()
    yield pieces.taken()
