"""What a worker does for assignments."""

from celery import shared_task
from django.utils import timezone

from .services.reminders import remind, send_digests

USERS_A_TASK = 200


@shared_task
def remind_people():
    """Daily beat entry: find what is due, and have it sent."""
    users = remind(on=timezone.localdate(), at=timezone.now())
    for first in range(0, len(users), USERS_A_TASK):
        send_reminders.delay(users[first : first + USERS_A_TASK])


# SMTP errors are OSErrors. What went out before the error is not sent again.
@shared_task(autoretry_for=(OSError,), retry_backoff=60, max_retries=5)
def send_reminders(users):
    """Send their digests to the users (ids)."""
    send_digests(users, on=timezone.localdate(), at=timezone.now())
