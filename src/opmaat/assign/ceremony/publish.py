"""Where the files of a draw stand, and how what is published is written and read back.

A published file is JSON with a seal, the digest of all the rest in it; bytes that are not exactly what was
written are refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from opmaat.assign.ceremony.steps import Begun, Commitment, Drawn, Opened, as_dict
from opmaat.core.digest import digest_value
from opmaat.core.errors import Issue, NotPermittedError, ReceiptMismatchError
from opmaat.core.files import remove_left_behind
from opmaat.core.secrets import alone

Published = TypeVar("Published", Commitment, Begun, Drawn, Opened)


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
    def begun(self) -> Path:
        """The note that a draw was begun."""
        return self.private / f"begun{self._suffix}.json"

    @property
    def allocation(self) -> Path:
        """The encrypted allocation."""
        return self.private / f"allocation{self._suffix}.bin"

    @property
    def disclosed(self) -> Path:
        """The record of disclosures, a line for every time."""
        return self.private / f"disclosed{self._suffix}.jsonl"

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


@contextmanager
def step_alone(place: Place) -> Iterator[None]:
    """Take a step alone, and first remove what a step that was killed left half written.

    Raises NotPermittedError ``in-use`` while another step is being taken.
    """
    with alone(place.private):
        remove_left_behind(place.private)
        remove_left_behind(place.published("drawn").parent)
        yield


def private_bytes(file: Path) -> bytes:
    """Return the bytes of a private file."""
    try:
        return file.read_bytes()
    except OSError:
        problem, fix = "The file cannot be read.", "Give the folder that holds it with --keys."
        raise NotPermittedError([Issue("no-private-file", file.name, problem, fix)]) from None


def written(published: Commitment | Begun | Drawn | Opened) -> bytes:
    """Return the bytes of a published file."""
    content = as_dict(published)
    text = json.dumps({**content, "seal": digest_value(content)}, indent=2, ensure_ascii=False)
    return text.encode() + b"\n"


def read_commitment(place: Place) -> Commitment:
    """Return the commitment of a round; raises NotPermittedError when there is none yet."""
    return _read(Commitment, place.published("commitment"), "not-committed", "opmaat draw --commit")


def read_begun(place: Place) -> Begun | None:
    """Return the note that a draw was begun, or None where none was."""
    return _read(Begun, place.begun, "not-begun", "opmaat draw") if place.begun.exists() else None


def read_drawn(place: Place) -> Drawn:
    """Return what was published at the draw; raises NotPermittedError when it was not drawn yet."""
    return _read(Drawn, place.published("drawn"), "not-drawn", "opmaat draw --public-value")


def read_opened(place: Place) -> Opened:
    """Return what was published at the opening; raises NotPermittedError when it was not opened yet."""
    return _read(Opened, place.published("opened"), "not-opened", "opmaat draw --open")


def _read(kind: type[Published], file: Path, code: str, command: str) -> Published:
    """Read a published file whose fields are of their kind and whose bytes are as they would be written."""
    try:
        content = file.read_bytes()
        published = TypeAdapter(kind).validate_json(content, strict=True)
    except FileNotFoundError:
        problem, fix = "This has not been published.", f"Run '{command}' first."
        raise NotPermittedError([Issue(code, file.name, problem, fix)]) from None
    except (OSError, ValueError):
        raise _damaged(file) from None
    if written(published) != content:
        raise _damaged(file)
    return published


def _damaged(file: Path) -> ReceiptMismatchError:
    """Say that a published file cannot be trusted."""
    problem, fix = "The file is not what was published.", "Restore it from where it was published."
    return ReceiptMismatchError([Issue("damaged-publication", file.name, problem, fix)])
