"""Addresses of the votes of branches, of who is not rated, and of who may lose the membership."""

from django.urls import path

from ..views import votes, year_end_lists

BRANCH = "cycles/<int:pk>/branches/<int:branch>/votes/"

urlpatterns = [
    path("not-rated/", year_end_lists.not_rated, name="not_rated"),
    path("removal-risk/", year_end_lists.removal_risk, name="removal_risk"),
    path(BRANCH, votes.votes, name="votes"),
    path(f"{BRANCH}<int:number>/<int:ballot>/", votes.vote_record, name="vote_record"),
    path(f"{BRANCH}<int:number>/<int:ballot>/withdraw/", votes.vote_withdraw, name="vote_withdraw"),
]
