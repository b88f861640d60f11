"""Columns of the lists of assignments and tasks."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from branches.periods import first_day, last_day
from branches.tables import CODE, DayColumn, LinkColumn, NumberColumn

from .models import Assignment, Task


class AssignmentTable(tables.Table):
    cadre = LinkColumn(
        "assignments:assignment",
        accessor="member",
        verbose_name=_("Cadre"),
        order_by=("member__sort_key", "code"),
    )
    target = tables.Column(verbose_name=_("Assigned to"), order_by=("target__code", "code"))
    role = tables.Column(
        accessor="get_role_display", verbose_name=_("Role"), order_by=("role", "code")
    )
    directive = tables.Column(
        verbose_name=_("Directive"), order_by=("directive__number", "code"), attrs=CODE
    )
    since = DayColumn(accessor="validity", verbose_name=_("Since"), order_by=("validity", "code"))
    until = DayColumn(accessor="validity", verbose_name=_("Until"), orderable=False)
    asked = tables.Column(
        accessor="visits_due", verbose_name=_("Visits due"), order_by=("visits_period", "visits_due")
    )
    visits = NumberColumn(verbose_name=_("Visits in the year"))
    tasks_done = NumberColumn(verbose_name=_("Tasks confirmed"))

    class Meta:
        model = Assignment
        fields = []
        order_by = "target"

    def render_since(self, column, value):
        return DayColumn.render(column, first_day(value))

    def render_until(self, column, value):
        day = last_day(value)
        return DayColumn.render(column, day) if day else "–"

    def render_asked(self, record):
        return _("%(visits)s each %(period)s") % {
            "visits": record.visits_due,
            "period": record.get_visits_period_display().lower(),
        }


class TaskTable(tables.Table):
    title = LinkColumn("assignments:task", verbose_name=_("Task"), order_by=("title", "code"))
    member = tables.Column(verbose_name=_("Member"), order_by=("member__sort_key", "code"))
    organization = tables.Column(
        verbose_name=_("Where"), order_by=("organization__code", "code")
    )
    year = tables.Column(verbose_name=_("Year"), order_by=("year", "code"))
    due_on = DayColumn(verbose_name=_("Due on"), order_by=("due_on", "code"))
    weight = NumberColumn(verbose_name=_("Weight"))
    state = tables.Column(
        accessor="get_state_display", verbose_name=_("State"), order_by=("state", "code")
    )
    outcome = tables.Column(
        accessor="get_outcome_display", verbose_name=_("Outcome"), order_by=("outcome", "code")
    )

    class Meta:
        model = Task
        fields = []
        order_by = "-year"

    def render_state(self, value, record):
        kind = {"reported": "chip-warning", "confirmed": "chip-fine"}.get(record.state, "")
        return format_html('<span class="chip {}">{}</span>', kind, value)
