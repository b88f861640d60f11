"""Addresses of the year end: cycles, the branches in them, what is written of members."""

from django.urls import path

from ..views import appraisals, cycle_branches, cycles, proposals

BRANCH = "cycles/<int:pk>/branches/<int:branch>/"
MEMBER = "appraisals/<int:pk>/"
# Each by who does the step: the branch, the sub-committee above it, the unit.
STEP_DEEDS = (
    ("finish", "", cycle_branches.step_finish),
    ("reopen", "reopen/", cycle_branches.step_reopen),
)

urlpatterns = [
    path("cycles/", cycles.cycle_list, name="cycles"),
    path("cycles/open/", cycles.cycle_open, name="cycle_open"),
    path("cycles/<int:pk>/", cycles.cycle_detail, name="cycle"),
    path("cycles/<int:pk>/change/", cycles.cycle_change, name="cycle_change"),
    path("cycles/<int:pk>/members/", cycles.cycle_draw, name="cycle_draw"),
    path("cycles/<int:pk>/suggestions/", cycles.cycle_suggestions, name="cycle_suggestions"),
    path(BRANCH, cycle_branches.cycle_branch, name="cycle_branch"),
    *[
        path(
            f"{BRANCH}{prefix}steps/<slug:kind>/{end}",
            view,
            {"action": action},
            name=f"{prefix}step_{deed}",
        )
        for action, prefix in cycle_branches.ROUTES.items()
        for deed, end, view in STEP_DEEDS
    ],
    path(
        "cycles/<int:pk>/units/<int:unit>/steps/<slug:kind>/",
        cycles.unit_step_all,
        name="unit_step_all",
    ),
    path(f"{BRANCH}comments/", proposals.comments, name="comments"),
    path(f"{BRANCH}proposals/", proposals.proposals, name="proposals"),
    path(f"{BRANCH}section-proposals/", proposals.section_proposals, name="section_proposals"),
    path(MEMBER, appraisals.appraisal_detail, name="appraisal"),
    path(
        "appraisals/<int:pk>/self-review/", appraisals.self_review_enter, name="self_review_enter"
    ),
    path(
        "appraisals/<int:pk>/comments/<slug:kind>/", proposals.comment_write, name="comment_write"
    ),
    path("my/self-review/", appraisals.self_review, name="self_review"),
]
