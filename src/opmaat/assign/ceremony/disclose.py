"""Disclose the arm of one household when it is due, and keep who did that and when.

The record of disclosures stands beside the list, one line for every time, and grows only at its end. Each
line holds the digest of the line before it, the first that of the commitment, so that none can be changed or
put in between, nor taken out but from the end. It tells no arm.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from opmaat.assign.ceremony.begin import read_draw
from opmaat.assign.ceremony.publish import Place, private_bytes, read_commitment, step_alone
from opmaat.assign.ceremony.steps import Commitment, Count, Day, Digest
from opmaat.assign.conceal import open_household
from opmaat.assign.model import Assignment
from opmaat.core.digest import canonical_json, digest_bytes
from opmaat.core.errors import Issue, ReceiptMismatchError, UsageError
from opmaat.core.files import append_line
from opmaat.core.secrets import read_secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """That the arm of a household was disclosed: the how manieth time, by whom, and when."""

    number: Count
    household: str
    disclosed_by: str
    disclosed_on: Day
    previous: Digest


def disclose_arm(place: Place, household: str, *, by: str, today: str) -> Assignment:
    """Return what one household was drawn into, after noting that it was disclosed.

    Parameters
    ----------
    household
        Its pseudonym.
    by
        Who discloses it.

    Raises
    ------
    NotPermittedError
        ``not-drawn`` before the draw; ``wrong-key`` for another key or a household that was not drawn.
    UsageError
        ``wrong-order-of-days`` for a day before the draw or before an earlier disclosure.
    ReceiptMismatchError
        ``damaged-disclosures`` when the record of disclosures is not what was written.
    """
    commitment = read_commitment(place)
    with step_alone(place):
        drawn, before = read_draw(place), read_disclosures(place, commitment)
        _require_later(today, [drawn.entries[0].drawn_on, *(one.disclosed_on for one in before)])
        found = open_household(
            private_bytes(place.allocation),
            read_secret(place.draw_key),
            household=household,
            study=drawn.study,
            round_name=place.round,
        )
        new = Disclosure(
            number=len(before) + 1,
            household=household,
            disclosed_by=by,
            disclosed_on=today,
            previous=_line_digest(before[-1]) if before else commitment.digest(),
        )
        append_line(place.disclosed, _line(new))
        return found


def read_disclosures(place: Place, commitment: Commitment) -> tuple[Disclosure, ...]:
    """Return every disclosure of a round; raises ReceiptMismatchError when one was changed or taken out."""
    if not place.disclosed.exists():
        return ()
    content, previous = private_bytes(place.disclosed), commitment.digest()
    found: list[Disclosure] = []
    for line in content.splitlines(keepends=True):
        try:
            one = TypeAdapter(Disclosure).validate_json(line, strict=True)
        except ValueError:
            raise _damaged(place) from None
        if line != _line(one) or one.previous != previous or one.number != len(found) + 1:
            raise _damaged(place)
        found.append(one)
        previous = _line_digest(one)
    return tuple(found)


def _line(disclosure: Disclosure) -> bytes:
    """Return the line of a disclosure."""
    return canonical_json(asdict(disclosure)).encode() + b"\n"


def _line_digest(disclosure: Disclosure) -> str:
    """Return the digest that the next line holds."""
    return digest_bytes(_line(disclosure))


def _require_later(today: str, days: list[str]) -> None:
    """Refuse a day before one of these."""
    if today < max(days):
        problem, fix = (
            "An arm is not disclosed before it was drawn, nor before an earlier disclosure.",
            "Give the day on which it is disclosed with --date.",
        )
        raise UsageError([Issue("wrong-order-of-days", "--date", problem, fix)])


def _damaged(place: Place) -> ReceiptMismatchError:
    """Say that the record of disclosures cannot be trusted."""
    problem, fix = "The record of disclosures is not what was written.", "Restore it from where it is kept."
    return ReceiptMismatchError([Issue("damaged-disclosures", place.disclosed.name, problem, fix)])
