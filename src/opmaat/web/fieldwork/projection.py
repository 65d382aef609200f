"""The read models of the fieldwork: what a household's history comes down to for who recruits and sends."""

from __future__ import annotations

from datetime import date
from typing import Any

from opmaat.web.fieldwork.models import Harmed, Member, Place, SentTo
from opmaat.web.gateway.events import History
from opmaat.web.gateway.fieldwork import adults_now, place_now, waves_now
from opmaat.web.gateway.harms import harms_now
from opmaat.web.journal.projections import Key, ReadModel, ReadRows


def place_columns(history: History, _on: date) -> dict[str, Any]:
    """Return how far a household is."""
    now = place_now(history)
    return {
        "stage": now.stage.value,
        "since": now.since,
        "invited_on": now.invited_on,
        "started_on": now.started_on,
        "drawn": now.is_drawn,
        "invited": bool(now.flow.invited),
        "signed_up": bool(now.flow.signed_up),
        "told": bool(now.flow.told),
        "started": bool(now.flow.started),
        "ended_as": now.ended_as,
    }


def member_rows(history: History) -> dict[Key, dict[str, Any]]:
    """Return a row for each adult."""
    start = history.started_on
    return {
        (one.person,): {"takes_part": one.takes_part, "is_asked": one.is_asked, "started_on": start}
        for one in adults_now(history)
    }


def sent_rows(history: History) -> dict[Key, dict[str, Any]]:
    """Return a row for each adult and wave."""
    start = history.started_on
    return {
        (one.person, one.wave): {
            "started_on": start,
            "sent_on": one.sent_on,
            "answered_on": one.answered_on,
        }
        for one in waves_now(history)
    }


def harmed_rows(history: History) -> dict[Key, dict[str, Any]]:
    """Return a row for each harm that happened."""
    return {(history.household, harm): {"events": events} for harm, events in harms_now(history).items()}


PLACES = ReadModel(Place, lambda _municipality, _study: place_columns)
MEMBERS = ReadRows(Member, ("person",), member_rows)
SENT = ReadRows(SentTo, ("person", "wave"), sent_rows)
HARMED = ReadRows(Harmed, ("household", "harm"), harmed_rows)
