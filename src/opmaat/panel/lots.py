"""The lists and arms of a trial's rounds, for who may know the arms."""

from __future__ import annotations

from pathlib import Path

from opmaat.assign.ceremony.hold import sealed_secrets
from opmaat.assign.ceremony.publish import Place, read_commitment, read_drawn, read_opened
from opmaat.assign.ceremony.steps import Secrets, allocation_digest, is_promised
from opmaat.assign.ceremony.verify import redone
from opmaat.caseload.model import first
from opmaat.caseload.store import read_caseload
from opmaat.core.errors import Issue, NotPermittedError, ReceiptMismatchError
from opmaat.panel.enrol import Round
from opmaat.protocol.assignment import Recorded
from opmaat.protocol.freeze import Lock
from opmaat.protocol.model import Protocol


def round_names(protocol: Protocol) -> tuple[str, ...]:
    """Return the names of the rounds of a draw; one without a name where the protocol names none.

    >>> from opmaat.protocol.load import load_protocol
    >>> round_names(load_protocol(Path("studies/groningen-2017")))
    ('',)
    """
    plan = protocol.assignment
    return ("",) if isinstance(plan, Recorded) or not plan.rounds else plan.rounds


def read_rounds(lock: Lock, home: Path) -> tuple[Round, ...]:
    """Return the rounds of a study that were drawn, each drawn again from what was opened.

    Before the opening the seal is read with its key, where that stands in the folder of keys. Rounds that
    were not drawn yet are left out.

    Raises
    ------
    NotPermittedError
        ``not-opened`` when a draw was not opened and the key of its seal is not there; ``not-drawn`` when no
        round was drawn.
    ReceiptMismatchError
        ``changed-draw`` when drawing again does not give the arms that were published.
    """
    places = [Place(home, home / "private", name) for name in round_names(lock.protocol)]
    rounds = tuple(_round(lock, place) for place in places if place.published("drawn").exists())
    if not rounds:
        problem, fix = "Nobody was drawn yet.", "Run 'opmaat draw' first."
        raise NotPermittedError([Issue("not-drawn", "draw", problem, fix)])
    return rounds


def _round(lock: Lock, place: Place) -> Round:
    """Return a round, drawn again with its own seed."""
    commitment, drawn, secrets = read_commitment(place), read_drawn(place), _secrets(place)
    entry = drawn.entries[-1]
    caseload = first(read_caseload(place.private, place.round), entry.frame)
    allocation = redone(lock.protocol, caseload, drawn, secrets)
    same = allocation_digest(allocation, secrets.salt) == entry.allocation
    if not same or not is_promised(commitment, lock, secrets.salt):
        problem, fix = "Drawing again does not give the arms that were published.", "Run 'opmaat verify'."
        raise ReceiptMismatchError([Issue("changed-draw", place.published("drawn").name, problem, fix)])
    return Round(caseload, allocation)


def _secrets(place: Place) -> Secrets:
    """Return nonce and salt: as they were opened, or from the seal where its key is at hand."""
    if place.published("opened").exists():
        found = read_opened(place)
        return Secrets(bytes.fromhex(found.nonce), bytes.fromhex(found.salt))
    if place.seal_key.exists():
        return sealed_secrets(place)
    problem = "The arms of this draw are sealed."
    fix = "Run 'opmaat draw --open' when all arms are due, or put the key of the seal in the folder of keys."
    raise NotPermittedError([Issue("not-opened", place.published("opened").name, problem, fix)])
