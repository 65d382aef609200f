"""Addresses of taking part."""

from __future__ import annotations

from django.urls import path

from opmaat.web.trial import views

urlpatterns = [
    path("part/", views.part, name="part"),
    path("part/study/", views.study, name="study"),
    path("part/consent/", views.consent, name="consent"),
    path("part/arm/", views.arm, name="arm"),
    path("part/choice/", views.choice, name="choice"),
    path("part/keep/", views.keep, name="keep"),
    path("part/earnings/", views.earnings, name="earnings"),
    path("part/stop/", views.stop, name="stop"),
    path("part/data/", views.data, name="data"),
    path("part/data/download/", views.download, name="download"),
]
