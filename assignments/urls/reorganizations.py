"""Addresses of reorganizations."""

from django.urls import path

from ..views import reorganization

urlpatterns = [
    path("reorganize/", reorganization.reorganize, name="reorganize"),
    path("reorganize/<slug:kind>/", reorganization.reorganize_kind, name="reorganize_kind"),
    path("reorganizations/", reorganization.reorganization_list, name="reorganizations"),
    path("reorganizations/<int:pk>/", reorganization.reorganization_detail, name="reorganization"),
    path(
        "reorganizations/<int:pk>/roles/",
        reorganization.reorganization_roles,
        name="reorganization_roles",
    ),
    path(
        "reorganizations/<int:pk>/download/",
        reorganization.reorganization_download,
        name="reorganization_download",
    ),
]
