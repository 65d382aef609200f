"""Write files whole: all of them, or none."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from opmaat.core.errors import Issue, UsageError

_MARK_LENGTH = 32
_MARKED = re.compile(rf"\..+\.[0-9a-f]{{{_MARK_LENGTH}}}\.(draft|old)")
_SECONDS_UNTIL_LEFT = 3600


def write_together(contents: Mapping[Path, bytes], *, owner_only: Collection[Path] = ()) -> None:
    """Write several files so that a failure half-way leaves every old file as it was.

    Each is written beside its place under a draft name and brought to disk; only when all are there do they
    take their places. Those of ``owner_only`` can be read by nobody else, drafts included. Old files are kept
    beside their places until then, and are put back when one of the new ones cannot take its place. When the
    process is killed between two of these steps, some places hold the new file and others the old one; the
    old ones are then still there as ``.name.*.old``, until the same file is written again an hour or more
    later, or :func:`remove_left_behind` is called.

    Raises UsageError, with what the machine said, when it cannot be done.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> folder = Path(mkdtemp())
    >>> write_together({folder / "a.txt": b"one", folder / "b.txt": b"two"})
    >>> sorted(file.name for file in folder.iterdir())
    ['a.txt', 'b.txt']
    """
    drafts = {path: _beside(path, "draft") for path in contents}
    kept = {path: _beside(path, "old") for path in contents}
    try:
        for path, content in contents.items():
            _write_draft(drafts[path], content, mode=0o600 if path in owner_only else 0o666)
            if os.path.lexists(path):
                shutil.copy2(path, kept[path], follow_symlinks=False)
    except OSError as error:
        _remove(*drafts.values(), *kept.values())
        raise _cannot_write(path, error) from None
    for path, draft in drafts.items():
        with suppress(OSError):
            _remove(*_left_behind(path, draft.stat().st_mtime))
    _take_places(drafts, kept)
    for folder in {path.parent for path in contents}:
        _bring_to_disk(folder)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read and that is not there yet, whole or not at all.

    Raises FileExistsError when it is there, and UsageError when it cannot be written.

    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "a.key"
    >>> write_new(file, b"one")
    >>> file.read_bytes(), oct(file.stat().st_mode & 0o777)
    (b'one', '0o600')
    """
    draft = _beside(path, "draft")
    try:
        _write_draft(draft, content, mode=0o600)
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise _cannot_write(path, error) from None
    finally:
        _remove(draft)
    _bring_to_disk(path.parent)


def append_line(path: Path, line: bytes) -> None:
    r"""Put a line at the end of a file that only its owner can read, and bring it to disk.

    Raises UsageError when it cannot be written.

    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "record.jsonl"
    >>> append_line(file, b"one\n")
    >>> append_line(file, b"two\n")
    >>> file.read_bytes()
    b'one\ntwo\n'
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        try:
            os.write(handle, line)
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise _cannot_write(path, error) from None
    _bring_to_disk(path.parent)


def remove_left_behind(folder: Path) -> None:
    """Remove the drafts and old files that killed writes left in a folder, which the caller holds alone.

    >>> from tempfile import mkdtemp
    >>> folder = Path(mkdtemp())
    >>> _beside(folder / "a.txt", "draft").touch()
    >>> remove_left_behind(folder)
    >>> list(folder.iterdir())
    []
    """
    with suppress(OSError):
        _remove(*(file for file in folder.iterdir() if _MARKED.fullmatch(file.name)))


def _take_places(drafts: Mapping[Path, Path], kept: Mapping[Path, Path]) -> None:
    """Move every draft to its place, or put back what was there."""
    placed: list[Path] = []
    try:
        for path, draft in drafts.items():
            draft.replace(path)
            placed.append(path)
    except OSError as error:
        for done in placed:
            if os.path.lexists(kept[done]):
                kept[done].replace(done)
            else:
                done.unlink()
        _remove(*kept.values())
        raise _cannot_write(path, error) from None
    finally:
        _remove(*drafts.values())
    _remove(*kept.values())


def _beside(path: Path, word: str) -> Path:
    """Return a name that nothing else has, in the same folder."""
    return path.with_name(f".{path.name}.{uuid4().hex}.{word}")


def _left_behind(path: Path, now: float) -> list[Path]:
    """Return what an earlier write of the same file left when it was killed."""
    return [
        file
        for file in path.parent.iterdir()
        if file.name.startswith(f".{path.name}.")
        and _MARKED.fullmatch(file.name)
        and len(file.stem) == len(f".{path.name}.") + _MARK_LENGTH
        and now - file.lstat().st_mtime >= _SECONDS_UNTIL_LEFT
    ]


def _write_draft(draft: Path, content: bytes, *, mode: int) -> None:
    """Write a new file and bring it to disk."""
    draft.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _bring_to_disk(folder: Path) -> None:
    """Bring the names in a folder to disk, where the machine can do that for a folder."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove(*files: Path) -> None:
    """Remove what is there of these files."""
    for file in files:
        with suppress(OSError):
            file.unlink()


def _cannot_write(path: Path, error: OSError) -> UsageError:
    """Say which file cannot be written, and why."""
    problem = f"The file cannot be written ({(error.strerror or 'unknown reason').lower()})."
    fix = "Make room or give another folder; nothing was changed."
    return UsageError([Issue("cannot-write", str(path), problem, fix)])
