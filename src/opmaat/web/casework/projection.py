"""The read model of caseworkers: whose a household is, and what is due for it today."""

from __future__ import annotations

from datetime import date
from typing import Any

from opmaat.web.casework.models import File
from opmaat.web.gateway.arms import chosen_option
from opmaat.web.gateway.casework import things_due
from opmaat.web.gateway.events import History, kinds
from opmaat.web.journal.models import Municipality
from opmaat.web.journal.projections import ReadModel
from opmaat.web.trial.models import Study
from opmaat.web.trial.queries import study_protocol


def file_columns(municipality: Municipality, study: str, history: History, on: date) -> dict[str, Any]:
    """Return what the list says of a household on a day; without a protocol nothing is due."""
    known = Study.objects.of(municipality).filter(name=study).first()
    workers = [payload.worker for _, payload in history.of(kinds.CaseworkerAssigned)]
    talks = [event.valid_from for event, _ in history.of(kinds.ContactHeld)]
    due = () if known is None else things_due(history, study_protocol(known), on=on)
    return {
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


FILES = ReadModel(File, file_columns)
