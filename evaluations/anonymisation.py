"""Anonymising members who left, when the retention period of each table has passed.

What tells who somebody was or what was said of them goes; what reports count stays: that a member
of this branch, class and year was rated so. docs/data-protection.md has the table.
"""

import secrets
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.recording import log_access, recording
from accounts.sessions import end_sessions
from assignments.models import Review, Task
from branches.models import Discipline, Member, MemberStatus, Position

from .models import Deduction, RollUp

NOBODY = "Đã ẩn danh"  # kept in the data, so in the language of the data
# What the trail holds of members beside the tables with a period of their own.
WITH_THE_MEMBER = ("branches_member", "accounts_user", "evaluations_rollup")


class NotYet(Exception):
    """The member cannot be anonymised; the message says why, and what could be done."""


@dataclass(frozen=True)
class Texts:
    """Columns of a table that tell of a member: {column: what stands in them afterwards}."""

    model: type
    member: str
    blank: dict

    def of(self, member):
        return self.model.objects.filter(**{self.member: member}).exclude(**self.blank)


# By the names of settings.RETENTION_YEARS.
TEXTS = {
    "statuses": Texts(
        MemberStatus,
        "member",
        {
            "reason": "",
            "decision_number": "",
            "decided_on": None,
            "issuer": "",
            "receiving_place": "",
        },
    ),
    "disciplines": Texts(Discipline, "member", {"note": "", "decision_number": "", "issuer": ""}),
    # And their titles, see below.
    "positions": Texts(Position, "member", {"field": "", "end_reason": ""}),
    "tasks": Texts(Task, "member", {"title": NOBODY, "category": ""}),
    "reviews": Texts(Review, "assignment__member", {"comment": ""}),
    "deductions": Texts(Deduction, "member", {"reason": NOBODY}),
}


def retained_until(member, table="members"):
    """The last day on which the table keeps what tells of a member who left."""
    year = member.left_on.year + settings.RETENTION_YEARS[table]
    try:
        return member.left_on.replace(year=year)
    except ValueError:  # 29 February
        return member.left_on.replace(year=year, day=28)


def due_members(members, *, on):
    """Of a queryset of members those who left, whose period has passed and who are not anonymised
    yet; a member is due when the row itself is (`RETENTION_YEARS["members"]`)."""
    left = members.filter(anonymised_on=None, left_on__lt=on).order_by("left_on", "pk")
    years = settings.RETENTION_YEARS["members"]
    return left.filter(left_on__lt=_years_before(on, years))


def due_again(*, on):
    """The ids of members anonymised before, of whom another table's period has passed since."""
    anonymised = Member.objects.filter(anonymised_on__lt=on).order_by("pk")
    return [
        member.pk
        for member in anonymised
        if any(member.anonymised_on <= retained_until(member, table) < on for table in TEXTS)
    ]


def why_not_yet(member, *, on):
    """Why the member cannot be anonymised on the day, as a sentence; "" when they can."""
    if member.left_on is None or member.left_on > on:
        return _("This member has not left the Party: only who left is anonymised.")
    if retained_until(member) >= on:
        return _("The retention period runs until %(day)s.") % {
            "day": date_format(retained_until(member), "SHORT_DATE_FORMAT")
        }
    user = User.objects.filter(member=member).first()
    if user and user.grants.valid_on(on).exists():
        return _("Their account holds grants: withdraw them first.")
    return ""


def anonymise_member(member, *, by, on, at, reason):
    """Take out what tells who the member was, here and in the audit trail.

    by      the user who does it, None on the command line
    on, at  the day whose periods count, and the moment
    reason  why, for the trail; must not be empty

    May be repeated, and then takes out what became due since. Returns the names of the tables
    (keys of RETENTION_YEARS) that keep nothing any more. Raises NotYet.
    """
    with recording(user=by, reason=reason):
        member = Member.objects.select_for_update().get(pk=member.pk)
        if refusal := why_not_yet(member, on=on):
            raise NotYet(refusal)
        if member.anonymised_on is None:
            _forget_person(member, on=on)
            _forget_account(member)
        Member.objects.filter(pk=member.pk).update(anonymised_on=on)
        done = [table for table in TEXTS if retained_until(member, table) < on]
        for table in done:
            _forget_texts(table, member)
        _redact(member, done)
        log_access("member_anonymised", by=by, at=at, member=member)
    return ["members", *done]


def anonymise_due(*, on, at):
    """Anonymise everybody who is due, one transaction each. Returns (members, refusals): those who
    were anonymised, and [(member, why not)]."""
    reason = _("The retention period has passed.")
    done, refused = [], []
    first_time = due_members(Member.objects.all(), on=on).values_list("pk", flat=True)
    ids = [*first_time, *due_again(on=on)]
    for member in Member.objects.filter(pk__in=ids).order_by("pk").iterator():
        try:
            anonymise_member(member, by=None, on=on, at=at, reason=reason)
            done.append(member)
        except NotYet as error:
            refused.append((member, str(error)))
    return done, refused


def _forget_person(member, *, on):
    """Reports need when somebody was admitted and left, and why, and of which class."""
    code, member.code = member.code, f"an-{secrets.token_hex(8)}"
    member.full_name, member.anonymised_on = NOBODY, on
    member.birth_date = member.official_on = None
    member.gender = member.occupation = member.left_note = ""
    member.identity_number = member.phone = member.email = ""
    member.save()
    # Warnings of roll-ups name members without a branch.
    for roll_up in RollUp.objects.filter(warnings__contains=[{"member": code}]):
        for warning in roll_up.warnings:
            if warning.get("member") == code:
                warning |= {"member": member.code, "name": NOBODY}
        roll_up.save(update_fields=["warnings"])


def _forget_account(member):
    """The trail says who did what by the id of the account, which stays, closed."""
    user = User.objects.filter(member=member).first()
    if user is None:
        return
    end_sessions(user)
    EmailAddress.objects.filter(user=user).delete()
    user.saved_views.all().delete()
    user.username, user.email, user.first_name, user.last_name = member.code, "", "", ""
    user.is_active = False
    user.set_unusable_password()
    user.save()


def _forget_texts(table, member):
    texts = TEXTS[table]
    if table == "positions":
        # Titles are part of what tells positions apart.
        for number, position in enumerate(texts.model.objects.filter(member=member), start=1):
            position.title = f"{NOBODY} {number}"
            position.field = position.end_reason = ""
            position.save(update_fields=["title", "field", "end_reason"])
        return
    texts.of(member).update(**texts.blank)


def _redact(member, done):
    tables = [*WITH_THE_MEMBER, *(TEXTS[table].model._meta.db_table for table in done)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_redact_member(%s, %s)", [member.pk, tables])


def _years_before(on, years):
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February
        return on.replace(year=on.year - years, day=28)
