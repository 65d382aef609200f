"""From what a trial gave back to what it was read from: the same deliveries, lists and arms, or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from opmaat.core.digest import digest_file
from opmaat.core.errors import DataFileError, Issue, NotPermittedError
from opmaat.panel.deliveries import FILE_NAME, FOLDER, Delivery, load_deliveries, standing
from opmaat.panel.enrol import Round
from opmaat.panel.lots import read_rounds
from opmaat.protocol.freeze import Lock
from opmaat.protocol.load import protocol_file

_AGAIN = "Restore it, or run 'opmaat estimate' and 'opmaat report' again."


def round_sources(rounds: Sequence[Round]) -> dict[str, str]:
    """Return the digest of the list and of the arms of each round, by its name."""
    lists = {f"list {one.caseload.round}".strip(): one.caseload.digest() for one in rounds}
    return lists | {f"arms {one.caseload.round}".strip(): one.allocation.receipt.output for one in rounds}


def known_on(study: Path, inputs: Mapping[str, str]) -> date:
    """Return the day of the last delivery among the inputs of a trial's receipt.

    Raises ProtocolError when there is no list of deliveries.
    """
    listed = load_deliveries(protocol_file(study).parent).deliveries
    return max(item.delivered_on for item in listed if item.source in inputs)


def traced_deliveries(study: Path, inputs: Mapping[str, str]) -> Iterator[Issue | str]:
    """Yield what holds and an issue for what does not: the deliveries of a receipt are those of the list now.

    A delivery that came after the last of them was not there yet, and is no issue.

    Parameters
    ----------
    study
        The folder with ``deliveries.yaml``.
    inputs
        The inputs of the receipt.

    Raises
    ------
    ProtocolError
        When there is no list of deliveries, or with everything wrong in it.
    """
    home = protocol_file(study).parent
    listed = load_deliveries(home).deliveries
    used = [item for item in listed if item.source in inputs]
    issues = [*_lost(listed, inputs), *_changed(home, used, inputs), *_unused(listed, used)]
    yield from issues
    if not issues:
        yield f"{len(used)} deliveries: as they were read"


def traced_rounds(lock: Lock, study: Path, inputs: Mapping[str, str]) -> Iterator[Issue | str]:
    """Yield what holds and an issue for what does not: lists and arms, drawn again, are those of a receipt.

    Without the folder of keys lists and arms cannot be known, and nothing is said of them.

    Raises
    ------
    ReceiptMismatchError
        When drawing again does not give the arms that were published.
    """
    try:
        now = round_sources(read_rounds(lock, protocol_file(study).parent))
    except (NotPermittedError, DataFileError):
        return
    differ = [name for name, digest in now.items() if inputs.get(name, digest) != digest]
    for name in differ:
        problem = f"The {name} here is not the one that was used."
        yield Issue("other-draw", name, problem, _AGAIN)
    if not differ:
        yield "lists and arms: the same when drawn again"


def _lost(listed: Sequence[Delivery], inputs: Mapping[str, str]) -> Iterator[Issue]:
    """Yield an issue for each delivery that was read and that the list no longer has."""
    there = {item.source for item in listed}
    kinds = {item.kind for item in listed}
    for name in inputs:
        if name.partition(": ")[0] in kinds and name not in there:
            problem = f"The list of deliveries has no '{name}', which was read."
            yield Issue("no-delivery", FILE_NAME, problem, _AGAIN)


def _changed(home: Path, used: Sequence[Delivery], inputs: Mapping[str, str]) -> Iterator[Issue]:
    """Yield an issue for each file that is not what was read."""
    for item in used:
        file = home / FOLDER / item.file
        if not file.is_file():
            yield Issue("no-delivery", item.file, f"The file of '{item.source}' is not here.", _AGAIN)
        elif (digest := digest_file(file)) != inputs[item.source]:
            problem = f"The file is {digest}; '{item.source}' was {inputs[item.source]} when it was read."
            yield Issue("changed-delivery", item.file, problem, _AGAIN)


def _unused(listed: Sequence[Delivery], used: Sequence[Delivery]) -> Iterator[Issue]:
    """Yield an issue for each delivery that stood on the day of the last one read, and was not read."""
    if not used:
        return
    day = max(item.delivered_on for item in used)
    for item in standing(listed, known_at=day):
        if item not in used:
            problem = f"'{item.source}' came on {item.delivered_on}, by {day}, and was not read."
            yield Issue("other-deliveries", FILE_NAME, problem, _AGAIN)
