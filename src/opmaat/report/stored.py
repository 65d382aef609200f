"""What a stage gave out, as a JSON file with its receipt in it: written whole, read back and checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from opmaat.core.errors import DataFileError, Issue, ReceiptMismatchError
from opmaat.evaluate.model import estimates_digest

Stored = TypeVar("Stored")


@dataclass(frozen=True, slots=True)
class StoredKind:
    """One kind of stored file: its name, what is in it as one word, and the verb that makes it."""

    file_name: str
    what: str
    verb: str

    def file(self, place: Path) -> Path:
        """Return the file: the place itself, or the one in that folder."""
        return place / self.file_name if place.is_dir() else place

    def damaged(self, file: Path, problem: str) -> ReceiptMismatchError:
        """Say that a file cannot be trusted."""
        issue = Issue(f"damaged-{self.what}", str(file), problem, f"Run '{self.verb}' again.")
        return ReceiptMismatchError([issue])


def json_bytes(content: Mapping[str, Any]) -> bytes:
    r"""Return plain values as indented JSON, always the same bytes.

    >>> json_bytes({"b": 1, "a": None})
    b'{\n  "a": null,\n  "b": 1\n}\n'
    """
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def read_stored(kind: StoredKind, place: Path, of: type[Stored]) -> Stored:
    """Return what a file, or the file of its kind in a folder, holds; its ``receipt`` has to fit.

    Raises DataFileError when it cannot be read, and ReceiptMismatchError when it is damaged or its content is
    not what its receipt says.
    """
    from pydantic import TypeAdapter

    file = kind.file(place)
    content = _content(kind, file)
    try:
        stored = TypeAdapter(of).validate_python(content)
        digest = estimates_digest(content)
    except ValueError as error:
        first = str(error).splitlines()[1:2] or [f"its fields are not those of {kind.what}"]
        raise kind.damaged(file, f"The file cannot be read back: {first[0].strip()}.") from None
    except RecursionError:
        raise kind.damaged(file, "The file is damaged: no study has what is in it.") from None
    if digest != stored.receipt.output:  # type: ignore[attr-defined]
        raise kind.damaged(file, "What is in the file is not what its receipt was made for.")
    return stored


def _content(kind: StoredKind, file: Path) -> dict[str, Any]:
    """Return the JSON object in a file."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise kind.damaged(file, "The file is damaged: it is not UTF-8 text.") from None
    except OSError as error:
        problem = f"The file cannot be read ({(error.strerror or 'unknown reason').lower()})."
        issue = Issue(f"unreadable-{kind.what}", str(file), problem, f"Run '{kind.verb}' first.")
        raise DataFileError([issue]) from None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise kind.damaged(file, "The file is damaged: it is not JSON.") from None
    if not isinstance(content, dict):
        raise kind.damaged(file, "The file is damaged: it is not an object.")
    return content
