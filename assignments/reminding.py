"""What people are reminded of: found by one statement (sql/reminders.sql), said in a sentence each.

A reminder is true or not at the moment it is looked at; the rows of `Reminder` only keep that it
was said. So a page never shows what is done meanwhile, and no message tells of it.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.choices import MeetingKind

from .choices import ReminderKind

SQL = (Path(__file__).parent / "sql" / "reminders.sql").read_text(encoding="utf-8")
NOTE_SQL = f"""
INSERT INTO assignments_reminder (user_id, kind, key, found_at)
SELECT user_id, kind, key, %(at)s FROM ({SQL}) AS found
ON CONFLICT (user_id, kind, key) DO NOTHING
"""  # noqa: S608 - both are our own
LOOK_BACK = 60  # days after which what was left undone is no news any more
# Meetings that members must attend, as the rating sets count them.
REQUIRED_KINDS = [MeetingKind.REGULAR, MeetingKind.THEMATIC]


@dataclass(frozen=True)
class Due:
    """One thing to remind a user of.

    place, member, task  names of what it is about, with the ids; the last two not in every kind
    day       the last day to act, or since when; each kind has its own sentence
    number    visits that are missing, months missed, confirmations that wait, branches that are
              late; else 0
    is_aside  whether the user has put it aside
    """

    user_id: int
    kind: str
    key: str
    place_id: int
    place: str
    member_id: int | None
    member: str | None
    task_id: int | None
    task: str | None
    day: date
    number: int
    is_aside: bool

    def words(self, *, on):
        """The sentence, as of the day `on`."""
        return _SENTENCES[self.kind](self, on)

    def address(self):
        """Where one does something about it."""
        return _ADDRESSES[self.kind](self)


def due_for(user, *, on):
    """What the user is to be reminded of on the day and has not put aside: [Due], the most urgent
    first within each kind, the kinds in their order. One query."""
    return [each for each in find_due([user.pk], on=on) if not each.is_aside]


def find_due(users, *, on):
    """The same for several users (a list of ids), with what they put aside."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, _parameters(users, on))
        found = [Due(*row) for row in cursor.fetchall()]
    order = ReminderKind.values
    return sorted(found, key=lambda each: (order.index(each.kind), each.day, each.key))


def note_due(*, on, at):
    """Write down what is to be said on the day and was not before. Returns how many were new."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE_SQL, _parameters(None, on) | {"at": at})
        return cursor.rowcount


def _parameters(users, on):
    return {
        "users": users,
        "day": on,
        "kinds": REQUIRED_KINDS,
        "zone": settings.TIME_ZONE,
        "look_back": LOOK_BACK,
        "visit_days": settings.REMIND_VISIT_DAYS,
        "task_days": settings.REMIND_TASK_DAYS,
        "confirm_days": settings.REMIND_CONFIRM_DAYS,
        "exemption_days": settings.REMIND_EXEMPTION_DAYS,
    }


def tell_of(kind, *, sentence, address):
    """Let a later room say what it reminds of: `sentence` takes a Due and the day, `address` a Due.
    What is true of the kind the statement asks the database, where that room has its function."""
    _SENTENCES[kind], _ADDRESSES[kind] = sentence, address


def _visit_due(due, on):
    return ngettext(
        "%(number)s visit to %(place)s is still due by %(day)s.",
        "%(number)s visits to %(place)s are still due by %(day)s.",
        due.number,
    ) % {"number": due.number, "place": due.place, "day": _day(due.day)}


def _task_due(due, on):
    values = {"task": due.task, "day": _day(due.day)}
    if due.day < on:
        return _("The task “%(task)s” was due on %(day)s and is not reported.") % values
    return _("The task “%(task)s” is due on %(day)s.") % values


def _roster_missing(due, on):
    return _("The meeting of %(branch)s on %(day)s has no roster yet.") % {
        "branch": due.place,
        "day": _day(due.day),
    }


def _confirmation_waiting(due, on):
    return ngettext(
        "%(number)s visit or task waits for the confirmation of %(place)s, since %(day)s.",
        "%(number)s visits and tasks wait for the confirmation of %(place)s, the first since "
        "%(day)s.",
        due.number,
    ) % {"number": due.number, "place": due.place, "day": _day(due.day)}


def _exemption_ending(due, on):
    return _("The exemption or temporary absence of %(member)s (%(branch)s) ends on %(day)s.") % {
        "member": due.member,
        "branch": due.place,
        "day": _day(due.day),
    }


def _absent_months(due, on):
    return ngettext(
        "%(member)s (%(branch)s) missed all meetings of %(number)s month of this year without a "
        "reason. Three months may cost the membership (Article 8 of the Party's Statutes).",
        "%(member)s (%(branch)s) missed all meetings of %(number)s months of this year without a "
        "reason. Three months may cost the membership (Article 8 of the Party's Statutes).",
        due.number,
    ) % {"member": due.member, "branch": due.place, "number": due.number}


def _day(day):
    return date_format(day, "SHORT_DATE_FORMAT")


_SENTENCES = {
    ReminderKind.VISIT_DUE: _visit_due,
    ReminderKind.TASK_DUE: _task_due,
    ReminderKind.ROSTER_MISSING: _roster_missing,
    ReminderKind.CONFIRMATION_WAITING: _confirmation_waiting,
    ReminderKind.EXEMPTION_ENDING: _exemption_ending,
    ReminderKind.ABSENT_MONTHS: _absent_months,
}
_ADDRESSES = {
    ReminderKind.VISIT_DUE: lambda due: reverse("assignments:my_work"),
    ReminderKind.TASK_DUE: lambda due: reverse("assignments:task", args=[due.task_id]),
    ReminderKind.ROSTER_MISSING: lambda due: (
        f"{reverse('assignments:calendar')}?org={due.place_id}&month={due.day:%Y-%m}"
    ),
    ReminderKind.CONFIRMATION_WAITING: lambda due: (
        f"{reverse('assignments:confirmations')}?org={due.place_id}"
    ),
    ReminderKind.EXEMPTION_ENDING: lambda due: reverse("branches:member", args=[due.member_id]),
    ReminderKind.ABSENT_MONTHS: lambda due: reverse("branches:member", args=[due.member_id]),
}
