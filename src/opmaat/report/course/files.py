"""The course of a trial as a file, course.json, beside the estimates."""

from __future__ import annotations

from pathlib import Path

from opmaat.core.files import write_together
from opmaat.evaluate.course import Course
from opmaat.report.stored import StoredKind, json_bytes, read_stored

FILE_NAME = "course.json"
KIND = StoredKind(FILE_NAME, "course", "opmaat estimate")


def write_course(course: Course, directory: Path) -> Path:
    """Write course.json and return its path; the same course gives the same bytes.

    Raises UsageError when it cannot be written.
    """
    file = directory / FILE_NAME
    write_together({file: json_bytes(course.as_dict())})
    return file


def read_course(path: Path) -> Course:
    """Read the course from course.json, or from the directory that holds it, and check its receipt.

    The output that its receipt names is the digest of every field but the receipt, as
    :func:`opmaat.evaluate.model.estimates_digest` makes it. Raises DataFileError when the file cannot be
    read, and ReceiptMismatchError when it is damaged or its content is not what its receipt says.
    """
    return read_stored(KIND, path, Course)
