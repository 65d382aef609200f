"""The lists of a study: nobody stands on two that were committed to, and all have pseudonyms of one key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from opmaat.assign.ceremony.publish import Place
from opmaat.caseload.model import Caseload, extended
from opmaat.caseload.pseudonym import KEY_CHECK, KEY_FILE, keep_pseudonym_key
from opmaat.caseload.store import caseload_file, read_caseload, write_caseload
from opmaat.core.errors import Issue, NotPermittedError
from opmaat.core.secrets import alone, make_secret, private_folder, read_secret
from opmaat.protocol.assignment import is_rolling
from opmaat.protocol.model import Protocol

_COMMITMENT = "commitment"


def require_open(protocol: Protocol, place: Place) -> bool:
    """Return whether the list of a round was committed to; refuse to make it again when it is closed."""
    require_sealed(place)
    committed = place.published(_COMMITMENT).exists()
    if committed and not is_rolling(protocol.assignment):
        problem = "The list was committed to, and is closed."
        fix = "Later households are drawn in a round of their own."
        raise NotPermittedError([Issue("closed-list", place.published(_COMMITMENT).name, problem, fix)])
    return committed


def require_sealed(place: Place) -> None:
    """Refuse every step after the opening."""
    require_new(place.published("opened"), "already-opened", "This draw was opened before.")


def require_new(file: Path, code: str, problem: str) -> None:
    """Refuse a step that was taken before."""
    if file.exists():
        fix = "A later round has a list, commitment and draw of its own; a mistake is corrected by an event."
        raise NotPermittedError([Issue(code, file.name, problem, fix)])


def read_others(place: Place) -> list[Caseload]:
    """Return the caseloads of all other rounds that were committed to, whatever their order."""
    return [read_caseload(place.private, name) for name in _committed(place) if name != place.round]


def require_nobody_elsewhere(place: Place, caseload: Caseload) -> None:
    """Refuse a list with someone who is to be drawn on another list that was committed to.

    Raises NotPermittedError ``drawn-elsewhere``, or ``wrong-key`` when the pseudonyms cannot be compared.
    """
    others = read_others(place)
    _require_one_key(caseload, others)
    taken = {person for other in others for at in other.eligible for person in other.persons[at]}
    twice = sum(not taken.isdisjoint(caseload.persons[at]) for at in caseload.eligible)
    if twice:
        name = caseload_file(place.private, place.round).name
        problem = f"{twice} of the list are on another list that was committed to."
        fix = "Run 'opmaat caseload' again; they keep the arm of the other list."
        raise NotPermittedError([Issue("drawn-elsewhere", name, problem, fix)])


def list_key(place: Place) -> bytes:
    """Return the key for pseudonyms of a study, or a new one where there is no list yet.

    Raises NotPermittedError ``no-key`` when there are lists and the key they were made with is not there.
    """
    file = place.private / KEY_FILE
    has_lists = bool(_committed(place)) or any(place.private.glob("caseload*.json"))
    return read_secret(file) if has_lists or file.exists() else make_secret()


def keep_list(protocol: Protocol, place: Place, caseload: Caseload, *, key: bytes) -> tuple[Caseload, Path]:
    """Keep a list and its key, and return the list and its file; with rolling intake it joins what was there.

    What was committed to while the register was read is looked at again.
    """
    with alone(private_folder(place.private)):
        if require_open(protocol, place):
            before = read_caseload(place.private, place.round)
            _require_one_key(caseload, [before])
            caseload = extended(before, caseload)
        require_nobody_elsewhere(place, caseload)
        keep_pseudonym_key(place.private, key)
        return caseload, write_caseload(caseload, place.private)


def _committed(place: Place) -> list[str]:
    """Return the rounds that were committed to."""
    files = place.published(_COMMITMENT).parent.glob(f"{_COMMITMENT}*.json")
    names = {file.stem.removeprefix(_COMMITMENT).removeprefix("-") for file in files}
    return sorted(name for name in names if replace(place, round=name).published(_COMMITMENT).exists())


def _require_one_key(caseload: Caseload, others: Sequence[Caseload]) -> None:
    """Refuse lists whose pseudonyms were made with different keys."""
    own = caseload.receipt.inputs.get(KEY_CHECK)
    if any(other.receipt.inputs.get(KEY_CHECK) != own for other in others):
        problem = "The pseudonyms of this list were made with another key than those of a list before it."
        fix = "Restore the key that the first list was made with."
        raise NotPermittedError([Issue("wrong-key", KEY_FILE, problem, fix)])
