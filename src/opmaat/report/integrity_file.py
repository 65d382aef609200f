"""The integrity of a trial as a file, integrity.json, beside the estimates."""

from __future__ import annotations

from pathlib import Path

from opmaat.core.files import write_together
from opmaat.evaluate.integrity import Integrity
from opmaat.report.stored import StoredKind, json_bytes, read_stored

FILE_NAME = "integrity.json"
KIND = StoredKind(FILE_NAME, "integrity", "opmaat rehearse")


def write_integrity(integrity: Integrity, directory: Path) -> Path:
    """Write integrity.json and return its path; raises UsageError when it cannot be written."""
    file = directory / FILE_NAME
    write_together({file: json_bytes(integrity.as_dict())})
    return file


def read_integrity(path: Path) -> Integrity:
    """Read integrity.json, or the one in a directory, and check its receipt.

    Raises DataFileError when the file cannot be read, and ReceiptMismatchError when it is damaged or its
    content is not what its receipt says.
    """
    return read_stored(KIND, path, Integrity)
