"""Write files whole: all of them, or none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from opmaat.core.errors import Issue, UsageError


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write several files so that a failure half-way leaves every old file as it was.

    Each is written beside its place under a draft name and brought to disk; only when all are there do they
    take their places. Raises UsageError, with what the machine said, when that cannot be done.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> folder = Path(mkdtemp())
    >>> write_together({folder / "a.txt": b"one", folder / "b.txt": b"two"})
    >>> sorted(file.name for file in folder.iterdir())
    ['a.txt', 'b.txt']
    """
    drafts = {path: path.with_name(f".{path.name}.{uuid4().hex}.draft") for path in contents}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with drafts[path].open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as error:
        problem = f"The file cannot be written ({(error.strerror or 'unknown reason').lower()})."
        fix = "Make room or give another folder; nothing was changed."
        raise UsageError([Issue("cannot-write", str(path), problem, fix)]) from None
    finally:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink()
