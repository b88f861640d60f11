"""How what a check found is put right: one function, one transaction."""

from datetime import timedelta

from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import DateField, Exists, F, Func, OuterRef, Q, Value
from django.utils.translation import gettext as _

from assignments.models import Assignment
from branches.models import (
    Attendance,
    DistinctMembers,
    Member,
    Membership,
    Organization,
    Position,
)
from branches.periods import last_day, period


def repairable_members(user, *, on):
    """Members whose last branch so far the user looks after, also those without one today."""
    later = Membership.objects.filter(
        member=OuterRef("member"),
        validity__startswith__gt=OuterRef("validity__startswith"),
        validity__startswith__lte=on,
    )
    last = Membership.objects.filter(
        ~Exists(later),
        member=OuterRef("pk"),
        branch__in=user.scope_for("repair_data", on=on).values("pk"),
        validity__startswith__lte=on,
    )
    return Member.objects.filter(Exists(last), merged_into=None, anonymised_on=None)


def repairable_units(user, *, on):
    """Organizations that the user looks after and that ended by the day."""
    scope = user.scope_for("repair_data", on=on).values("pk")
    return Organization.objects.filter(pk__in=scope, validity__endswith__lte=on)


def repairable_attendance(user, *, on):
    scope = user.scope_for("repair_data", on=on).values("pk")
    return Attendance.objects.filter(meeting__branch__in=scope)


def say_distinct(one, other, *, by, on):
    """Two who look like one are two: they are not shown again."""
    first, second = sorted((one, other), key=lambda each: each.pk)
    DistinctMembers.objects.get_or_create(
        one=first, other=second, defaults={"said_by": by, "said_on": on}
    )


def place_member(member, branch, *, since):
    """The member belongs to the branch from the day on. Raises ValidationError by field."""
    if member.admitted_on > since:
        raise ValidationError({"since": _("This is before the admission.")})
    if not Organization.objects.valid_on(since).filter(pk=branch.pk).exists():
        raise ValidationError({"since": _("The branch does not exist on this day.")})
    _write("since", lambda: _belong(member, branch, since))


def _belong(member, branch, since):
    Membership.objects.create(member=member, branch=branch, validity=period(since))


@transaction.atomic
def settle_unit(unit, *, successor):
    """What still belongs to an organization that ended: its members go to the successor the day
    after, its assignments and positions end with it. Returns how many of each, in this order."""
    last = last_day(unit.validity)
    since = last + timedelta(days=1)
    open_ended = {"validity__contains": since, "validity__startswith__lte": last}
    members = Membership.objects.filter(branch=unit, **open_ended)
    stayed = Q(member__left_on=None) | Q(member__left_on__gt=last)
    people = list(members.filter(stayed).values_list("member", flat=True))
    if people and successor is None:
        raise ValidationError({"successor": _("It still has members: say where they go.")})
    _end(members, last)
    counts = [len(people)]
    Membership.objects.bulk_create(
        Membership(member_id=pk, branch=successor, validity=period(since)) for pk in people
    )
    for rows in (
        Assignment.objects.filter(target=unit, **open_ended),
        Position.objects.filter(organization=unit, **open_ended),
    ):
        counts.append(_end(rows, last))
    return counts


def _end(rows, last):
    """End the periods of the rows on the day `last`, in one statement; how many they were."""
    first = Func(F("validity"), function="lower", output_field=DateField())
    ended = Func(
        first, Value(last + timedelta(days=1)), function="daterange", output_field=DateRangeField()
    )
    return rows.update(validity=ended)


def remove_attendance(row):
    row.delete()


def count_as_assigned(row):
    """The person came as the assigned cadre. Raises ValidationError without such an assignment."""
    held_on = row.meeting.held_on
    above = [each.pk for each in Organization.objects.above(row.meeting.branch, on=held_on)]
    assigned = Assignment.objects.filter(member=row.member, target__in=above).valid_on(held_on)
    if not assigned.exists():
        raise ValidationError(
            {"repair": _("On that day the person was not assigned to this branch.")}
        )
    row.capacity = "assigned"
    row.save(update_fields=["capacity"])


def _write(field, write):
    """What the database refuses is told at the field of this name."""
    try:
        with transaction.atomic():
            write()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise ValidationError({field: error.__cause__.diag.message_primary}) from error
