"""The read model of caseworkers: whose a household is, and what is due for it today."""

from __future__ import annotations

from datetime import date
from functools import partial

from opmaat.web.casework.models import File
from opmaat.web.gateway.arms import chosen_option
from opmaat.web.gateway.casework import things_due
from opmaat.web.gateway.events import History, kinds
from opmaat.web.gateway.studies import Protocol
from opmaat.web.journal.models import Municipality
from opmaat.web.journal.projections import ReadModel, Row, Rows
from opmaat.web.trial.queries import folder_of, protocol_in


def rows_in(municipality: Municipality, study: str) -> Rows:
    """Return what gives the row of a household of a study; without a protocol nothing is due."""
    folder = folder_of(municipality, study)
    return partial(file_row, None if folder is None else protocol_in(folder))


def file_row(protocol: Protocol | None, history: History, on: date) -> tuple[Row]:
    """Return the row of what the list says of a household on a day."""
    workers = [payload.worker for _, payload in history.of(kinds.CaseworkerAssigned)]
    talks = [event.valid_from for event, _ in history.of(kinds.ContactHeld)]
    due = () if protocol is None else things_due(history, protocol, on=on)
    row = {
        "day": on,
        "worker": workers[-1] if workers else "",
        "participation": history.participation.on(on),
        "arm": history.disclosed_arm(on) or "",
        "option": chosen_option(history, on) or "",
        "last_contact": max(talks, default=None),
        "due": [
            {"on": one.on.isoformat(), "what": one.what, "person": one.person, "detail": one.detail}
            for one in due
        ],
    }
    return (row,)


FILES = ReadModel(File, rows_in)
