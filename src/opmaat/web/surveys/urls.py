"""Addresses of questionnaires."""

from __future__ import annotations

from django.urls import path

from opmaat.web.surveys import views

urlpatterns = [
    path("part/questions/", views.questions, name="questions"),
    path("part/questions/<str:wave>/<int:number>/", views.page, name="questions_page"),
]
