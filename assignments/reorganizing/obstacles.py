"""What stands in the way of a reorganization, each in a sentence at the field that it concerns."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count, Max, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branches.models import (
    Attendance,
    EarlierOrganization,
    Meeting,
    Membership,
    Organization,
    Placement,
    Position,
)
from branches.periods import ONE_DAY

from ..models import Assignment, Delegation, Directive, Review


def day(on):
    return date_format(on, "SHORT_DATE_FORMAT")


class Obstacles:
    """Gathers what stands in the way; `refuse()` raises it all at once."""

    def __init__(self, on):
        self.on = on
        self.found = defaultdict(list)

    def add(self, field, sentence, **values):
        self.found[field].append(sentence % values)

    def refuse(self):
        if self.found:
            raise ValidationError(dict(self.found))

    def must_exist(self, organizations, field):
        """They exist on the day, without an end that is known already."""
        stored = Organization.objects.in_bulk([each.pk for each in organizations])
        for each in stored.values():
            if self.on not in each.validity:
                text = _("%(name)s does not exist on %(day)s.")
                self.add(field, text, name=each.name, day=day(self.on))
            elif each.validity.upper:
                text = _("%(name)s ends on %(day)s already.")
                self.add(field, text, name=each.name, day=day(each.validity.upper - ONE_DAY))

    def must_begin_before(self, organizations, field):
        """What ends, moves or is renamed has been there before the day."""
        for each in organizations:
            if each.validity.lower and each.validity.lower >= self.on:
                text = _("%(name)s begins on %(day)s only: choose a later day.")
                self.add(field, text, name=each.name, day=day(each.validity.lower))

    def no_later_facts(self, organizations):
        """Of what ends, nothing is recorded that lies on the day or after it."""
        for rows, column, sentence in _later(organizations, self.on):
            found = rows.aggregate(count=Count("pk"), latest=Max(column))
            if found["count"]:
                latest = found["latest"]
                shown = latest if isinstance(latest, int) else day(latest)
                self.add("on", sentence, count=found["count"], day=shown)

    def no_later_names(self, organization):
        later = EarlierOrganization.objects.filter(
            organization=organization, validity__endswith__gt=self.on
        )
        if row := later.order_by("-validity").first():
            text = _(
                "%(name)s was renamed or changed on %(day)s already: choose that day or later."
            )
            self.add("on", text, name=organization.name, day=day(row.validity.upper))

    def no_later_places(self, organizations):
        later = Placement.objects.filter(
            organization__in=organizations, validity__startswith__gte=self.on
        ).select_related("organization", "parent")
        for each in later:
            self.add(
                "on",
                _("%(name)s stands under %(parent)s since %(day)s: choose a later day."),
                name=each.organization.name,
                parent=each.parent.name,
                day=day(each.validity.lower),
            )

    def may_stand_under(self, children, parent, field, *, kind=None, grassroots=None):
        """The kinds fit, and the parent is there as long as the children. `kind` and `grassroots`
        are what a child is to become."""
        for each in children:
            its_kind = kind or each.kind
            its_grassroots = each.grassroots if grassroots is None else grassroots
            if not kinds_fit(its_kind, its_grassroots, parent.kind):
                self.add(
                    field,
                    _("%(name)s (%(kind)s) cannot stand under %(parent)s (%(parent_kind)s)."),
                    name=each.name,
                    kind=Organization(kind=its_kind).get_kind_display(),
                    parent=parent.name,
                    parent_kind=parent.get_kind_display(),
                )

    def not_below(self, organizations, parent, field):
        """The new parent does not stand below one that is moved."""
        ids = [each.pk for each in organizations]
        below = Organization.objects.below(*ids, on=self.on).filter(pk=parent.pk)
        if below.exists():
            text = _("%(parent)s stands below what is to be moved.")
            self.add(field, text, parent=parent.name)

    def no_later_attendance(self, members, branches):
        """Who leaves a branch that goes on is on none of its rosters from the day on."""
        found = Attendance.objects.filter(
            member__in=members,
            capacity="member",
            meeting__branch__in=branches,
            meeting__held_on__gte=self.on,
        ).aggregate(count=Count("pk"), latest=Max("meeting__held_on"))
        if found["count"]:
            text = _(
                "Members who leave are on rosters of meetings on that day or later: %(count)s, the "
                "last of %(day)s."
            )
            self.add("on", text, count=found["count"], day=day(found["latest"]))


def kinds_fit(child, grassroots, parent):
    """Whether the database lets this kind stand under that one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT may_stand_under(%s, %s, %s)", [child, grassroots, parent])
        return cursor.fetchone()[0]


def _later(organizations, on):
    """(rows, the column that dates them, sentence) of what may lie after the last day."""
    begins = Q(validity__startswith__gte=on)
    ended_year = (on - ONE_DAY).year
    yield (
        Meeting.objects.filter(branch__in=organizations, held_on__gte=on),
        "held_on",
        _("%(count)s meetings are held there on that day or later, the last on %(day)s."),
    )
    yield (
        Membership.objects.filter(begins, branch__in=organizations),
        "validity__startswith",
        _("%(count)s members belong there only from that day or a later one, the last %(day)s."),
    )
    yield (
        Position.objects.filter(begins, organization__in=organizations),
        "validity__startswith",
        _("%(count)s posts are held there from that day or a later one, the last %(day)s."),
    )
    yield (
        Placement.objects.filter(begins, parent__in=organizations),
        "validity__startswith",
        _("%(count)s organizations come below it on that day or later, the last on %(day)s."),
    )
    yield (
        Placement.objects.filter(begins, organization__in=organizations),
        "validity__startswith",
        _("It was moved on that day or later, the last time on %(day)s (%(count)s)."),
    )
    yield (
        EarlierOrganization.objects.filter(
            Q(validity__contains=on) | begins, organization__in=organizations
        ),
        "validity__endswith",
        _("It was renamed or changed after that day, the last time on %(day)s (%(count)s)."),
    )
    yield (
        Assignment.objects.filter(begins, target__in=organizations),
        "validity__startswith",
        _("%(count)s assignments there begin on that day or later, the last on %(day)s."),
    )
    yield (
        Review.objects.filter(
            assignment__target__in=organizations,
            assignment__validity__contains=on,
            year__gt=ended_year,
        ),
        "year",
        _("%(count)s reviews of assignments there are of a later year, up to %(day)s."),
    )
    yield (
        Directive.objects.filter(issuer__in=organizations, issued_on__gte=on),
        "issued_on",
        _("It issued %(count)s documents on that day or later, the last on %(day)s."),
    )
    yield (
        Delegation.objects.filter(organization__in=organizations, held_on__gte=on),
        "held_on",
        _("%(count)s delegations come there on that day or later, the last on %(day)s."),
    )
