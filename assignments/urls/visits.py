"""Addresses of the pages of one's own work and of visits."""

from django.urls import path

from ..views import my_work, visits

urlpatterns = [
    path("my/", my_work.my_work, name="my_work"),
    path("my/visits/log/", visits.visit_log, name="visit_log"),
    path("visits/<int:pk>/", visits.visit_detail, name="visit"),
    path("visits/<int:pk>/correct/", visits.visit_correct, name="visit_correct"),
    path("visits/<int:pk>/withdraw/", visits.visit_withdraw, name="visit_withdraw"),
    path("visits/<int:pk>/photo/", visits.visit_photo, name="visit_photo"),
]
