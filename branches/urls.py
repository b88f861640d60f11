from django.urls import path

from .views import finding, meetings, members, organizations, picking

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
    path("meetings/", meetings.meeting_list, name="meetings"),
    path("meetings/<int:pk>/", meetings.meeting_detail, name="meeting"),
    path("pick/members/", picking.pick_members, name="pick_members"),
    path("pick/organizations/", picking.pick_organizations, name="pick_organizations"),
    path("search/", finding.search, name="search"),
    path("acting/", finding.choose_acting, name="acting"),
]
