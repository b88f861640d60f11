"""Reminding people by e-mail, once of each thing, and what they choose about it."""

from collections import defaultdict

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import ngettext

from ..choices import DigestRhythm
from ..models import Reminder, ReminderChoice
from ..reminding import find_due, note_due

MONDAY = 0


def remind(*, on, at):
    """Write down what is due on the day. Returns the ids of the users who get a message today."""
    note_due(on=on, at=at)
    if not settings.EMAIL_CONFIGURED:
        return []
    told_today = Q(reminder_choice=None) | Q(reminder_choice__rhythm=DigestRhythm.DAILY)
    if on.weekday() == MONDAY:
        told_today |= Q(reminder_choice__rhythm=DigestRhythm.WEEKLY)
    users = get_user_model().objects.filter(told_today, is_active=True).exclude(email="")
    unsent = Reminder.objects.filter(sent_at=None, put_aside_at=None)
    users = users.filter(pk__in=unsent.values("user")).order_by("pk")
    return list(users.values_list("pk", flat=True))


def send_digests(users, *, on, at):
    """Send each of the users (ids) one message with what is due on the day and was not sent yet.

    What a message holds is marked as sent before it goes out: a worker that is killed, or a copy of
    the work, never says a thing twice. A message that the mail server refuses is marked as not
    sent again, and the error goes on to whoever repeats. Returns the number of messages.
    """
    due = defaultdict(list)
    for each in find_due(users, on=on):
        due[each.user_id].append(each)
    sent = 0
    for user in get_user_model().objects.filter(pk__in=users).select_related("member"):
        sent += _send_digest(user, due[user.pk], on=on, at=at)
    return sent


def put_aside(user, *, kind, key, at):
    """Show this reminder to the user no more. Returns whether it was shown until now."""
    _row, made = Reminder.objects.update_or_create(
        user=user,
        kind=kind,
        key=key,
        defaults={"put_aside_at": at},
        create_defaults={"put_aside_at": at, "found_at": at},
    )
    return made


def choose(user, *, rhythm, muted):
    """How the user wants to be reminded: a key of DigestRhythm, and kinds to say nothing of."""
    ReminderChoice.objects.update_or_create(
        user=user, defaults={"rhythm": rhythm, "muted": sorted(muted)}
    )


def _send_digest(user, due, *, on, at):
    claimed = _claim(user, {(each.kind, each.key) for each in due}, at=at)
    lines = [each for each in due if (each.kind, each.key) in claimed]
    if not lines:
        return 0
    subject = ngettext("%(number)s reminder", "%(number)s reminders", len(lines)) % {
        "number": len(lines)
    }
    body = render_to_string(
        "assignments/reminders_mail.txt",
        {
            "called": user.called(),
            "lines": [(each.words(on=on), _link(each.address())) for each in lines],
            "choices": _link("/reminders/choices/"),
        },
    )
    try:
        mail.send_mail(settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + subject, body, None, [user.email])
    except OSError:  # SMTP errors are OSErrors
        Reminder.objects.filter(user=user, sent_at=at).update(sent_at=None)
        raise
    return 1


def _claim(user, true, *, at):
    """Mark as sent what was not sent to the user and is `true`, pairs (kind, key); forget what is
    so no more, which may come again. Of two who do it at once one gets nothing."""
    with transaction.atomic():
        rows = Reminder.objects.select_for_update(skip_locked=True)
        unsent = list(rows.filter(user=user, sent_at=None, put_aside_at=None))
        claimed = [row for row in unsent if (row.kind, row.key) in true]
        gone = {row.pk for row in unsent} - {row.pk for row in claimed}
        Reminder.objects.filter(pk__in=gone).delete()
        Reminder.objects.filter(pk__in=[row.pk for row in claimed]).update(sent_at=at)
    return {(row.kind, row.key) for row in claimed}


def _link(path):
    """The whole address of a page, or "" where the site does not know its own name."""
    return settings.SITE_URL + path if settings.SITE_URL else ""
