"""The app of the journal."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models import CharField
from django.db.models.signals import post_migrate


class JournalConfig(AppConfig):
    """Has the database protect rows that stand for good, and rows found by many values of a column."""

    name = "opmaat.web.journal"

    def ready(self) -> None:
        """Let text be asked with ``among``; make the triggers after every migration, of later apps too."""
        from opmaat.web.journal.among import Among
        from opmaat.web.journal.triggers import make_triggers

        CharField.register_lookup(Among)
        post_migrate.connect(make_triggers)
