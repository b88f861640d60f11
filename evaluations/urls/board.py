from django.urls import path

from ..views import comparisons

urlpatterns = [
    path("ratings/changes/", comparisons.board_changes, name="board_changes"),
    path("ratings/years/", comparisons.board_years, name="board_years"),
    path("ratings/five-years/", comparisons.five_years, name="five_years"),
]
