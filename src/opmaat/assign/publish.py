"""Where the files of a draw stand, and how what is published is written and read back.

A published file is JSON with a seal, the digest of all the rest in it; bytes that are not exactly what was
written are refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from opmaat.assign.ceremony import Commitment, Drawn, Entry, Opened, as_dict
from opmaat.core.digest import digest_value
from opmaat.core.errors import Issue, NotPermittedError, ReceiptMismatchError

Published = TypeVar("Published", Commitment, Drawn, Opened)


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one round: what is published under ``home``/draw, what is private in a folder of its own.

    Examples
    --------
    >>> Place(Path("study"), Path("study/private"), "second").published("drawn").name
    'drawn-second.json'
    """

    home: Path
    private: Path
    round: str

    def published(self, what: str) -> Path:
        """Return the path of ``commitment``, ``drawn`` or ``opened``."""
        return self.home / "draw" / f"{what}{self._suffix}.json"

    @property
    def record(self) -> Path:
        """The record to print and sign."""
        return self.home / "draw" / f"record{self._suffix}.html"

    @property
    def sealed(self) -> Path:
        """Nonce and salt, sealed."""
        return self.private / f"sealed{self._suffix}.bin"

    @property
    def allocation(self) -> Path:
        """The encrypted allocation."""
        return self.private / f"allocation{self._suffix}.bin"

    @property
    def balance(self) -> Path:
        """The whole balance of the draw, which is there from the opening."""
        return self.private / f"balance{self._suffix}.json"

    @property
    def seal_key(self) -> Path:
        """The key of the seal, which belongs to the auditor."""
        return self.private / f"seal{self._suffix}.key"

    @property
    def draw_key(self) -> Path:
        """The key of the allocation."""
        return self.private / f"draw{self._suffix}.key"

    @property
    def _suffix(self) -> str:
        """What tells the files of one round from those of another."""
        return f"-{self.round}" if self.round else ""


def written(published: Commitment | Drawn | Opened) -> bytes:
    """Return the bytes of a published file."""
    content = as_dict(published)
    text = json.dumps({**content, "seal": digest_value(content)}, indent=2, ensure_ascii=False)
    return text.encode() + b"\n"


def read_commitment(place: Place) -> Commitment:
    """Return the commitment of a round; raises NotPermittedError when there is none yet."""
    file = place.published("commitment")
    content = _content(file, "not-committed", "opmaat draw --commit")
    return _checked(lambda: Commitment(**content), file)


def read_drawn(place: Place) -> Drawn:
    """Return what was published at the draw; raises NotPermittedError when it was not drawn yet."""
    file = place.published("drawn")
    content = _content(file, "not-drawn", "opmaat draw --public-value")
    entries = content.pop("entries", ())
    return _checked(lambda: Drawn(**content, entries=tuple(Entry(**entry) for entry in entries)), file)


def read_opened(place: Place) -> Opened:
    """Return what was published at the opening; raises NotPermittedError when it was not opened yet."""
    file = place.published("opened")
    content = _content(file, "not-opened", "opmaat draw --open")
    return _checked(lambda: Opened(**content), file)


def _content(file: Path, code: str, command: str) -> dict[str, Any]:
    """Read a published file without its seal."""
    try:
        content = json.loads(file.read_bytes())
    except FileNotFoundError:
        problem, fix = "This has not been published.", f"Run '{command}' first."
        raise NotPermittedError([Issue(code, file.name, problem, fix)]) from None
    except (OSError, ValueError):
        raise _damaged(file) from None
    if not isinstance(content, Mapping):
        raise _damaged(file)
    return {name: value for name, value in content.items() if name != "seal"}


def _checked(build: Callable[[], Published], file: Path) -> Published:
    """Return what was read when the file's bytes are exactly those that would be written."""
    try:
        published = build()
        whole = written(published) == file.read_bytes()
    except (TypeError, ValueError, AttributeError):
        raise _damaged(file) from None
    if not whole:
        raise _damaged(file)
    return published


def _damaged(file: Path) -> ReceiptMismatchError:
    """Say that a published file cannot be trusted."""
    problem, fix = "The file is not what was published.", "Restore it from where it was published."
    return ReceiptMismatchError([Issue("damaged-publication", file.name, problem, fix)])
