"""Columns of the list of branches with the rate of their members who have a task."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from branches.tables import HEADLINE, NUMBER, NumberColumn
from branches.templatetags.numbers import number

from ..branch_tasks.rates import PLACES


class BranchRateTable(tables.Table):
    branch = tables.Column(
        accessor="branch__name_on",
        verbose_name=_("Branch"),
        order_by=("code",),
        attrs=HEADLINE,
    )
    step = tables.Column(accessor="place", verbose_name=_("Step"), order_by=("place", "code"))
    members = NumberColumn(verbose_name=_("Members"))
    exempt = NumberColumn(verbose_name=_("Exempt"))
    due = NumberColumn(verbose_name=_("Due a task"))
    tasked = NumberColumn(verbose_name=_("With a task"))
    rate = tables.Column(verbose_name=_("Rate"), order_by=("rate_order", "code"), attrs=NUMBER)
    unresolved = NumberColumn(verbose_name=_("Without a resolution"))

    def __init__(self, *args, year, **kwargs):
        super().__init__(*args, **kwargs)
        self.year = year

    class Meta:
        order_by = "branch"

    def render_branch(self, value, record):
        address = self.request.acting.url("assignments:branch_tasks", record.pk, self.year)
        return format_html('<a href="{}">{}</a>', address, value)

    def render_step(self, record):
        if record.plan is None:
            return format_html('<span class="soft">{}</span>', record.step_label)
        return f"{record.place}. {record.step_label}"

    def render_rate(self, value):
        return "–" if value is None else f"{number(value, PLACES)} %"

    def render_unresolved(self, value):
        if not value:
            return "0"
        return format_html('<span class="chip chip-warning">{}</span>', number(value))
