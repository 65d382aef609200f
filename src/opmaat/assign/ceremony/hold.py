"""Hold the ceremony: every step reads what the one before left, and writes all of its files or none."""

from __future__ import annotations

from opmaat.assign.balance import DrawBalance, balance_of_plan, balance_table
from opmaat.assign.ceremony.begin import begun_before, begun_with, note, read_draw, with_list
from opmaat.assign.ceremony.days import require_order
from opmaat.assign.ceremony.public_value import require_canonical, require_form
from opmaat.assign.ceremony.publish import Place, private_bytes, read_commitment, step_alone, written
from opmaat.assign.ceremony.record import record
from opmaat.assign.ceremony.steps import (
    Begun,
    Commitment,
    Drawn,
    Entry,
    Opened,
    Secrets,
    commit,
    drawn,
    entry,
    is_promised,
    opened,
    procedure_digest,
    salted,
    seed_of,
)
from opmaat.assign.ceremony.verify import redone
from opmaat.assign.conceal import seal_secrets, sealed_allocation, unseal_secrets
from opmaat.assign.draw import draw, drawing, require_drawable
from opmaat.assign.lists import require_new, require_nobody_elsewhere, require_sealed
from opmaat.caseload.model import Caseload, first
from opmaat.caseload.store import read_caseload, require_caseload
from opmaat.core.errors import Issue, NotPermittedError, ReceiptMismatchError
from opmaat.core.files import write_together
from opmaat.core.secrets import make_secret, read_secret
from opmaat.protocol.assignment import is_rolling
from opmaat.protocol.freeze import Lock
from opmaat.protocol.model import Protocol


def promise(
    protocol: Protocol, place: Place, *, public_value: str, form: str, last_arm_due: str, today: str
) -> Commitment:
    """Publish a commitment to the list, and seal its nonce and salt.

    Raises NotPermittedError ``already-committed`` when this round was committed before, or ``already-drawn``
    when its draw was begun and the commitment is gone, and UsageError
    ``unknown-form`` for a form of the public value that there is not or ``wrong-order-of-days``. What would
    make the draw impossible is found here, see :func:`opmaat.assign.draw.require_drawable`.
    """
    require_form(form)
    require_caseload(place.private, place.round)
    with step_alone(place):
        file = place.published("commitment")
        require_new(file, "already-committed", "This round was committed before.")
        require_new(place.begun, "already-drawn", "The draw of this round was begun before.")
        caseload = read_caseload(place.private, place.round)
        _require_protocol(protocol, caseload, place)
        require_nobody_elsewhere(place, caseload)
        if not is_rolling(protocol.assignment):
            require_drawable(protocol, caseload)
        secrets = Secrets(make_secret(), make_secret())
        commitment = commit(
            protocol,
            caseload,
            secrets,
            public_value=public_value,
            form=form,
            last_arm_due=last_arm_due,
            today=today,
        )
        require_order(commitment)
        sealed = seal_secrets(secrets, read_secret(place.seal_key, make=True))
        read_secret(place.draw_key, make=True)
        write_together({place.sealed: sealed, file: written(commitment)}, owner_only={place.sealed})
        return commitment


def draw_lots(
    lock: Lock, place: Place, *, public_value: str, today: str, balance: DrawBalance | None = None
) -> Drawn:
    """Draw the list with the public value, or complete a draw that was broken off; its day is then kept.

    ``balance`` is the balance of this very draw, for who knows it already; a verifier works it out again.

    Raises
    ------
    UsageError
        ``wrong-form`` when the value is not in the one spelling that the commitment asks;
        ``wrong-order-of-days`` when the day is before that of the commitment.
    NotPermittedError
        ``already-drawn`` when this round was drawn before; ``already-begun`` when it was begun with another
        value; ``not-committed``; ``wrong-key``.
    ReceiptMismatchError
        ``changed-list``, ``changed-protocol`` or ``changed-procedure``: not what was committed to. An
        amendment that leaves the procedure as it was is no obstacle.
    """
    commitment = read_commitment(place)
    require_canonical(public_value, commitment.form)
    with step_alone(place):
        begun = begun_with(place, commitment, public_value)
        return _drawn(lock, place, begun, commitment=commitment, entries=(), today=today, balance=balance)


def draw_entrants(lock: Lock, place: Place, *, today: str) -> Drawn:
    """Draw the households that entered since, in the sequence that was committed to.

    Raises NotPermittedError ``closed-list`` when intake is not rolling or nobody entered, and
    ``already-opened`` once nonce and salt are known: who enters then could be chosen by the arm.
    """
    with step_alone(place):
        require_sealed(place)
        before = read_draw(place)
        caseload = read_caseload(place.private, place.round)
        if not is_rolling(lock.protocol.assignment) or len(caseload.households) == before.entries[-1].frame:
            problem, fix = (
                "There is nobody to draw.",
                "Later households of a closed list have a round of their own.",
            )
            raise NotPermittedError([Issue("closed-list", place.published("drawn").name, problem, fix)])
        begun, commitment = begun_before(place, before), read_commitment(place)
        return _drawn(lock, place, begun, commitment=commitment, entries=before.entries, today=today)


