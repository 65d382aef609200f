"""Addresses of signing out and of the start."""

from __future__ import annotations

from django.urls import path

from opmaat.web.accounts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("staff/", views.staff, name="staff"),
]
