"""The app of the fieldwork."""

from __future__ import annotations

from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    """Keeps the read models of the fieldwork equal to the events."""

    name = "opmaat.web.fieldwork"

    def ready(self) -> None:
        """Register the read models."""
        from opmaat.web.fieldwork.projection import HARMED, MEMBERS, PLACES, SENT
        from opmaat.web.journal.projections import register

        for read_model in (PLACES, MEMBERS, SENT, HARMED):
            register(read_model)