def open_draw(protocol: Protocol, place: Place, *, today: str, balance: DrawBalance | None = None) -> Opened:
    """Publish nonce, salt, seed and the totals per arm, and keep the whole balance with the list.

    ``balance`` is as for :func:`draw_lots`.

    Raises NotPermittedError ``too-early`` before the day that the commitment names, ``already-opened`` after.
    """
    file = place.published("opened")
    commitment, _ = read_commitment(place), read_draw(place)
    with step_alone(place):
        require_sealed(place)
        drawn = read_draw(place)
        if today < commitment.last_arm_due:
            problem = f"Nonce and salt stay sealed until the last arm is due, on {commitment.last_arm_due}."
            raise NotPermittedError([Issue("too-early", file.name, problem, "Open the draw on that day.")])
        require_order(commitment, [entry.drawn_on for entry in drawn.entries], today)
        secrets = sealed_secrets(place)
        caseload = first(read_caseload(place.private, place.round), drawn.entries[-1].frame)
        allocation = redone(protocol, caseload, drawn, secrets)
        value = drawn.public_value
        table = balance_table(
            balance or balance_of_plan(protocol, caseload, allocation.labels, public_value=value)
        )
        found = opened(drawn, caseload, allocation, secrets=secrets, balance=table, today=today)
        write_together({place.balance: table, file: written(found)}, owner_only={place.balance})
        return found


def sealed_secrets(place: Place) -> Secrets:
    """Return nonce and salt of a round, for who holds the key of the seal."""
    key = read_secret(place.seal_key)
    return unseal_secrets(private_bytes(place.sealed), key, place.sealed.name)


def _drawn(
    lock: Lock,
    place: Place,
    before: Begun,
    *,
    commitment: Commitment,
    entries: tuple[Entry, ...],
    today: str,
    balance: DrawBalance | None = None,
) -> Drawn:
    """Note the list as it is now, draw what was not drawn, and publish what may be published.

    The arms are encrypted and on disk before the draw is published.
    """
    protocol, secrets, key = lock.protocol, sealed_secrets(place), read_secret(place.draw_key)
    caseload = read_caseload(place.private, place.round)
    _require_promised(lock, caseload, before, commitment=commitment, salt=secrets.salt)
    begun = with_list(before, caseload, secrets.salt, today)
    require_order(commitment, [one.begun_on for one in begun.lists])
    drawing(protocol, caseload)
    note(place, begun)
    seed = seed_of(secrets.nonce, begun.public_value)
    for one in begun.lists[len(entries) :]:
        allocation = draw(protocol, first(caseload, one.frame), seed)
        entries = (*entries, entry(one, allocation, secrets.salt))
    page = record(
        protocol, caseload, allocation, commitment=commitment, begun=begun, entry=entries[-1], balance=balance
    ).encode()
    after = drawn(begun, entries, page)
    write_together(
        {
            place.allocation: sealed_allocation(allocation, key),
            place.record: page,
            place.published("drawn"): written(after),
        },
        owner_only={place.allocation},
    )
    return after


def _require_protocol(protocol: Protocol, caseload: Caseload, place: Place) -> None:
    """Refuse a list that was screened under another protocol."""
    if caseload.receipt.protocol != protocol.digest():
        problem = "The list was made under another protocol than the one that is frozen now."
        raise ReceiptMismatchError(
            [Issue("changed-protocol", place.round or "list", problem, "Run 'opmaat caseload' again.")]
        )


def _require_promised(
    lock: Lock, caseload: Caseload, before: Begun, *, commitment: Commitment, salt: bytes
) -> None:
    """Refuse another list, protocol or procedure than was committed to, or another start of the list."""
    found = []
    if before.commitment != commitment.digest():
        found.append(("changed-commitment", "The commitment is not the one that this draw follows."))
    if not is_promised(commitment, lock, salt):
        found.append(("changed-protocol", "The protocol is not the one that was committed to."))
    if salted("procedure", salt, procedure_digest(lock.protocol)) != commitment.procedure:
        found.append(("changed-procedure", "The way of drawing was changed after the commitment."))
    lists = [(commitment.list, len(caseload.households))] if commitment.list is not None else []
    lists += [(earlier.list, earlier.frame) for earlier in before.lists]
    if any(salted("list", salt, first(caseload, frame).digest()) != promised for promised, frame in lists):
        found.append(("changed-list", "The list was changed after it was committed to."))
    if found:
        fix = "Put back what was committed to; another list is another round."
        raise ReceiptMismatchError(Issue(code, "draw", problem, fix) for code, problem in found)
