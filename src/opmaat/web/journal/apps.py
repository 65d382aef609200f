"""The app of the journal."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JournalConfig(AppConfig):
    """Has the database protect rows that stand for good."""

    name = "opmaat.web.journal"

    def ready(self) -> None:
        """Make the triggers after every migration, those of later apps included."""
        from opmaat.web.journal.triggers import make_triggers

        post_migrate.connect(make_triggers)
