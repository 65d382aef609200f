"""Asking for checks, publishing what was found whole, and writing down that the trail was taken out."""

from __future__ import annotations

from django.db import transaction

from opmaat.web import clock
from opmaat.web.accounts.permissions import Action, Thing
from opmaat.web.audit.models import Sealing
from opmaat.web.audit.queries import Sought
from opmaat.web.audit.verification import Verified
from opmaat.web.jobs.actions import enqueue
from opmaat.web.jobs.models import Job
from opmaat.web.journal.actions import note_access
from opmaat.web.journal.models import Municipality

JOURNAL, DRAWS, RECEIPTS = "audit.journal", "audit.draws", "audit.receipts"
CHECKS = (JOURNAL, DRAWS, RECEIPTS)


def ask_check(*, municipality: Municipality, name: str, actor: str, request_key: str, back: str) -> Job:
    """Ask for one of the checks; raises KeyError for another name."""
    return enqueue(municipality=municipality, name=name, key=request_key, given={}, actor=actor, back=back)


@transaction.atomic
def publish(*, municipality: Municipality, verified: Verified, actor: str) -> Sealing | None:
    """Publish the state of a journal that was found whole; None when nothing was added since the last."""
    last = Sealing.objects.of(municipality).order_by("-at", "-pk").first()
    state = (verified.events, verified.head, verified.accesses, verified.accesses_digest)
    if last is not None and state == (last.events, last.head, last.accesses, last.accesses_digest):
        return None
    sealing = Sealing(
        municipality=municipality,
        at=clock.now(),
        actor=actor,
        events=verified.events,
        head=verified.head,
        accesses=verified.accesses,
        accesses_digest=verified.accesses_digest,
    )
    sealing.save()
    return sealing


@transaction.atomic
def note_trail_taken(*, municipality: Municipality, sought: Sought, actor: str) -> None:
    """Write down that someone took a part of the trail out."""
    note_access(
        municipality=municipality,
        actor=actor,
        action=Action.EXPORT,
        thing=Thing.JOURNAL,
        about=sought.about or sought.digest(),
    )
