"""Columns of the lists of the party organization."""

import django_tables2 as tables
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from .as_of import as_of
from .choices import ActivityStatus, MeetingKind, MeetingState
from .masking import sight_of
from .models import Meeting, Member
from .templatetags.kinds import class_short
from .templatetags.meetings import roster_chip
from .templatetags.numbers import number

HEADLINE = {"td": {"class": "headline"}}
NUMBER = {"td": {"class": "num"}}
CODE = {"td": {"class": "code"}}
NOWRAP = {"td": {"class": "nowrap"}}
WIDE = {"td": {"class": "wide"}}


class DayColumn(tables.Column):
    """A day as the reader's language writes it."""

    def render(self, value):
        return date_format(value, "SHORT_DATE_FORMAT")


class NumberColumn(tables.Column):
    """Right-aligned, as the reader's language writes numbers; `places` decimals."""

    def __init__(self, *args, places=None, **kwargs):
        super().__init__(*args, attrs=NUMBER, initial_sort_descending=True, **kwargs)
        self.places = places

    def render(self, value):
        return number(value, self.places)


class LinkColumn(tables.Column):
    """The first column of a list: a link to the page of what `record.<to>` identifies."""

    def __init__(self, page, *args, to="pk", attrs=HEADLINE, **kwargs):
        super().__init__(*args, attrs=attrs, **kwargs)
        self.page = page
        self.to = tables.A(to)

    def render(self, value, record, table):
        if hasattr(value, "isoformat"):
            value = date_format(value, "SHORT_DATE_FORMAT")
        address = table.request.acting.url(self.page, self.to.resolve(record))
        return format_html('<a href="{}">{}</a>', address, value)


def card_number(table, member):
    """The member's party card as the reader of the table sees it: asked once for a whole page."""
    sight = sight_of(table.request)
    if not getattr(table, "_looked", False):
        records = [row.record for row in table.paginated_rows]
        sight.look([getattr(record, "member_id", record.pk) for record in records])
        table._looked = True
    return sight.show("code", member)


class MemberTable(tables.Table):
    name = LinkColumn(
        "branches:member",
        accessor="full_name",
        verbose_name=_("Full name"),
        order_by=("sort_key", "code"),
    )
    code = tables.Column(verbose_name=_("Party card"), attrs=CODE)
    birth_date = DayColumn(verbose_name=_("Birth date"), order_by=("birth_date", "code"))
    branch = tables.Column(
        accessor="branch_name_on", verbose_name=_("Branch"), order_by=("branch_code_on", "sort_key")
    )
    person_class = tables.Column(
        accessor="person_class_on",
        verbose_name=_("Class"),
        order_by=("person_class_on", "sort_key"),
    )
    status = tables.Column(
        accessor="status_on",
        verbose_name=_("Status"),
        order_by=("status_on", "sort_key"),
        empty_values=(),
    )

    class Meta:
        model = Member
        fields = []
        order_by = "name"

    def render_code(self, record, table):
        return card_number(table, record)

    def render_person_class(self, value):
        return class_short(value)

    def render_status(self, value):
        if value:
            return format_html(
                '<span class="chip chip-warning">{}</span>', ActivityStatus(value).label
            )
        return _("Active")


class MeetingTable(tables.Table):
    held_on = LinkColumn(
        "branches:meeting", verbose_name=_("Held on"), order_by=("held_on", "code")
    )
    branch = tables.Column(verbose_name=_("Branch"), order_by=("branch__code", "held_on"))
    kind = tables.Column(
        accessor="get_kind_display", verbose_name=_("Kind"), order_by=("kind", "held_on")
    )
    present = NumberColumn(verbose_name=_("Present"))
    excused = NumberColumn(verbose_name=_("Absent with reason"))
    unexcused = NumberColumn(verbose_name=_("Absent without reason"))
    visitors = NumberColumn(verbose_name=_("Assigned cadres"))
    quality = NumberColumn(verbose_name=_("Quality"))
    roster = tables.Column(verbose_name=_("Roster"), orderable=False, empty_values=())

    class Meta:
        model = Meeting
        fields = []
        order_by = "-held_on"

    def name_rows(self, rows, *, on):
        as_of((row.branch for row in rows), on=on)

    def render_roster(self, record):
        """Whether the branch said who was there; when it closed that is told of today alone."""
        is_missing = not (record.present or record.excused or record.unexcused)
        state = MeetingState.ROSTER_MISSING if is_missing else MeetingState.ROSTER_OPEN
        if is_missing and record.kind == MeetingKind.RESIDENTS:
            state = MeetingState.HELD
        if record.roster_closed_at and self.request.acting.is_today:
            state = MeetingState.ROSTER_CLOSED
        return format_html('<span class="chip {}">{}</span>', roster_chip(state), state.label)
