"""The read models of the fieldwork: what a household's history comes down to for who recruits and sends."""

from __future__ import annotations

from datetime import date

from opmaat.web.fieldwork.models import Harmed, Member, Place, SentTo
from opmaat.web.gateway.events import History
from opmaat.web.gateway.fieldwork import adults_now, place_now, waves_now
from opmaat.web.gateway.harms import harms_now
from opmaat.web.journal.projections import ReadModel, Row


def place_row(history: History, _on: date) -> tuple[Row]:
    """Return the row of how far a household is."""
    now = place_now(history)
    row = {
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
    return (row,)


def member_rows(history: History, _on: date) -> list[Row]:
    """Return a row for each adult."""
    start = history.started_on
    return [one._asdict() | {"started_on": start} for one in adults_now(history)]


def sent_rows(history: History, _on: date) -> list[Row]:
    """Return a row for each adult and wave."""
    start = history.started_on
    return [one._asdict() | {"started_on": start} for one in waves_now(history)]


def harmed_rows(history: History, _on: date) -> list[Row]:
    """Return a row for each harm that happened."""
    return [{"harm": harm, "events": events} for harm, events in harms_now(history).items()]


PLACES = ReadModel(Place, lambda _municipality, _study: place_row)
MEMBERS = ReadModel(Member, lambda _municipality, _study: member_rows, key=("person",))
SENT = ReadModel(SentTo, lambda _municipality, _study: sent_rows, key=("person", "wave"))
HARMED = ReadModel(Harmed, lambda _municipality, _study: harmed_rows, key=("harm",))
