"""What a worker does for accounts."""

from celery import shared_task
from django.core import mail

from . import sessions


# SMTP errors are OSErrors.
@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def send_mail(subject, body, to):
    """Send one plain message to the addresses `to`."""
    mail.send_mail(subject, body, None, to)


@shared_task
def clear_sessions():
    """Daily beat entry."""
    sessions.clear_sessions()
