"""The texts of the website: those of every app, in the language of the request."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.apps import apps
from django.utils.translation import get_language

from opmaat.core.texts import Language
from opmaat.pages.wording import Wording, load_wording


def words(language: str | None = None) -> Wording:
    """Return all texts in a language; without one, in that of the request."""
    asked = language or get_language() or "nl"
    return _all("en" if asked.startswith("en") else "nl")


@cache
def _all(language: Language) -> Wording:
    """Return the texts of every app that has any."""
    rooms = [app.name for app in apps.get_app_configs() if app.name.startswith("opmaat.web.")]
    return load_wording(language, *(room for room in rooms if _has_texts(room)))


def _has_texts(room: str) -> bool:
    return (Path(apps.get_app_config(room.rpartition(".")[2]).path) / "texts").is_dir()
