"""Addresses of rating sets and of their trials."""

from django.urls import path

from ..views import schemes, trials
from ..views.scheme_kinds import ORGANIZATIONS

urlpatterns = [
    path("rating-sets/", schemes.scheme_list, name="schemes"),
    path("rating-sets/<int:pk>/", schemes.scheme_detail, name="scheme"),
    path("rating-sets/<int:pk>/copy/", schemes.scheme_copy, name="scheme_copy"),
    path("rating-sets/<int:pk>/change/", schemes.scheme_change, name="scheme_change"),
    path("rating-sets/<int:pk>/adopt/", schemes.scheme_adopt, name="scheme_adopt"),
    path("rating-sets/<int:pk>/discard/", schemes.scheme_discard, name="scheme_discard"),
    path("rating-sets/<int:pk>/against/<int:other>/", schemes.scheme_diff, name="scheme_diff"),
    path("rating-sets/<int:pk>/try/", trials.trial_start, name="trial_start"),
    path("trials/<uuid:token>/", trials.trial_detail, name="trial"),
    path("trials/<uuid:token>/changes.<slug:kind>", trials.trial_file, name="trial_file"),
]

# The same pages for the sets of organizations.
urlpatterns += [
    path(f"organization-{route}", view, {"kind": ORGANIZATIONS}, name=f"organization_{name}")
    for route, view, name in (
        ("rating-sets/", schemes.scheme_list, "schemes"),
        ("rating-sets/<int:pk>/", schemes.scheme_detail, "scheme"),
        ("rating-sets/<int:pk>/copy/", schemes.scheme_copy, "scheme_copy"),
        ("rating-sets/<int:pk>/change/", schemes.scheme_change, "scheme_change"),
        ("rating-sets/<int:pk>/adopt/", schemes.scheme_adopt, "scheme_adopt"),
        ("rating-sets/<int:pk>/discard/", schemes.scheme_discard, "scheme_discard"),
        ("rating-sets/<int:pk>/against/<int:other>/", schemes.scheme_diff, "scheme_diff"),
    )
]
