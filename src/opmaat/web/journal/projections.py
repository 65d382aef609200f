"""Read models that follow from events: made anew for a household in the transaction that writes about it.

An app registers a function when it is ready; the same function rebuilds everything, so that a read model can
never say something else than the events.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opmaat.web.gateway.events import History
    from opmaat.web.journal.models import Municipality

Projection = Callable[["Municipality", str, "History"], None]

_projections: list[Projection] = []


def register(projection: Projection) -> Projection:
    """Add a projection: it gets the municipality, the study and the history of a household."""
    if projection not in _projections:
        _projections.append(projection)
    return projection


def project(municipality: Municipality, study: str, history: History) -> None:
    """Make every read model of a household anew."""
    for projection in _projections:
        projection(municipality, study, history)
