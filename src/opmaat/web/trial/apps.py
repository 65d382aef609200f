"""The app of taking part."""

from __future__ import annotations

from django.apps import AppConfig


class TrialConfig(AppConfig):
    """Keeps the read model of taking part equal to the events."""

    name = "opmaat.web.trial"

    def ready(self) -> None:
        """Register the projection."""
        from opmaat.web.journal.projections import register
        from opmaat.web.trial.projection import project_standing

        register(project_standing)
