"""Anonymising members who left, when the retention period of each table has passed.

What tells who somebody was or what was said of them goes; what reports count stays: that a member
of this branch, class and year was rated so. docs/data-protection.md has the table.
"""

import secrets
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import connection
from django.db.models import Case, Q, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.recording import log_access, recording
from accounts.sessions import end_sessions
from assignments.models import (
    Ending,
    Fitness,
    OwnPlan,
    Review,
    Task,
    TaskCheck,
    TaskClosing,
    TaskEvidence,
    TaskStep,
    Visit,
)
from assignments.reorganizing.trail import TABLES as REORGANIZED
from branches.models import (
    Attendance,
    Discipline,
    Member,
    MemberStatus,
    Position,
    Reorganization,
    StoredFile,
)

from .models import Comment, Decision, Deduction, Objection, Proposal, RollUp, SelfReview

NOBODY = "Đã ẩn danh"  # kept in the data, so in the language of the data
# Columns beside those of the tables with a period of their own: they go with the member's row.
WITH_THE_MEMBER = {
    Member: (
        "full_name",
        "code",
        "birth_date",
        "gender",
        "official_on",
        "occupation",
        "left_note",
        "identity_number",
        "phone",
        "email",
    ),
    User: ("username", "first_name", "last_name", "email"),
    EmailAddress: ("email",),
    Authenticator: ("data",),
    SocialAccount: ("uid", "extra_data"),
    RollUp: ("warnings",),
}


VISIT_TEXTS = (
    "note",
    "remarks",
    "withdrawal_reason",
    "stated_reason",
    "decision_reason",
    "dispute_reason",
)


REVIEW_TEXTS = ("strengths", "shortcomings", "causes", "mended", "plans")


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


def _hidden(column):
    """What stands in a column afterwards that says something only where something was said."""
    return Case(When(**{column: ""}, then=Value("")), default=Value(NOBODY))


# By the names of settings.RETENTION_YEARS. accounts/sql/redaction.sql has the same columns.
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
    # Titles are part of what tells positions apart, see below.
    "positions": Texts(Position, "member", {"title": NOBODY, "field": "", "end_reason": ""}),
    "attendance": Texts(Attendance, "member", {"reason": ""}),
    "tasks": Texts(Task, "member", {"title": NOBODY, "category": ""}),
    "task_steps": Texts(TaskStep, "task__member", {"text": NOBODY, "changes": {}}),
    "visits": Texts(Visit, "member", {column: _hidden(column) for column in VISIT_TEXTS}),
    "closings": Texts(TaskClosing, "task__member", {"reason": NOBODY}),
    "fitness": Texts(Fitness, "member", {"circumstances": NOBODY, "field": "", "spared": ""}),
    "own_plans": Texts(OwnPlan, "task__member", {"steps": NOBODY}),
    "task_checks": Texts(TaskCheck, "task__member", {"note": ""}),
    "endings": Texts(Ending, "assignment__member", {"reason": NOBODY}),
    "reviews": Texts(Review, "assignment__member", {"comment": ""}),
    "deductions": Texts(Deduction, "member", {"reason": NOBODY}),
    "objections": Texts(Objection, "member", {"text": NOBODY, "answer": NOBODY}),
    "self_reviews": Texts(SelfReview, "appraisal__member", dict.fromkeys(REVIEW_TEXTS, "")),
    "comments": Texts(
        Comment,
        "appraisal__member",
        {column: _hidden(column) for column in ("text", "place", "not_needed")},
    ),
    "proposals": Texts(Proposal, "appraisal__member", {"note": ""}),
    "decisions": Texts(Decision, "appraisal__member", {"reason": _hidden("reason")}),
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
    left = members.filter(anonymised_on=None, left_on__lt=on, merged_into=None)
    years = settings.RETENTION_YEARS["members"]
    return left.filter(left_on__lt=_years_before(on, years)).order_by("left_on", "pk")


def due_again(*, on):
    """The ids of members anonymised before, of whom another table's period has passed since."""
    anonymised = Member.objects.filter(anonymised_on__lt=on, merged_into=None).order_by("pk")
    return [
        member.pk
        for member in anonymised
        if any(member.anonymised_on <= retained_until(member, table) < on for table in TEXTS)
    ]


def why_not_yet(member, *, on):
    """Why the member cannot be anonymised on the day, as a sentence; "" when they can."""
    if member.merged_into_id:
        return _("This record was merged into another one, and is anonymised with that.")
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
    """Take out what tells who the member was, here and in the audit trail, of all records that
    were merged into this one as well.

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
        done = [table for table in TEXTS if retained_until(member, table) < on]
        for record in _records_of(member):
            _anonymise_record(record, done, member, on=on)
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


def _records_of(member):
    """The member, and what was merged into them, and into those."""
    records = level = [member]
    while level := list(Member.objects.select_for_update().filter(merged_into__in=level)):
        records = records + level
    return records


def _anonymise_record(record, done, member, *, on):
    if record.anonymised_on is None:
        if record.left_on is None:  # merged before the person left
            record.left_on, record.left_reason = member.left_on, member.left_reason
        _forget_person(record, on=on)
        _forget_account(record)
    Member.objects.filter(pk=record.pk).update(anonymised_on=on)
    for table in done:
        _forget_texts(table, record)
    _forget_in_reorganizations(record, [TEXTS[table] for table in done])
    _redact(record, done)


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
    for model in (EmailAddress, SocialAccount, Authenticator):
        model.objects.filter(user=user).delete()
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
    if table == "task_steps":
        _forget_evidence(member)
    if table == "visits":
        _forget_photos(member)


def _forget_evidence(member):
    """Photos of what somebody did show who did it."""
    evidence = TaskEvidence.objects.filter(step__task__member=member)
    files = list(evidence.values_list("file", flat=True))
    evidence.delete()
    StoredFile.objects.filter(pk__in=files).delete()


def _forget_photos(member):
    visits = Visit.objects.filter(member=member, photo__isnull=False)
    files = list(visits.values_list("photo", flat=True))
    visits.update(photo=None)
    StoredFile.objects.filter(pk__in=files).delete()


def _forget_in_reorganizations(member, forgotten):
    """What a reorganization keeps to be shown are whole rows, those of posts and tasks with their
    texts: in them stands from now on what stands in the rows themselves."""
    for texts in forgotten:
        table = texts.model._meta.db_table
        if table not in REORGANIZED:
            continue
        about = [{"table": table, when: {"member_id": member.pk}} for when in ("before", "after")]
        touching = Q(changes__contains=about[:1]) | Q(changes__contains=about[1:])
        for reorganization in Reorganization.objects.filter(touching):
            own = [each for each in reorganization.changes if _is_of(member, table, each)]
            now = texts.model.objects.in_bulk([each["id"] for each in own])
            for change in own:
                row = now.get(change["id"])
                values = {name: getattr(row, name, blank) for name, blank in texts.blank.items()}
                for stored in filter(None, (change["before"], change["after"])):
                    stored.update(values)
            reorganization.save(update_fields=["changes"])


def _is_of(member, table, change):
    rows = [row for row in (change["before"], change["after"]) if row]
    return change["table"] == table and any(row.get("member_id") == member.pk for row in rows)


def _redact(member, done):
    models = [*WITH_THE_MEMBER, *(TEXTS[table].model for table in done)]
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_redact_member(%s, %s)", [member.pk, tables])


def _years_before(on, years):
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February
        return on.replace(year=on.year - years, day=28)
