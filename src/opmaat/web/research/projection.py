"""The read model of talks."""

from __future__ import annotations

from typing import Any

from opmaat.web.gateway.events import History
from opmaat.web.gateway.research import contacts_of
from opmaat.web.journal.projections import Key, ReadRows
from opmaat.web.research.models import Contact


def contact_rows(history: History) -> dict[Key, dict[str, Any]]:
    """Return a row for each talk that was held or missed."""
    return {
        (one.event_id,): {"month": one.month, "held": one.held, "minutes": one.minutes}
        for one in contacts_of(history)
    }


CONTACTS = ReadRows(Contact, ("event_id",), contact_rows)
