"""Write tables as a data package: CSV and Parquet files beside one file that says what is in them.

The file is ``datapackage.json`` of the Data Package standard (https://datapackage.org/standard/data-package/),
with the schema of every table (https://datapackage.org/standard/table-schema/), the digest of every file, and
control totals. Rows pass through in pieces, so that a table can be larger than memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

from opmaat.core.digest import PREFIX, digest_bytes, digest_file
from opmaat.core.errors import Issue, ReceiptMismatchError, UsageError
from opmaat.core.receipt import Receipt
from opmaat.core.version import __version__
from opmaat.formats.data_package.columns import write_columns
from opmaat.formats.data_package.describe import described_package, described_table
from opmaat.formats.data_package.model import Package, Resource, csv_pieces

DESCRIPTOR = "datapackage.json"
RECEIPT = "receipt.json"
Progress = Callable[[int, int], None]

_BYTES_AT_ONCE = 1 << 16


def write_data_package(package: Package, folder: Path, *, progress: Progress | None = None) -> Receipt:
    """Write a package into a new folder, whole or not at all, and return its receipt.

    Everything is written into a folder beside it, which takes its name when all is there and on disk. What an
    earlier write of the same folder left when it was killed is removed first. In the folder stand
    ``datapackage.json``, ``receipt.json``, and of each table a CSV and a Parquet file. The same rows give the
    same bytes.

    Parameters
    ----------
    progress
        Is told after every table how many of how many are written.

    Raises
    ------
    UsageError
        When the folder is there already, or cannot be written, as on a full disk.
    DataFileError
        When a cell does not fit its column.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> from opmaat.core.texts import Text
    >>> from opmaat.formats.data_package.model import Field
    >>> person = Field(name="person", kind="string", title=Text("persoon", "person"))
    >>> months = Field(name="months", kind="integer", title=Text("maanden", "months"), unit="month")
    >>> table = Resource(name="people", title=Text("mensen", "people"), fields=(person, months),
    ...     key=("person",), rows=csv_pieces([("a", 3), ("b", None)]))
    >>> package = Package(name="made-up", title=Text("verzonnen", "made up"),
    ...     description=Text("Verzonnen.", "Made up."), resources=(table,), made_of={}, protocol="sha256:0")
    >>> place = Path(mkdtemp()) / "made-up"
    >>> receipt = write_data_package(package, place)
    >>> sorted(file.name for file in place.iterdir())
    ['datapackage.json', 'people.csv', 'people.parquet', 'receipt.json']
    >>> json.loads((place / "datapackage.json").read_text())["resources"][0]["controlTotals"]
    {'rows': 2, 'known': {'person': 2, 'months': 1}, 'sums': {'months': 3}}
    >>> changed_in(place)
    ()
    """
    draft = folder.with_name(f".{folder.name}.{uuid4().hex}.draft")
    if folder.exists():
        problem, fix = "There is an export with this name already.", "Export under another name."
        raise UsageError([Issue("export-exists", folder.name, problem, fix)])
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        for left in folder.parent.glob(f".{folder.name}.*.draft"):
            shutil.rmtree(left)
        draft.mkdir(mode=0o700)
        receipt = _write(package, draft, progress or _silent)
        draft.rename(folder)
    except OSError as error:
        raise _cannot_write(folder, error.strerror or "unknown reason") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return receipt


def changed_in(folder: Path) -> tuple[Issue, ...]:
    """Return an issue for everything in a package that is not as its receipt says.

    Raises ReceiptMismatchError when there is no receipt, or it is damaged.
    """
    try:
        receipt = Receipt.from_dict(json.loads((folder / RECEIPT).read_bytes()))
        content = (folder / DESCRIPTOR).read_bytes()
    except (OSError, ValueError):
        problem, fix = "The package has no receipt that can be read.", "Export it again."
        raise ReceiptMismatchError([Issue("damaged-receipt", folder.name, problem, fix)]) from None
    if digest_bytes(content) != receipt.output:
        return (_changed(DESCRIPTOR),)
    files = [file for resource in json.loads(content)["resources"] for file in _files_of(resource)]
    return tuple(_changed(name) for name, digest in files if _digest_of(folder / name) != digest)


def _files_of(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the files of a table, each with its digest."""
    yield resource["path"], resource["hash"]
    for other in resource["alternatives"]:
        yield other["path"], other["hash"]


def _digest_of(file: Path) -> str | None:
    """Return the digest of a file; None when it is not there."""
    try:
        return digest_file(file)
    except OSError:
        return None


def _changed(name: str) -> Issue:
    """Say that a file is another than the one that was written."""
    problem = "The file is missing, or was changed after it was written."
    return Issue("changed-file", name, problem, "Export it again, and ask who changed it.")


def _write(package: Package, draft: Path, progress: Progress) -> Receipt:
    """Write all files of a package into a folder."""
    resources = []
    for number, resource in enumerate(package.resources, start=1):
        table, columnar = draft / f"{resource.name}.csv", draft / f"{resource.name}.parquet"
        digest, totals = _write_table(table, columnar, resource)
        resources.append(described_table(resource, table, columnar, digest=digest, totals=totals))
        progress(number, len(package.resources))
    content = _json({**described_package(package), "resources": resources})
    receipt = Receipt(
        stage="export",
        inputs=package.made_of,
        output=digest_bytes(content),
        protocol=package.protocol,
        version=__version__,
    )
    for name, text in ((DESCRIPTOR, content), (RECEIPT, _json(receipt.as_dict()))):
        with (draft / name).open("wb") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    return receipt


def _write_table(table: Path, columnar: Path, resource: Resource) -> tuple[str, dict[str, Any]]:
    """Write a table as CSV and, while its rows pass, as Parquet; return its digest and control totals."""
    reading, writing = os.pipe()
    with ThreadPoolExecutor(1) as beside:
        columns = beside.submit(write_columns, reading, columnar, resource)
        try:
            digest = _write_rows(table, writing, resource)
        except BrokenPipeError:
            columns.result()  # it says why nothing takes the rows any more
            raise
    return digest, columns.result()


def _write_rows(file: Path, writing: int, resource: Resource) -> str:
    """Write the rows as CSV with a header, on disk and into a pipe, and return the digest of the file."""
    digest = hashlib.sha256()
    with os.fdopen(writing, "wb", buffering=_BYTES_AT_ONCE) as pipe, file.open("wb") as stream:
        for piece in chain(csv_pieces([[one.name for one in resource.fields]]), resource.rows):
            digest.update(piece)
            stream.write(piece)
            pipe.write(piece)
        stream.flush()
        os.fsync(stream.fileno())
    return PREFIX + digest.hexdigest()


def _json(content: Mapping[str, Any]) -> bytes:
    """Return plain values as JSON that people can read; the same values give the same bytes."""
    return (json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _silent(_: int, __: int) -> None:
    """Tell nobody."""


def _cannot_write(folder: Path, reason: str) -> UsageError:
    """Say that the package cannot be written, and what to do."""
    problem = f"The export cannot be written ({reason.lower()})."
    fix = "Make room on the disk, or ask who runs the website, and export again; nothing was kept."
    return UsageError([Issue("cannot-write", folder.name, problem, fix)])
