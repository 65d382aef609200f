"""The app of research."""

from __future__ import annotations

from django.apps import AppConfig


class ResearchConfig(AppConfig):
    """Keeps the read model of talks equal to the events."""

    name = "opmaat.web.research"

    def ready(self) -> None:
        """Register the read model."""
        from opmaat.web.journal.projections import register
        from opmaat.web.research.projection import CONTACTS

        register(CONTACTS)
