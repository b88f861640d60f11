from django.urls import path

from ..views import anonymising, own_record, ratings, readers, roll_ups
from . import board, cycles, decisions, organizations, papers, schemes, votes

app_name = "evaluations"

urlpatterns = [
    *cycles.urlpatterns,
    *board.urlpatterns,
    *papers.urlpatterns,
    *votes.urlpatterns,
    *schemes.urlpatterns,
    *decisions.urlpatterns,
    *organizations.urlpatterns,
    path("ratings/", ratings.rating_board, name="board"),
    path("ratings/download.<str:kind>", ratings.rating_download, name="ratings_download"),
    path("ratings/<int:pk>/", ratings.rating_detail, name="rating"),
    path("ratings/<int:pk>/readers/", readers.rating_readers, name="rating_readers"),
    path("my/record/", own_record.own_record, name="own_record"),
    path(
        "my/record/object/<slug:criterion>/<int:line>/",
        own_record.objection_raise,
        name="objection_raise",
    ),
    path("objections/", own_record.objection_list, name="objections"),
    path("objections/<int:pk>/", own_record.objection_detail, name="objection"),
    path("objections/<int:pk>/withdraw/", own_record.objection_withdraw, name="objection_withdraw"),
    path("roll-ups/", roll_ups.roll_up_list, name="roll_ups"),
    path("roll-ups/start/", roll_ups.roll_up_start, name="roll_up_start"),
    path("roll-ups/<int:pk>/", roll_ups.roll_up_detail, name="roll_up"),
    path("anonymisation/", anonymising.anonymisation_list, name="anonymisations"),
    path("members/<int:pk>/anonymise/", anonymising.member_anonymise, name="anonymise"),
]
