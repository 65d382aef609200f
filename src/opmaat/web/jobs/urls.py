"""Addresses of long work."""

from __future__ import annotations

from django.urls import path

from opmaat.web.jobs import views

urlpatterns = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<int:number>/", views.job, name="job"),
]
