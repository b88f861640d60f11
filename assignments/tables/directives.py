"""Columns of the lists of directives and teams."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.tables import NOWRAP, WIDE, DayColumn, LinkColumn, NumberColumn
from branches.templatetags.acting import period_words

from ..models import Directive, Team


class DirectiveTable(tables.Table):
    number = LinkColumn(
        "assignments:directive", verbose_name=_("Number"), order_by=("number", "issued_on", "pk")
    )
    kind = tables.Column(
        accessor="get_kind_display", verbose_name=_("Kind"), order_by=("kind", "number", "pk")
    )
    title = tables.Column(verbose_name=_("What it is about"), order_by=("title", "pk"), attrs=WIDE)
    issuer = tables.Column(
        accessor="issuer_on",
        verbose_name=_("Issuer"),
        order_by=("issuer__code", "issued_on", "pk"),
    )
    issued_on = DayColumn(
        verbose_name=_("Issued on"), order_by=("issued_on", "number", "pk"), attrs=NOWRAP
    )
    valid_to = DayColumn(
        verbose_name=_("Valid to"), order_by=("valid_to", "number", "pk"), attrs=NOWRAP
    )
    teams = NumberColumn(accessor="teams_count", verbose_name=_("Teams"))
    assignments = NumberColumn(accessor="assignments_count", verbose_name=_("Assignments"))

    class Meta:
        model = Directive
        fields = []
        order_by = "-issued_on"


class TeamTable(tables.Table):
    name = LinkColumn("assignments:team", verbose_name=_("Team"), order_by=("name", "code"))
    target = tables.Column(
        accessor="target_on",
        verbose_name=_("Sent to"),
        order_by=("target__code", "code"),
        attrs=WIDE,
    )
    leader = tables.Column(verbose_name=_("Leader"), order_by=("leader__sort_key", "code"))
    members = NumberColumn(verbose_name=pgettext_lazy("of a team", "Members"))
    without = NumberColumn(accessor="without_branch", verbose_name=_("Without a branch"))
    directive = tables.Column(
        verbose_name=_("Directive"), order_by=("directive__number", "code"), attrs=NOWRAP
    )
    days = tables.Column(
        accessor="directive__validity",
        verbose_name=_("Valid"),
        order_by=("directive__issued_on", "code"),
        attrs=NOWRAP,
    )

    class Meta:
        model = Team
        fields = []
        order_by = "target"

    def render_days(self, value):
        return period_words(value, self.request.acting)
