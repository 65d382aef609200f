"""The address of signing in."""

from __future__ import annotations

from django.urls import path

from opmaat.web.people import views

urlpatterns = [path("sign-in/", views.sign_in, name="sign_in")]
