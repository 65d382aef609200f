"""The read model of talks."""

from __future__ import annotations

from datetime import date

from opmaat.web.gateway.events import History
from opmaat.web.gateway.research import contacts_of
from opmaat.web.journal.projections import ReadModel, Row
from opmaat.web.research.models import Contact


def contact_rows(history: History, _on: date) -> list[Row]:
    """Return a row for each talk that was held or missed."""
    return [one._asdict() for one in contacts_of(history)]


CONTACTS = ReadModel(Contact, lambda _municipality, _study: contact_rows, key=("event_id",))
