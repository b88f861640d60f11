"""Addresses of the pages of reminders."""

from django.urls import path

from ..views import reminders

urlpatterns = [
    path("reminders/", reminders.reminder_list, name="reminders"),
    path("reminders/choices/", reminders.reminder_choices, name="reminder_choices"),
    path("reminders/put-aside/", reminders.reminder_put_aside, name="reminder_put_aside"),
]
