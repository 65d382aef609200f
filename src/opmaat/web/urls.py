"""Every address of the website."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path
from django.views.i18n import set_language

from opmaat.web.accounts.access import open_to_all

urlpatterns = [
    path("", include("opmaat.web.accounts.urls")),
    path("", include("opmaat.web.jobs.urls")),
    path("", include("opmaat.web.people.urls")),
    path("", include("opmaat.web.trial.urls")),
    path("", include("opmaat.web.surveys.urls")),
    path("", include("opmaat.web.preparation.urls")),
    path("", include("opmaat.web.fieldwork.urls")),
    path("", include("opmaat.web.casework.urls")),
    path("", include("opmaat.web.audit.urls")),
    path("", include("opmaat.web.research.urls")),
    path("language/", open_to_all(set_language), name="set_language"),
    path("staff/sign-in/", account.login, name="account_login"),
    path("staff/sign-out/", account.logout, name="account_logout"),
    path("staff/closed/", account.account_inactive, name="account_inactive"),
    path("staff/again/", account.reauthenticate, name="account_reauthenticate"),
    path("staff/second-factor/", include("allauth.mfa.urls")),
]
