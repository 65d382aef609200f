"""Addresses of a caseworker. A file is named by a number that tells nothing."""

from __future__ import annotations

from django.urls import path

from opmaat.web.casework import months, views

urlpatterns = [
    path("staff/files/", views.files, name="files"),
    path("staff/caseloads/", views.divide, name="divide"),
    path("staff/files/cover/", views.cover, name="cover"),
    path("staff/files/<int:number>/", views.file, name="file"),
    path("staff/files/<int:number>/months/", months.months, name="months"),
    path("staff/files/<int:number>/months/<str:which>/", months.month, name="month"),
    path("staff/files/<int:number>/letters/<int:decision>/", months.letter, name="letter"),
    path("staff/files/<int:number>/<str:what>/", views.step, name="step"),
]
