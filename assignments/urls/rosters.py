"""Addresses of planned meetings, rosters and checking in."""

from django.urls import path

from ..views import check_in, meeting_plans, rosters

urlpatterns = [
    path("meetings/calendar/", meeting_plans.calendar, name="calendar"),
    path("plans/add/", meeting_plans.meeting_plan_add, name="meeting_plan_add"),
    path("plans/<int:pk>/", meeting_plans.meeting_plan, name="meeting_plan"),
    path("plans/<int:pk>/change/", meeting_plans.meeting_plan_change, name="meeting_plan_change"),
    path(
        "plans/<int:pk>/call-off/",
        meeting_plans.meeting_plan_call_off,
        name="meeting_plan_call_off",
    ),
    path(
        "plans/<int:pk>/restore/", meeting_plans.meeting_plan_restore, name="meeting_plan_restore"
    ),
    path("plans/<int:pk>/roster/", rosters.plan_roster, name="plan_roster"),
    path("plans/<int:pk>/sheet/", rosters.plan_sign_in_sheet, name="plan_sign_in_sheet"),
    path("plans/<int:pk>/code/", check_in.plan_check_in_code, name="plan_check_in_code"),
    path("meetings/<int:pk>/roster/", rosters.roster, name="roster"),
    path("meetings/<int:pk>/roster/close/", rosters.roster_close, name="roster_close"),
    path("meetings/<int:pk>/roster/reopen/", rosters.roster_reopen, name="roster_reopen"),
    path("meetings/<int:pk>/sheet/", rosters.sign_in_sheet, name="sign_in_sheet"),
    path("meetings/<int:pk>/code/", check_in.check_in_code, name="check_in_code"),
    path("check-in/", check_in.check_in, name="check_in"),
]
