"""Addresses of research."""

from __future__ import annotations

from django.urls import path

from opmaat.web.research import views

urlpatterns = [
    path("staff/research/", views.studies, name="research"),
    path("staff/research/<str:study>/", views.course, name="research_study"),
    path("staff/research/<str:study>/exports/", views.exports, name="research_exports"),
    path("staff/research/<str:study>/exports/<str:name>/", views.download, name="research_download"),
    path("staff/research/<str:study>/plan/", views.plan, name="research_plan"),
    path("staff/research/<str:study>/plan/<str:name>/<str:file>/", views.report, name="research_report"),
]
