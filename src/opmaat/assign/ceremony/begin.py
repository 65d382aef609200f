"""Begin a draw: note the public value where it lasts, before anything is drawn.

Who holds the list and the keys could throw away what a draw left and draw again. The note stands beside the
list, and is on disk before the first arm is known: with another value the same round is refused, also when
nothing else is left of the draw, and with the same value a draw that was broken off is completed.
"""

from __future__ import annotations

from dataclasses import replace

from opmaat.assign.ceremony.publish import Place, read_begun, read_drawn, written
from opmaat.assign.ceremony.steps import Begun, BegunList, Commitment, Drawn, Entry, salted
from opmaat.assign.lists import require_new
from opmaat.caseload.model import Caseload
from opmaat.core.errors import Issue, NotPermittedError, ReceiptMismatchError
from opmaat.core.files import write_together
from opmaat.core.version import __version__


def begun_with(place: Place, commitment: Commitment, public_value: str) -> Begun:
    """Return the note of a draw with a public value: that of a draw that was broken off, or an empty one.

    Raises NotPermittedError ``already-drawn`` when the round was drawn, or when arms are there without a
    note, and ``already-begun`` when it was begun with another value.
    """
    require_new(
        place.published("drawn"), "already-drawn", "This round was drawn before, and that happens once."
    )
    found = read_begun(place)
    if found is None:
        problem = "This round has encrypted arms, and that it was drawn is not published."
        require_new(place.allocation, "already-drawn", problem)
        return Begun(
            study=commitment.study,
            round=place.round,
            commitment=commitment.digest(),
            public_value=public_value,
            lists=(),
            version=__version__,
        )
    if found.public_value != public_value:
        problem = f"The draw of this round was begun on {_first_day(found)} with another public value."
        fix = f"Complete it with '{found.public_value}'; a round is drawn once."
        raise NotPermittedError([Issue("already-begun", place.begun.name, problem, fix)])
    return found


def begun_before(place: Place, drawn: Drawn) -> Begun:
    """Return the note of a draw that is published; raises ReceiptMismatchError when the two differ."""
    found = read_begun(place)
    if found is None:
        return Begun(
            study=drawn.study,
            round=drawn.round,
            commitment=drawn.commitment,
            public_value=drawn.public_value,
            lists=tuple(map(_begun_list, drawn.entries)),
            version=drawn.version,
        )
    if not follows(drawn, found):
        problem = "What is published of the draw is not what was begun."
        fix = "Restore both from where they are kept."
        raise ReceiptMismatchError([Issue("changed-draw", place.published("drawn").name, problem, fix)])
    return found


def follows(drawn: Drawn, begun: Begun) -> bool:
    """Tell whether what was drawn is what was begun, of which the last list may still have to be drawn."""
    same = (drawn.commitment, drawn.public_value) == (begun.commitment, begun.public_value)
    return same and tuple(map(_begun_list, drawn.entries)) == begun.lists[: len(drawn.entries)]


def with_list(begun: Begun, caseload: Caseload, salt: bytes, today: str) -> Begun:
    """Return the note with the list as it is now, unless it is the one that was begun last."""
    frame = len(caseload.households)
    if begun.lists and begun.lists[-1].frame == frame:
        return begun
    new = BegunList(frame=frame, list=salted("list", salt, caseload.digest()), begun_on=today)
    return replace(begun, lists=(*begun.lists, new))


def note(place: Place, begun: Begun) -> None:
    """Write the note and bring it to disk."""
    write_together({place.begun: written(begun)}, owner_only={place.begun})


def read_draw(place: Place) -> Drawn:
    """Return what was published at the draw, or say how a draw that was broken off is completed."""
    found = None if place.published("drawn").exists() else read_begun(place)
    if found is not None:
        problem = f"A draw was begun on {_first_day(found)}, and broken off."
        fix = f"Complete it: run 'opmaat draw --public-value' with '{found.public_value}'."
        raise NotPermittedError([Issue("not-drawn", place.published("drawn").name, problem, fix)])
    return read_drawn(place)


def _begun_list(entry: Entry) -> BegunList:
    """Return the list of a draw as it was begun."""
    return BegunList(frame=entry.frame, list=entry.list, begun_on=entry.drawn_on)


def _first_day(begun: Begun) -> str:
    """Return the day on which a draw was begun."""
    return begun.lists[0].begun_on
