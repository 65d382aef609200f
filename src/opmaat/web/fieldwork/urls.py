"""Addresses of the fieldwork."""

from __future__ import annotations

from django.urls import path

from opmaat.web.fieldwork.views import deliveries, letters, overview, replies, reports, safety, waves

urlpatterns = [
    path("fieldwork/", overview.studies, name="fieldwork"),
    path("fieldwork/<str:study>/", overview.study, name="fieldwork_study"),
    path("fieldwork/<str:study>/stuck/<str:stage>/", overview.stuck, name="fieldwork_stuck"),
    path("fieldwork/<str:study>/flow/", overview.flow, name="fieldwork_flow"),
    path("fieldwork/<str:study>/letters/", letters.letters, name="fieldwork_letters"),
    path("fieldwork/<str:study>/letters/<int:number>/", letters.mailing, name="fieldwork_mailing"),
    path("fieldwork/<str:study>/letters/<int:number>/<str:file>/", letters.file, name="fieldwork_file"),
    path("fieldwork/<str:study>/reply/", replies.reply, name="fieldwork_reply"),
    path("fieldwork/<str:study>/reply/<str:reference>/", replies.reply_to, name="fieldwork_reply_to"),
    path("fieldwork/<str:study>/meetings/", replies.meetings, name="fieldwork_meetings"),
    path("fieldwork/<str:study>/meetings/<int:number>/", replies.meeting, name="fieldwork_meeting"),
    path("fieldwork/<str:study>/waves/", waves.waves, name="fieldwork_waves"),
    path("fieldwork/<str:study>/deliveries/", deliveries.deliveries, name="fieldwork_deliveries"),
    path("fieldwork/<str:study>/deliveries/<int:number>/", deliveries.delivery, name="fieldwork_delivery"),
    path("fieldwork/<str:study>/reports/", reports.reports, name="fieldwork_reports"),
    path("fieldwork/<str:study>/reports/<int:number>/", reports.report, name="fieldwork_report"),
    path("fieldwork/<str:study>/safety/", safety.safety, name="fieldwork_safety"),
    path("fieldwork/<str:study>/safety/pause/", safety.pause, name="fieldwork_pause"),
]
