"""The draw of a rehearsal: the very ceremony, with keys and secrets that follow from the seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from opmaat.assign.balance import balance_of_plan
from opmaat.assign.ceremony.hold import draw_lots, open_draw
from opmaat.assign.ceremony.publish import Place, written
from opmaat.assign.ceremony.steps import Secrets, commit, seed_of
from opmaat.assign.conceal import seal_secrets
from opmaat.assign.draw import draw
from opmaat.assign.lists import keep_list, read_others
from opmaat.assign.model import Allocation
from opmaat.caseload.build import build
from opmaat.caseload.model import Caseload
from opmaat.caseload.read import read_register
from opmaat.core.files import write_together
from opmaat.core.secrets import read_secret
from opmaat.protocol.freeze import Lock
from opmaat.rehearse.people.chance import Chance
from opmaat.rehearse.people.people import Ints

PUBLIC_VALUE = "REHEARSAL"
_SOURCE = "no public value: a word that everybody knows, as this is a rehearsal with made-up people"


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a draw: its place, its list, the day of its draw, and what will be drawn then."""

    place: Place
    caseload: Caseload
    drawn_on: date
    allocation: Allocation

    def arm_by_household(self) -> dict[str, int]:
        """Return the place of the arm of every household, by pseudonym."""
        return dict(zip(self.allocation.households, self.allocation.labels.tolist(), strict=True))


def secret_of(chance: Chance, word: str) -> bytes:
    """Return 32 bytes that follow from the seed: good for made-up people, and for nobody else.

    >>> len(secret_of(Chance(1), "pseudonym"))
    32
    """
    return hashlib.sha256(f"rehearsal {chance.seed} {word}".encode()).digest()


def promise_round(
    lock: Lock,
    home: Path,
    register: Path,
    *,
    round_name: str,
    day: date,
    drawn_on: date,
    due: date,
    chance: Chance,
) -> Round:
    """Read the register, keep the list, and promise the draw of one round.

    What will be drawn is worked out at once: a rehearsal knows nonce and public value beforehand.

    Parameters
    ----------
    home
        The folder of the study.
    day
        The reference date of the list.
    due
        The day from which all arms may be known.
    """
    protocol, place = lock.protocol, Place(home, home / "private", round_name)
    key = secret_of(chance, "pseudonym")
    delivery = read_register(protocol, register, folder=home, day=day)
    earlier = read_others(place)
    made = build(protocol, delivery, key=key, day=day, round_name=round_name, earlier=earlier)
    caseload, _ = keep_list(protocol, place, made, key=key)
    words = (f"nonce {round_name}", f"salt {round_name}")
    secrets = Secrets(*(secret_of(chance, word) for word in words))
    _promise(lock, place, caseload, secrets, promised_on=drawn_on - timedelta(days=1), due=due)
    allocation = draw(protocol, caseload, seed_of(secrets.nonce, PUBLIC_VALUE))
    return Round(place, caseload, drawn_on, allocation)


def _promise(
    lock: Lock, place: Place, caseload: Caseload, secrets: Secrets, *, promised_on: date, due: date
) -> None:
    """Publish the commitment; nonce and salt are those of the seed, where a real draw makes new ones."""
    commitment = commit(
        lock.protocol,
        caseload,
        secrets,
        public_value=_SOURCE,
        form="joined",
        last_arm_due=due.isoformat(),
        today=promised_on.isoformat(),
    )
    sealed = seal_secrets(secrets, read_secret(place.seal_key, make=True))
    read_secret(place.draw_key, make=True)
    place.published("commitment").parent.mkdir(parents=True, exist_ok=True)
    write_together(
        {place.sealed: sealed, place.published("commitment"): written(commitment)}, owner_only={place.sealed}
    )


def hold_draws(lock: Lock, rounds: Sequence[Round], *, opened_on: date | None) -> None:
    """Draw the lots of every round; where the last arm is due by then, publish nonce, salt and totals too.

    What was published before stays, so that draws that were broken off can be held again.
    """
    protocol, value = lock.protocol, PUBLIC_VALUE
    for one in rounds:
        balance = balance_of_plan(protocol, one.caseload, one.allocation.labels, public_value=value)
        if not one.place.published("drawn").exists():
            draw_lots(lock, one.place, public_value=value, today=one.drawn_on.isoformat(), balance=balance)
        if opened_on is not None and not one.place.published("opened").exists():
            open_draw(protocol, one.place, today=opened_on.isoformat(), balance=balance)


def arms_of(rounds: list[Round], households: tuple[str, ...]) -> tuple[Ints, Ints]:
    """Return the place of the arm and of the round of each household; -1 for an arm that was not drawn."""
    arm = np.full(len(households), -1, dtype=np.int64)
    round_ = np.zeros(len(households), dtype=np.int64)
    for place, held in enumerate(rounds):
        drawn = held.arm_by_household()
        for household, name in enumerate(households):
            if name in drawn:
                arm[household], round_[household] = drawn[name], place
    return arm, round_
