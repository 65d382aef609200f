"""Addresses of the preparation; a round without a name is ``-``."""

from __future__ import annotations

from django.urls import path

from opmaat.web.preparation.views import rounds, start, studies

urlpatterns = [
    path("preparation/", studies.studies, name="preparation"),
    path("preparation/<str:study>/", studies.study, name="preparation_study"),
    path("preparation/<str:study>/protocol/", studies.protocol, name="preparation_protocol"),
    path("preparation/<str:study>/plan/", studies.plan, name="preparation_plan"),
    path("preparation/<str:study>/freeze/", studies.freeze, name="preparation_freeze"),
    path("preparation/<str:study>/start/", start.start, name="preparation_start"),
    path("preparation/<str:study>/threshold/", start.threshold, name="preparation_threshold"),
    path("preparation/<str:study>/<str:turn>/register/", rounds.register, name="preparation_register"),
    path("preparation/<str:study>/<str:turn>/refused/", rounds.refused, name="preparation_refused"),
    path("preparation/<str:study>/<str:turn>/draw/", rounds.draw, name="preparation_draw"),
    path("preparation/<str:study>/<str:turn>/record/", rounds.record, name="preparation_record"),
]
