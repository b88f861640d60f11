"""Addresses of the votes of branches."""

from django.urls import path

from .views import votes

BRANCH = "cycles/<int:pk>/branches/<int:branch>/votes/"

urlpatterns = [
    path(BRANCH, votes.votes, name="votes"),
    path(f"{BRANCH}<int:number>/<int:ballot>/", votes.vote_record, name="vote_record"),
    path(f"{BRANCH}<int:number>/<int:ballot>/withdraw/", votes.vote_withdraw, name="vote_withdraw"),
]
