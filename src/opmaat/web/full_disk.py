"""Whether an error says that a disk is full: of this machine, or of the database."""

from __future__ import annotations

import errno
import sqlite3

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# As PostgreSQL (class 53, insufficient resources) and SQLite say it.
_DATABASE_FULL = {"53100", sqlite3.SQLITE_FULL}


def is_disk_full(error: Exception) -> bool:
    """Tell whether an error says that a disk is full.

    >>> is_disk_full(OSError(errno.ENOSPC, "no space")), is_disk_full(OSError(errno.EIO, "broken"))
    (True, False)
    """
    if isinstance(error, OSError):
        return error.errno in _FULL
    told = error.__cause__
    return bool({getattr(told, "sqlstate", None), getattr(told, "sqlite_errorcode", None)} & _DATABASE_FULL)
