"""Columns of the lists of rating sets and of whom a trial would rate otherwise."""

import django_tables2 as tables
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from branches.as_of import as_of
from branches.masking import sight_of
from branches.models import Member, Organization
from branches.tables import HEADLINE, WIDE, LinkColumn, NumberColumn

from ..models import OrganizationScheme, Scheme
from ..templatetags.ratings import level_short


class SchemeTable(tables.Table):
    name = LinkColumn(
        "evaluations:scheme", verbose_name=_("Rating set"), order_by=("name", "version", "pk")
    )
    version = NumberColumn(verbose_name=_("Version"))
    years = tables.Column(
        accessor="first_year", verbose_name=_("Years"), order_by=("first_year", "key", "version")
    )
    state = tables.Column(
        accessor="get_state_display", verbose_name=_("State"), order_by=("state", "key", "version")
    )
    organization = tables.Column(
        verbose_name=_("Made by"),
        order_by=("organization__code", "key", "version"),
        empty_values=(),
        attrs=WIDE,
    )
    made_at = tables.Column(verbose_name=_("Made at"), order_by=("made_at", "pk"), empty_values=())

    class Meta:
        model = Scheme
        fields = []
        order_by = "-years"

    def name_rows(self, rows, *, on):
        as_of((row.organization for row in rows), on=on)

    def render_name(self, column, value, record, table):
        return format_html("{}<small>{}</small>", column.render(value, record, table), record.key)

    def render_years(self, record):
        return f"{record.first_year}–{record.last_year or ''}"

    def render_state(self, value, record):
        kind = "chip-warning" if record.is_draft else "chip-fine"
        return format_html('<span class="chip {}">{}</span>', kind, value)

    def render_organization(self, value):
        return value or _("comes with the software")

    def render_made_at(self, value):
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT") if value else "–"


class OrganizationSchemeTable(SchemeTable):
    name = LinkColumn(
        "evaluations:organization_scheme",
        verbose_name=_("Rating set"),
        order_by=("name", "version", "pk"),
    )

    class Meta:
        model = OrganizationScheme
        fields = []
        order_by = "-years"


class ChangeTable(tables.Table):
    """Rows are `trial_results.Change`; people and branches are looked up for the page alone."""

    member = tables.Column(verbose_name=_("Member"), orderable=False, attrs=HEADLINE)
    branch = tables.Column(verbose_name=_("Branch"), orderable=False, attrs=WIDE)
    former_level = tables.Column(verbose_name=_("On record"), orderable=False, empty_values=())
    level = tables.Column(verbose_name=_("In the trial"), orderable=False, empty_values=())
    former_score = NumberColumn(places=2, verbose_name=_("Score on record"), orderable=False)
    score = NumberColumn(places=2, verbose_name=_("Score in the trial"), orderable=False)
    remarks = tables.Column(
        accessor="rating", empty_values=(), orderable=False, verbose_name=_("To note")
    )

    class Meta:
        fields = []

    def __init__(self, *args, cut_off, **kwargs):
        super().__init__(*args, **kwargs)
        self.cut_off = cut_off

    def name_rows(self, rows, *, on):
        self.members = Member.objects.in_bulk([row.member for row in rows])
        self.branches = Organization.objects.in_bulk([row.branch for row in rows])
        as_of(self.branches.values(), on=self.cut_off)
        sight_of(self.request).look(self.members)

    def render_member(self, value, record):
        member = self.members.get(value)
        if member is None:
            return "–"
        address = self.request.acting.url("evaluations:rating", record.rating)
        card = sight_of(self.request).show("code", member)
        return format_html('<a href="{}">{}</a><small>{}</small>', address, member, card)

    def render_branch(self, value):
        return self.branches.get(value, "–")

    def render_former_level(self, value):
        return level_short(value)

    def render_level(self, value):
        return level_short(value)

    def render_remarks(self, record):
        chips = format_html_join(" ", '<span class="chip {}">{}</span>', notes_of(record))
        return chips or "–"


def notes_of(change):
    """(style, words) of what is to note of a `trials.results.Change`."""
    notes = [
        ("chip-info", _("Capped"), change.capped),
        ("chip-warning", _("Needs a decision"), change.needs_decision),
        ("", _("Facts changed since"), change.other_facts),
    ]
    return [(style, words) for style, words, holds in notes if holds]
