"""Addresses of the audit."""

from __future__ import annotations

from django.urls import path

from opmaat.web.audit import views

urlpatterns = [
    path("staff/journal/", views.journal, name="journal"),
    path("staff/journal/file/", views.take_trail, name="journal_file"),
    path("staff/journal/checks/", views.checks, name="checks"),
    path("staff/journal/checks/<str:check>/", views.ask, name="check"),
    path("journal-states/", views.states, name="journal_states"),
]
