from django.urls import path

from .views import (
    bulk,
    committees,
    finding,
    meetings,
    member_editing,
    members,
    organizations,
    picking,
    positions,
    statuses,
)

app_name = "branches"

urlpatterns = [
    path("organizations/", organizations.organization_tree, name="organizations"),
    path("organizations/<int:pk>/", organizations.organization_detail, name="organization"),
    path(
        "organizations/<int:pk>/children/",
        organizations.organization_children,
        name="organization_children",
    ),
    path("members/", members.member_list, name="members"),
    path("members/<int:pk>/", members.member_detail, name="member"),
    path("members/bulk/", bulk.member_bulk, name="member_bulk"),
    path("members/add/", member_editing.member_add, name="member_add"),
    path("members/<int:pk>/edit/", member_editing.member_edit, name="member_edit"),
    path("members/<int:pk>/change/", member_editing.member_change, name="member_change"),
    path("members/<int:pk>/transfer/", member_editing.member_transfer, name="member_transfer"),
    path("members/<int:pk>/leave/", member_editing.member_leave, name="member_leave"),
    path("members/<int:pk>/undo/", member_editing.member_undo, name="member_undo"),
    path("members/<int:pk>/statuses/add/", statuses.member_status_add, name="member_status_add"),
    path("statuses/<int:pk>/", statuses.member_status_change, name="member_status_change"),
    path("statuses/<int:pk>/delete/", statuses.member_status_delete, name="member_status_delete"),
    path(
        "members/<int:pk>/disciplines/add/",
        statuses.member_discipline_add,
        name="member_discipline_add",
    ),
    path(
        "disciplines/<int:pk>/", statuses.member_discipline_change, name="member_discipline_change"
    ),
    path(
        "disciplines/<int:pk>/delete/",
        statuses.member_discipline_delete,
        name="member_discipline_delete",
    ),
    path("positions/add/", positions.position_add, name="position_add"),
    path("positions/<int:pk>/", positions.position_change, name="position_change"),
    path("positions/<int:pk>/end/", positions.position_end, name="position_end"),
    path("positions/<int:pk>/delete/", positions.position_delete, name="position_delete"),
    path("committees/", committees.committee_list, name="committees"),
    path("organizations/<int:pk>/committee/", committees.committee, name="committee"),
    path(
        "organizations/<int:pk>/committee/terms/add/",
        committees.committee_term_add,
        name="committee_term_add",
    ),
    path(
        "committee-terms/<int:pk>/", committees.committee_term_change, name="committee_term_change"
    ),
    path(
        "committee-terms/<int:pk>/delete/",
        committees.committee_term_delete,
        name="committee_term_delete",
    ),
    path(
        "organizations/<int:pk>/committee/jobs/add/",
        committees.committee_job_add,
        name="committee_job_add",
    ),
    path(
        "job-descriptions/<int:pk>/", committees.committee_job_change, name="committee_job_change"
    ),
    path(
        "job-descriptions/<int:pk>/delete/",
        committees.committee_job_delete,
        name="committee_job_delete",
    ),
    path("meetings/", meetings.meeting_list, name="meetings"),
    path("meetings/<int:pk>/", meetings.meeting_detail, name="meeting"),
    path("pick/members/", picking.pick_members, name="pick_members"),
    path("pick/organizations/", picking.pick_organizations, name="pick_organizations"),
    path("search/", finding.search, name="search"),
    path("acting/", finding.choose_acting, name="acting"),
]
