"""Addresses of the ratings of organizations in a cycle."""

from django.urls import path

from ..views import organization_boards as boards
from ..views import organization_disciplines as disciplines
from ..views import organization_ratings as views

CYCLE = "cycles/<int:pk>/organizations/"

urlpatterns = [
    path(CYCLE, boards.organization_ratings, name="cycle_organizations"),
    path(f"{CYCLE}download.<slug:kind>", boards.organization_file, name="cycle_organizations_file"),
    path(f"{CYCLE}years/", boards.organization_years, name="cycle_organizations_years"),
    path(f"{CYCLE}suggest/", views.organization_suggest, name="cycle_organizations_suggest"),
    path(f"{CYCLE}decide/", views.organization_decide, name="cycle_organizations_decide"),
    path(
        f"{CYCLE}<int:organization>/places/<slug:kind>/",
        views.organization_places,
        name="cycle_organization_places",
    ),
    path(
        "organization-places/<int:pk>/withdraw/",
        views.organization_places_withdraw,
        name="cycle_organization_places_withdraw",
    ),
    path(
        "organization-disciplines/",
        disciplines.organization_disciplines,
        name="organization_disciplines",
    ),
    path(
        "organization-disciplines/record/",
        disciplines.organization_discipline_record,
        name="organization_discipline_record",
    ),
    path(
        "organization-disciplines/<int:pk>/withdraw/",
        disciplines.organization_discipline_withdraw,
        name="organization_discipline_withdraw",
    ),
    path("organization-ratings/<int:pk>/", views.organization_rating, name="cycle_organization"),
    path(
        "organization-ratings/<int:pk>/shortcomings/",
        views.organization_shortcomings,
        name="cycle_organization_shortcomings",
    ),
]
