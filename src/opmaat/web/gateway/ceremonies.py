"""The draw of a round: promise, lots, record; each step once, however it is broken off."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from opmaat.assign.ceremony.hold import draw_lots, promise
from opmaat.assign.ceremony.public_value import require_canonical
from opmaat.assign.ceremony.publish import Place, read_begun, read_commitment, read_drawn
from opmaat.assign.ceremony.steps import Begun, Commitment, Drawn
from opmaat.assign.lists import require_new
from opmaat.caseload.model import Caseload, Screened, Totals
from opmaat.caseload.store import caseload_file, read_caseload, write_caseload
from opmaat.core.errors import Issue, NotPermittedError
from opmaat.core.secrets import private_folder
from opmaat.core.texts import Text
from opmaat.protocol.freeze import read_frozen
from opmaat.web.gateway.draws import PRIVATE

__all__ = ["NOT_JOINED", "Ceremony", "Commitment", "Drawn", "Place"]

NOT_JOINED = "not_joined"
_JOINED_NOT = Text("deed niet mee toen er werd geloot", "had not joined when lots were drawn")
_SECONDS_TO_WAIT = 10.0
_LOCK, _MARK = "website.lock", "in-use"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """How far the draw of a round is."""

    has_list: bool
    commitment: Commitment | None
    begun: Begun | None
    drawn: Drawn | None

    @property
    def households(self) -> int | None:
        """How many were drawn; None before the draw."""
        return None if self.drawn is None else self.drawn.entries[-1].households


def place_of(folder: Path, round_name: str) -> Place:
    """Return where the files of a round stand."""
    return Place(folder, folder / PRIVATE, round_name)


@contextmanager
def exclusively(place: Place) -> Iterator[None]:
    """Work on the lists and draws of a study alone, among all processes of the website.

    The machine lets the lock go when its process dies, however that happens; the mark that a step of the
    engine left behind then is nobody's, and is removed. Raises NotPermittedError ``in-use`` after
    ten seconds.
    """
    with (private_folder(place.private) / _LOCK).open("a") as file:
        _take(file.fileno())
        (place.private / _MARK).unlink(missing_ok=True)
        yield


def _take(handle: int) -> None:
    """Take the lock, and wait for it a while."""
    end = time.monotonic() + _SECONDS_TO_WAIT
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > end:
                problem, fix = (
                    "Someone else is at work on a list or draw of this study.",
                    "Try again in a minute.",
                )
                raise NotPermittedError([Issue("in-use", _LOCK, problem, fix)]) from None
            time.sleep(0.1)
        else:
            return


def ceremony_of(folder: Path, round_name: str) -> Ceremony:
    """Return how far a draw is; raises ReceiptMismatchError when what was published was changed."""
    place = place_of(folder, round_name)
    return Ceremony(
        has_list=caseload_file(place.private, round_name).exists(),
        commitment=read_commitment(place) if place.published("commitment").exists() else None,
        begun=read_begun(place),
        drawn=read_drawn(place) if place.published("drawn").exists() else None,
    )


def promise_draw(
    folder: Path,
    round_name: str,
    *,
    source: str,
    form: str,
    due: date,
    today: date,
    joined: Collection[str] | None,
) -> Commitment:
    """Publish the commitment to the list of a round.

    Parameters
    ----------
    joined
        The households that joined, where lots are drawn after consent: the others are kept out of the draw.
        None where lots are drawn before the invitation.

    Raises
    ------
    ProtocolError
        When the protocol is not frozen or was changed since, or there is no list.
    NotPermittedError
        When the round was committed to before.
    """
    place, lock = place_of(folder, round_name), read_frozen(folder)
    with exclusively(place):
        if joined is not None and not place.published("commitment").exists():
            caseload = read_caseload(place.private, round_name)
            write_caseload(with_joined(caseload, joined), place.private)
        return promise(
            lock.protocol,
            place,
            public_value=source,
            form=form,
            last_arm_due=due.isoformat(),
            today=today.isoformat(),
        )


def require_value(folder: Path, round_name: str, public_value: str) -> None:
    """Refuse a public value before the promise, after the draw, or in another spelling than was promised.

    Raises NotPermittedError ``not-committed`` or ``already-drawn``, and UsageError ``wrong-form``.
    """
    place = place_of(folder, round_name)
    require_canonical(public_value, read_commitment(place).form)
    require_new(
        place.published("drawn"), "already-drawn", "This round was drawn before, and that happens once."
    )


def draw_round(folder: Path, round_name: str, *, public_value: str, today: date) -> Drawn:
    """Draw the lots of a round with the public value; drawn before with it, it is the draw of then.

    Raises NotPermittedError ``already-drawn`` or ``already-begun`` when it was drawn with another value, and
    everything that :func:`opmaat.assign.ceremony.hold.draw_lots` raises.
    """
    place, lock = place_of(folder, round_name), read_frozen(folder)
    with exclusively(place):
        if place.published("drawn").exists():
            before = read_drawn(place)
            if before.public_value == public_value:
                return before
        return draw_lots(lock, place, public_value=public_value, today=today.isoformat())


def drawn_households(folder: Path, round_name: str) -> tuple[str, ...]:
    """Return the households that were drawn, by pseudonym; nothing of their arms."""
    caseload = read_caseload(place_of(folder, round_name).private, round_name)
    return tuple(caseload.households[at] for at in caseload.eligible.tolist())


def record_page(folder: Path, round_name: str) -> str:
    """Return the record of a draw to print and sign; raises NotPermittedError before the draw."""
    place = place_of(folder, round_name)
    read_drawn(place)
    return place.record.read_text(encoding="utf-8")


def with_joined(caseload: Caseload, joined: Collection[str]) -> Caseload:
    """Return a list on which only households that joined can be drawn; the others keep their place on it."""
    wanted = set(joined)
    kept_out = tuple(
        NOT_JOINED if why is None and household not in wanted else why
        for household, why in zip(caseload.households, caseload.kept_out, strict=True)
    )
    sizes = [
        len(persons) for persons, why in zip(caseload.persons, kept_out, strict=True) if why == NOT_JOINED
    ]
    counted = Screened(NOT_JOINED, _JOINED_NOT, len(sizes), sum(sizes))
    totals: Totals = replace(caseload.totals, eligible=sum(why is None for why in kept_out))
    closed = replace(caseload, kept_out=kept_out, screened=(*caseload.screened, counted), totals=totals)
    receipt = replace(closed.receipt, output=closed.digest(), previous=caseload.receipt.digest())
    return replace(closed, receipt=receipt)
