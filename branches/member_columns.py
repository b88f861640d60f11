"""The columns that a list of members can have, on the page and in a download alike."""

from dataclasses import dataclass

import django_tables2 as tables
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import BooleanField, Case, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from .choices import ActivityStatus, Gender, LeftReason, PersonClass
from .masking import CARD_NUMBER, CONTACT, IDENTITY_NUMBER, MASKED_COLUMNS
from .models import EarlierOrganization, Membership, Position
from .querysets import opened_to
from .tables import CODE, DayColumn, MemberTable, NumberColumn

OPENED = {CARD_NUMBER: "card_opened", CONTACT: "contact_opened", IDENTITY_NUMBER: "identity_opened"}
LABELS = {
    "name": _("Full name"),
    "code": _("Party card"),
    "birth_date": _("Birth date"),
    "age": _("Age"),
    "gender": _("Gender"),
    "branch": _("Branch"),
    "branch_since": _("In the branch since"),
    "person_class": _("Class"),
    "status": _("Status"),
    "posts": _("Positions"),
    "occupation": _("Occupation"),
    "admitted_on": _("Admitted on"),
    "official_on": _("Official on"),
    "left_on": _("Left on"),
    "left_reason": _("Reason for leaving"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "identity_number": _("Identity number"),
}
SHOWN = ("name", "code", "birth_date", "branch", "person_class", "status")
CHOICES = {
    "gender": Gender,
    "person_class": PersonClass,
    "status": ActivityStatus,
    "left_reason": LeftReason,
}
# Columns of what may happen after the day that is looked at, and the day on which it does.
LATER = {"left_on": "left_on", "left_reason": "left_on", "official_on": "official_on"}
STORED = {"name": "full_name", "branch": "branch_name_on", "posts": "posts_on"}


class SelectColumn(tables.CheckBoxColumn):
    """A box to tick in each row, for the form `bulk` of the page."""

    def __init__(self):
        box = {
            "form": "bulk",
            "name": "ids",
            "class": "form-check-input",
            "aria-label": lambda record: record.full_name,
        }
        attrs = {"td": {"class": "select"}, "td__input": box}
        super().__init__(accessor="pk", orderable=False, attrs=attrs)

    @property
    def header(self):
        return _("Choose")


class MemberColumns(MemberTable):
    """The table of members with the columns that somebody chose; `selects` adds boxes to tick for
    what is done with many at once."""

    select = SelectColumn()
    age = NumberColumn(
        accessor="birth_date", verbose_name=LABELS["age"], order_by=("-birth_date", "code")
    )
    gender = tables.Column(
        accessor="get_gender_display", verbose_name=LABELS["gender"], order_by=("gender", "code")
    )
    branch_since = DayColumn(
        verbose_name=LABELS["branch_since"], order_by=("branch_since", "sort_key")
    )
    posts = tables.Column(
        accessor="posts_on",
        verbose_name=LABELS["posts"],
        orderable=False,
        attrs={"td": {"class": "wide"}},
    )
    occupation = tables.Column(
        verbose_name=LABELS["occupation"], order_by=("occupation", "sort_key")
    )
    admitted_on = DayColumn(verbose_name=LABELS["admitted_on"], order_by=("admitted_on", "code"))
    official_on = DayColumn(verbose_name=LABELS["official_on"], order_by=("official_on", "code"))
    left_on = DayColumn(verbose_name=LABELS["left_on"], order_by=("left_on", "code"))
    left_reason = tables.Column(
        accessor="get_left_reason_display", verbose_name=LABELS["left_reason"], orderable=False
    )
    phone = tables.Column(verbose_name=LABELS["phone"], orderable=False, attrs=CODE)
    email = tables.Column(verbose_name=LABELS["email"], orderable=False)
    identity_number = tables.Column(
        verbose_name=LABELS["identity_number"], orderable=False, attrs=CODE
    )

    class Meta(MemberTable.Meta):
        pass

    def __init__(self, data, *, columns, selects=False, **kwargs):
        shown = ["select", *columns] if selects else list(columns)
        hidden = [name for name in self.base_columns if name not in shown]
        super().__init__(data, exclude=hidden, sequence=shown, **kwargs)

    def render_code(self, record):
        return shown_value("code", record)

    render_phone = render_email = render_identity_number = lambda self, record, bound_column: (
        shown_value(bound_column.name, record)
    )

    def render_age(self, value):
        return age_on(value, self.request.acting.on)

    def render_left_on(self, value):
        return self._happened(value) or "—"

    def render_official_on(self, value):
        return self._happened(value) or "—"

    def render_left_reason(self, value, record):
        return value if self._happened(record.left_on) else "—"

    def _happened(self, day):
        """The day in words, "" when it is later than the one that is looked at."""
        return date_format(day, "SHORT_DATE_FORMAT") if day <= self.request.acting.on else ""


def with_columns(members, columns, *, user, on, today):
    """Annotate what the columns show besides the member's own values.

    on     the day that is looked at
    today  the day whose grants open personal data
    """
    for column, (_mask, action) in MASKED_COLUMNS.items():
        if column in columns and OPENED[action] not in members.query.annotations:
            opened = Case(
                When(opened_to(user, action, on=today), then=True),
                default=False,
                output_field=BooleanField(),
            )
            members = members.annotate(**{OPENED[action]: opened})
    if "posts" in columns:
        members = members.annotate(posts_on=Subquery(_posts(on)))
    if "branch_since" in columns:
        membership = Membership.objects.valid_on(on).filter(member=OuterRef("pk"))
        members = members.annotate(branch_since=Subquery(membership.values("validity__startswith")))
    return members


def shown_value(column, member):
    """A value that is personal data, whole or masked, of a member from `with_columns()`."""
    value, (mask, action) = getattr(member, column), MASKED_COLUMNS[column]
    return value if not value or getattr(member, OPENED[action]) else mask(value)


def age_on(birth_date, day):
    """Whole years; None when the birth date is not known."""
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


@dataclass(frozen=True)
class Cells:
    """The cells of a download: text, whole numbers, days and None, as the page shows them."""

    columns: list
    on: object

    def of(self, member):
        return [self._cell(name, member) for name in self.columns]

    def _cell(self, name, member):
        if name in MASKED_COLUMNS:
            return shown_value(name, member)
        if name == "age":
            return age_on(member.birth_date, self.on)
        stored = {"person_class": "person_class_on", "status": "status_on"} | STORED
        value = getattr(member, stored.get(name, name))
        if name in LATER and (getattr(member, LATER[name]) or self.on) > self.on:
            return None
        if name == "status" and not value:
            return str(_("Active"))
        return str(CHOICES[name](value).label) if value and name in CHOICES else value


def _posts(on):
    """The titles of the posts that a member holds on the day, with the organizations."""
    earlier = EarlierOrganization.objects.filter(
        organization=OuterRef("organization"), validity__contains=on
    )
    name = Coalesce(Subquery(earlier.values("name")[:1]), F("organization__name"))
    title = Concat("title", Value(", "), name)
    return (
        Position.objects.valid_on(on)
        .filter(member=OuterRef("pk"))
        .order_by()
        .values("member")
        .annotate(titles=StringAgg(title, Value("; "), order_by="title"))
        .values("titles")
    )
