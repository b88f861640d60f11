"""What is done with many members at once: all or nothing, in a fixed number of queries.

Each action is a class with the values of its form: `problems()` says of which members it cannot be
done and why, `unchanged()` whom it would leave as they are, `apply()` does it. `check()` and
`do_all()` are what views call.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Func, Value
from django.utils.translation import gettext as _

from ..models import EarlierPersonClass, Member, Membership, MemberStatus
from ..periods import ONE_DAY, period
from ..refusals import told_at
from .members import IN_A_BRANCH, check_branch, day_text
from .rights import editable_members, require_organization
from .statuses import ONE_STATUS, STATUS_VALUES

MOST_MEMBERS = 5000


@dataclass
class Plan:
    """What an action would do: `changed` and `unchanged` are members, `problems` pairs (member,
    sentence); with a problem nothing is done."""

    changed: list = field(default_factory=list)
    unchanged: list = field(default_factory=list)
    problems: list = field(default_factory=list)


class Action:
    """values: what the form says; members: those it is about."""

    def __init__(self, members, values):
        self.members, self.values = members, values
        self.ids = [member.pk for member in members]

    def check_values(self, *, by, on):
        """Raise ValidationError or PermissionDenied for what is wrong whoever it is about."""

    def is_unchanged(self, member):
        return False

    def problem(self, member):
        """Why it cannot be done with this member; "" when it can."""
        return ""


class Transfer(Action):
    def check_values(self, *, by, on):
        require_organization(self.values["branch"], by=by, on=on)
        check_branch(self.values["branch"], since=self.values["since"], field="since")

    @cached_property
    def last(self):
        """{id of a member: the latest membership}"""
        rows = Membership.objects.filter(member__in=self.ids).order_by("member_id", "-validity")
        return {row.member_id: row for row in rows.distinct("member_id")}

    def is_unchanged(self, member):
        last = self.last[member.pk]
        return last.branch_id == self.values["branch"].pk and last.validity.upper is None

    def problem(self, member):
        last, since = self.last[member.pk].validity, self.values["since"]
        if member.left_on:
            return _("The member left on %(day)s.") % {"day": day_text(member.left_on)}
        if last.lower >= since:
            text = _("The member came to the present branch on %(day)s: a transfer is later.")
            return text % {"day": day_text(last.lower)}
        if last.upper and since < last.upper:
            text = _("The member belongs to the present branch until %(day)s.")
            return text % {"day": day_text(last.upper - ONE_DAY)}
        return ""

    def apply(self, members):
        since, branch = self.values["since"], self.values["branch"]
        going = [self.last[member.pk].pk for member in members]
        ended = Func(
            Func(F("validity"), function="lower"),
            Value(since),
            function="daterange",
            output_field=DateRangeField(),
        )
        Membership.objects.filter(pk__in=going, validity__upper_inf=True).update(validity=ended)
        with told_at("branch", IN_A_BRANCH):
            Membership.objects.bulk_create(
                Membership(member=member, branch=branch, validity=period(since))
                for member in members
            )


class SetStatus(Action):
    @property
    def days(self):
        return period(self.values["since"], self.values["until"])

    @cached_property
    def overlapping(self):
        """{id of a member: a status that holds on one of the days}"""
        rows = MemberStatus.objects.filter(member__in=self.ids, validity__overlap=self.days)
        return {row.member_id: row for row in rows}

    def problem(self, member):
        since = self.values["since"]
        if since < member.admitted_on:
            return _("The member was admitted on %(day)s.") % {"day": day_text(member.admitted_on)}
        if member.left_on and since >= member.left_on:
            return _("The member left on %(day)s.") % {"day": day_text(member.left_on)}
        if other := self.overlapping.get(member.pk):
            text = _("“%(status)s” holds since %(first)s on these days.")
            first = day_text(other.validity.lower)
            return text % {"status": other.get_status_display(), "first": first}
        return ""

    def apply(self, members):
        values = {name: self.values[name] for name in STATUS_VALUES}
        with told_at("since", ONE_STATUS):
            MemberStatus.objects.bulk_create(
                MemberStatus(member=member, validity=self.days, **values) for member in members
            )


class ChangeClass(Action):
    @cached_property
    def last(self):
        """{id of a member: the class before the present one}"""
        rows = EarlierPersonClass.objects.filter(member__in=self.ids)
        latest = rows.order_by("member_id", "-validity").distinct("member_id")
        return {row.member_id: row for row in latest}

    def begun(self, member):
        """Since when the present class holds; None for always."""
        last = self.last.get(member.pk)
        return last.validity.upper if last else None

    def is_unchanged(self, member):
        return member.person_class == self.values["person_class"]

    def problem(self, member):
        begun, since = self.begun(member), self.values["class_since"]
        if begun and since < begun:
            text = _("The present class holds since %(day)s: a change begins on it or later.")
            return text % {"day": day_text(begun)}
        return ""

    def apply(self, members):
        since, person_class = self.values["class_since"], self.values["person_class"]
        EarlierPersonClass.objects.bulk_create(
            EarlierPersonClass(
                member=member,
                validity=period(self.begun(member), since - ONE_DAY),
                person_class=member.person_class,
            )
            for member in members
            if self.begun(member) != since
        )
        # From the same day on it corrects the last change; what was before may hold again.
        back = [
            self.last[member.pk].pk
            for member in members
            if self.begun(member) == since and self.last[member.pk].person_class == person_class
        ]
        EarlierPersonClass.objects.filter(pk__in=back).delete()
        ids = [member.pk for member in members]
        Member.objects.filter(pk__in=ids).update(person_class=person_class)


class ChangeOccupation(Action):
    def is_unchanged(self, member):
        return member.occupation == self.values["occupation"]

    def apply(self, members):
        ids = [member.pk for member in members]
        Member.objects.filter(pk__in=ids).update(occupation=self.values["occupation"])


ACTIONS = {
    "transfer": Transfer,
    "status": SetStatus,
    "person_class": ChangeClass,
    "occupation": ChangeOccupation,
}


def check(name, members, values, *, by, on):
    """What the action of this name would do with the members. Raises ValidationError for values
    that are wrong for everybody."""
    return _plan(ACTIONS[name](members, values), by=by, on=on)


@transaction.atomic
def do_all(name, members, values, *, by, on):
    """Do it with all of the members, or with none; returns the plan. Raises ValidationError when
    somebody cannot be changed."""
    ids = [member.pk for member in members]
    locked = Member.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    action = ACTIONS[name](list(locked), values)
    plan = _plan(action, by=by, on=on)
    if plan.problems:
        raise ValidationError(_("Somebody can no longer be changed: nothing was saved."))
    if plan.changed:
        action.apply(plan.changed)
    return plan


def _plan(action, *, by, on):
    action.check_values(by=by, on=on)
    editable = set(
        editable_members(by, on=on).filter(pk__in=action.ids).values_list("pk", flat=True)
    )
    plan = Plan()
    for member in action.members:
        if member.pk not in editable:
            plan.problems.append((member, _("You do not enter data of this member.")))
        elif action.is_unchanged(member):
            plan.unchanged.append(member)
        elif problem := action.problem(member):
            plan.problems.append((member, problem))
        else:
            plan.changed.append(member)
    return plan
