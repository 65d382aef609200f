"""The app of questionnaires."""

from __future__ import annotations

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """Tells what answers are held on a participant."""

    name = "opmaat.web.surveys"

    def ready(self) -> None:
        """Register what is held."""
        from opmaat.web.journal.held import register_holder
        from opmaat.web.surveys.queries import held_answers

        register_holder(held_answers)
