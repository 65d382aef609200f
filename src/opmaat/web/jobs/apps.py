"""The app of long work."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Finds the work of every app."""

    name = "opmaat.web.jobs"

    def ready(self) -> None:
        """Read the file ``work.py`` of every app that has one."""
        autodiscover_modules("work")
