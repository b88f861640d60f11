"""Addresses of the confirmation inbox."""

from django.urls import path

from ..views import confirmations as views

urlpatterns = [
    path("confirmations/", views.confirmations, name="confirmations"),
    path("confirmations/confirm/", views.confirmations_confirm, name="confirmations_confirm"),
    path("visits/<int:pk>/confirm/", views.visit_confirm, name="visit_confirm"),
    path("visits/<int:pk>/refuse/", views.visit_refuse, name="visit_refuse"),
    path("visits/<int:pk>/dispute/", views.visit_dispute, name="visit_dispute"),
    path("visits/<int:pk>/reopen/", views.visit_reopen, name="visit_reopen"),
]
