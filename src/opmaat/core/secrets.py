"""Secret keys, each in a file of its own that only its owner can read."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from opmaat.core.errors import Issue, NotPermittedError
from opmaat.core.files import write_new

_BYTES = 32
_OTHERS = 0o077


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner can enter and that version control leaves alone; return it.

    Raises NotPermittedError when the folder is there and others can enter it.

    >>> from tempfile import mkdtemp
    >>> oct(private_folder(Path(mkdtemp()) / "private").stat().st_mode & 0o777)
    '0o700'
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & _OTHERS:
        problem, fix = (
            "Others than its owner can enter the folder of keys.",
            f"Run 'chmod 700 {folder.name}'.",
        )
        raise NotPermittedError([Issue("folder-not-private", folder.name, problem, fix)])
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one process at a time work with a private folder; raises NotPermittedError for the second.

    >>> from tempfile import mkdtemp
    >>> folder = Path(mkdtemp())
    >>> with alone(folder):
    ...     (folder / "in-use").exists()
    True
    """
    mark = folder / "in-use"
    try:
        os.close(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        problem = "Another step of a draw is being taken, was broken off, or the folder is not there."
        fix = f"Wait, or remove '{mark.name}' when nobody else is at work."
        raise NotPermittedError([Issue("in-use", folder.name, problem, fix)]) from None
    try:
        yield
    finally:
        mark.unlink()


def make_secret() -> bytes:
    """Return 32 bytes from the machine's source of randomness."""
    return secrets.token_bytes(_BYTES)


def write_secret(file: Path, secret: bytes) -> None:
    """Write a secret into a new file; raises NotPermittedError when the file is there already."""
    private_folder(file.parent)
    try:
        write_new(file, secret.hex().encode() + b"\n")
    except FileExistsError:
        problem, fix = "The key is there already.", "Keep it; without it nothing can be opened."
        raise NotPermittedError([Issue("key-exists", file.name, problem, fix)]) from None


def read_secret(file: Path, *, make: bool = False) -> bytes:
    """Read a secret of 32 bytes; with ``make`` one is made where there is none.

    Raises NotPermittedError when there is none, when others can read it, or when it holds something else.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "private" / "a.key"
    >>> read_secret(file, make=True) == read_secret(file)
    True
    """
    if make and not file.exists():
        write_secret(file, make_secret())
    try:
        mode, text = file.stat().st_mode, file.read_text(encoding="ascii")
        secret = bytes.fromhex(text)
    except OSError:
        problem, fix = "The key cannot be read.", "Give the folder that holds it with --keys."
        raise NotPermittedError([Issue("no-key", file.name, problem, fix)]) from None
    except (UnicodeDecodeError, ValueError):
        secret, mode = b"", 0
    if mode & _OTHERS:
        problem, fix = "Others than its owner can read the key.", f"Run 'chmod 600 {file.name}'."
        raise NotPermittedError([Issue("key-not-private", file.name, problem, fix)])
    if len(secret) != _BYTES:
        problem, fix = "The file does not hold a key.", "Restore it from where it is kept."
        raise NotPermittedError([Issue("wrong-key", file.name, problem, fix)])
    return secret
