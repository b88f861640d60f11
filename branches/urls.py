from django.urls import path

from . import views

app_name = "branches"

urlpatterns = [
    path("organizations/", views.organization_tree, name="organizations"),
    path("organizations/<int:pk>/", views.organization_detail, name="organization"),
    path(
        "organizations/<int:pk>/children/",
        views.organization_children,
        name="organization_children",
    ),
    path("members/", views.member_list, name="members"),
    path("members/<int:pk>/", views.member_detail, name="member"),
    path("meetings/", views.meeting_list, name="meetings"),
    path("meetings/<int:pk>/", views.meeting_detail, name="meeting"),
    path("search/", views.search, name="search"),
    path("acting/", views.choose_acting, name="acting"),
]
