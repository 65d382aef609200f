"""The app of casework."""

from __future__ import annotations

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Keeps the caseworkers' read model equal to the events."""

    name = "opmaat.web.casework"

    def ready(self) -> None:
        """Register the read model, and what is held on a participant."""
        from opmaat.web.casework.projection import FILES
        from opmaat.web.casework.queries import held_on_casework
        from opmaat.web.journal.held import register_holder
        from opmaat.web.journal.projections import register

        register(FILES)
        register_holder(held_on_casework)
