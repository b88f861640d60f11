"""Addresses of the minutes and the quality of meetings."""

from django.urls import path

from ..views import minutes, quality

urlpatterns = [
    path("meetings/<int:pk>/minutes/", minutes.meeting_minutes, name="meeting_minutes"),
    path(
        "meetings/<int:pk>/minutes/write/",
        minutes.meeting_minutes_write,
        name="meeting_minutes_write",
    ),
    path(
        "meetings/<int:pk>/minutes/<slug:kind>/",
        minutes.meeting_minutes_document,
        name="meeting_minutes_document",
    ),
    path("meetings/<int:pk>/quality/", quality.meeting_quality, name="meeting_quality"),
    path("meetings/<int:pk>/quality/score/", quality.meeting_score, name="meeting_score"),
    path(
        "meetings/<int:pk>/quality/decide/",
        quality.meeting_quality_decide,
        name="meeting_quality_decide",
    ),
    path("meetings/quality/", quality.meetings_quality, name="meetings_quality"),
    path("meetings/quality/forms/", quality.meeting_forms, name="meeting_forms"),
    path(
        "meetings/quality/forms/<int:pk>/change/",
        quality.meeting_form_change,
        name="meeting_form_change",
    ),
]
