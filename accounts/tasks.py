"""What a worker does for accounts."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.core import mail
from django.utils import timezone

from . import sessions, submitting


# SMTP errors are OSErrors.
@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def send_mail(subject, body, to):
    """Send one plain message to the addresses `to`."""
    mail.send_mail(subject, body, None, to)


@shared_task
def clear_sessions():
    """Daily beat entry."""
    sessions.clear_sessions()


@shared_task
def forget_submissions():
    """Daily beat entry."""
    submitting.forget_submissions(
        before=timezone.now() - timedelta(days=settings.SUBMISSION_KEEP_DAYS)
    )
