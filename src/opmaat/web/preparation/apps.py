"""The app of preparing an experiment."""

from __future__ import annotations

from django.apps import AppConfig


class PreparationConfig(AppConfig):
    """What a project lead does before the experiment runs."""

    name = "opmaat.web.preparation"
