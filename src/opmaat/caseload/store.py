"""Keep a caseload in a file that only its owner can read, and read it back as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opmaat.caseload.characteristics import levels
from opmaat.caseload.model import Caseload, Screened, Totals, frame
from opmaat.core.codes import Codes
from opmaat.core.digest import canonical_json, digest_bytes
from opmaat.core.errors import Issue, ProtocolError, ReceiptMismatchError
from opmaat.core.files import write_together
from opmaat.core.receipt import Receipt
from opmaat.core.secrets import private_folder
from opmaat.core.texts import Text


def caseload_file(folder: Path, round_name: str) -> Path:
    """Return where the caseload of a round is kept.

    >>> caseload_file(Path("private"), "second").name
    'caseload-second.json'
    """
    return folder / (f"caseload-{round_name}.json" if round_name else "caseload.json")


def reference_file(folder: Path, round_name: str) -> Path:
    """Return where the reference population of a list is kept.

    >>> reference_file(Path("private"), "").name
    'reference-population.json'
    """
    return folder / (f"reference-population-{round_name}.json" if round_name else "reference-population.json")


def write_caseload(caseload: Caseload, folder: Path) -> Path:
    """Write a caseload and beside it its reference population, both or none; return the caseload's path."""
    content = {
        "caseload": 1,
        **frame(caseload),
        "screened": [asdict(screened) for screened in caseload.screened],
        "totals": asdict(caseload.totals),
        "receipt": caseload.receipt.as_dict(),
    }
    file = caseload_file(private_folder(folder), caseload.round)
    followed = reference_file(folder, caseload.round)
    contents = {file: _sealed(content), followed: _sealed(reference_list(caseload))}
    write_together(contents, owner_only=contents)
    return file


def reference_list(caseload: Caseload) -> dict[str, Any]:
    """Return the reference population as plain values: who is followed in registers, under pseudonyms.

    ``caseload`` is the digest of the list that they were kept out of, and ``reason`` why.
    """
    return {
        "reference_population": 1,
        "study": caseload.study,
        "round": caseload.round,
        "reference_date": caseload.reference_date,
        "caseload": caseload.receipt.output,
        "households": [
            {
                "household": caseload.households[at],
                "persons": list(caseload.persons[at]),
                "reason": caseload.kept_out[at],
            }
            for at in caseload.followed
        ],
    }


def read_caseload(folder: Path, round_name: str) -> Caseload:
    """Read the caseload of a round.

    Raises
    ------
    ProtocolError
        When there is none: read the register first.
    ReceiptMismatchError
        When it is not what was written, or the reference population beside it is not that of the list.
    """
    file = caseload_file(folder, round_name)
    try:
        written = file.read_bytes()
        content = json.loads(written)
        if not isinstance(content, dict) or _sealed({**content, "seal": None}) != written:
            raise _damaged(file)
        caseload = _caseload(content)
    except FileNotFoundError:
        raise _absent(file) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _damaged(file) from None
    followed = reference_file(folder, round_name)
    if followed.exists() and followed.read_bytes() != _sealed(reference_list(caseload)):
        raise _damaged(followed)
    return caseload


def require_caseload(folder: Path, round_name: str) -> None:
    """Refuse to go on without a caseload of the round; raises ProtocolError ``no-caseload``."""
    file = caseload_file(folder, round_name)
    if not file.exists():
        raise _absent(file)


def _absent(file: Path) -> ProtocolError:
    """Say that there is no caseload."""
    problem, fix = "There is no caseload for this draw.", "Run 'opmaat caseload' first."
    return ProtocolError([Issue("no-caseload", file.name, problem, fix)])


def _sealed(content: Mapping[str, Any]) -> bytes:
    """Return the content of a file, as canonical JSON, with the digest of all the rest in it."""
    parts = {name: canonical_json(value) for name, value in content.items() if name != "seal"}
    parts["seal"] = canonical_json(digest_bytes(_whole(parts)))
    return _whole(parts) + b"\n"


def _whole(parts: Mapping[str, str]) -> bytes:
    """Return the canonical JSON of a mapping from that of its values."""
    return ("{" + ",".join(f"{canonical_json(name)}:{parts[name]}" for name in sorted(parts)) + "}").encode()


def _caseload(content: Mapping[str, Any]) -> Caseload:
    """Build the caseload from its plain values."""
    return Caseload(
        study=content["study"],
        round=content["round"],
        reference_date=content["reference_date"],
        households=tuple(content["households"]),
        persons=tuple(tuple(persons) for persons in content["persons"]),
        kept_out=tuple(content["kept_out"]),
        characteristics={name: _values(cells) for name, cells in content["characteristics"].items()},
        screened=tuple(
            Screened(**{**item, "reason": Text(**item["reason"])}) for item in content["screened"]
        ),
        totals=Totals(**content["totals"]),
        reference=tuple(content["reference"]),
        receipt=Receipt.from_dict(content["receipt"]),
    )


def _values(cells: list[Any]) -> Codes | NDArray[np.float64]:
    """Return a column as named levels where it holds text, else as numbers."""
    if any(isinstance(cell, str) for cell in cells):
        return levels(cells)
    return np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)


def _damaged(file: Path) -> ReceiptMismatchError:
    """Say that a list cannot be trusted."""
    problem, fix = "The list is not what was written.", "Restore it, or read the register again."
    return ReceiptMismatchError([Issue("damaged-caseload", file.name, problem, fix)])
