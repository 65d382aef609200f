"""The app of looks and words."""

from __future__ import annotations

from django.apps import AppConfig


class ThemeConfig(AppConfig):
    """Styles, templates and words that every app shares."""

    name = "opmaat.web.theme"
