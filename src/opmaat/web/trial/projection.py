"""The read model of taking part: what a household's history comes down to today."""

from __future__ import annotations

from datetime import date
from typing import Any

from opmaat.web.gateway.events import History, kinds
from opmaat.web.journal.projections import ReadModel, Row
from opmaat.web.trial.models import Standing


def standing_row(history: History, _on: date) -> tuple[Row]:
    """Return the row of where a household stands."""
    chosen = [payload.option for _, payload in history.of(kinds.Chose)]
    told = [payload.arm for _, payload in history.of(kinds.Disclosed)]
    row = {
        "participation": _last(history.participation),
        "benefit": _last(history.benefit),
        "started_on": history.started_on,
        "arm": told[0] if told else None,
        "option": chosen[-1] if chosen else None,
        "consents": _consents(history),
        "adults": {person: _last(track) for person, track in history.adults.items()},
    }
    return (row,)


def _last(track: Any) -> str:  # noqa: ANN401
    """Return the last state of a track."""
    return str(track.changes[-1][1]) if track.changes else str(track.first)


def _consents(history: History) -> dict[str, dict[str, bool]]:
    """Return the last word of every adult on every purpose."""
    found: dict[str, dict[str, bool]] = {}
    for event, payload in history.of(kinds.Consented):
        found.setdefault(str(event.person), {})[payload.purpose] = payload.given
    return found


STANDING = ReadModel(Standing, lambda _municipality, _study: standing_row)
