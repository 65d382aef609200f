"""The app of taking part."""

from __future__ import annotations

from django.apps import AppConfig


class TrialConfig(AppConfig):
    """Keeps the read model of taking part equal to the events."""

    name = "opmaat.web.trial"

    def ready(self) -> None:
        """Register the projection, and what is held on a participant."""
        from opmaat.web.journal.held import register_holder
        from opmaat.web.journal.projections import register
        from opmaat.web.trial.projection import STANDING
        from opmaat.web.trial.queries import held_on_part

        register(STANDING)
        register_holder(held_on_part)
