"""The app of the audit."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did and saw what, and whether it is still what it was."""

    name = "opmaat.web.audit"
