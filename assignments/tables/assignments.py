"""Columns of the lists of assignments and tasks."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from branches.as_of import as_of
from branches.tables import CODE, NOWRAP, WIDE, DayColumn, LinkColumn, NumberColumn
from branches.templatetags.acting import period_words

from ..models import Assignment, Task
from ..templatetags.tasks import task_state


class AssignmentTable(tables.Table):
    cadre = LinkColumn(
        "assignments:assignment",
        accessor="member",
        verbose_name=_("Cadre"),
        order_by=("member__sort_key", "code"),
    )
    target = tables.Column(
        verbose_name=_("Assigned to"), order_by=("target__code", "code"), attrs=WIDE
    )
    role = tables.Column(
        accessor="get_role_display", verbose_name=_("Role"), order_by=("role", "code")
    )
    directive = tables.Column(
        verbose_name=_("Directive"), order_by=("directive__number", "code"), attrs=CODE
    )
    days = tables.Column(
        accessor="validity",
        verbose_name=_("Valid"),
        # By the first day alone: where a row stands must not change when it ends.
        order_by=("validity__startswith", "code"),
        attrs=NOWRAP,
    )
    asked = tables.Column(
        accessor="visits_due",
        verbose_name=_("Visits due"),
        order_by=("visits_period", "visits_due"),
        attrs=NOWRAP,
    )
    visits = NumberColumn(verbose_name=_("Visits in the year"))
    tasks_done = NumberColumn(verbose_name=_("Tasks confirmed"))

    class Meta:
        model = Assignment
        fields = []
        order_by = "target"

    def name_rows(self, rows, *, on):
        as_of((row.target for row in rows), on=on)

    def render_days(self, value):
        return period_words(value, self.request.acting)

    def render_asked(self, record):
        return _("%(visits)s each %(period)s") % {
            "visits": record.visits_due,
            "period": record.get_visits_period_display().lower(),
        }


class TaskTable(tables.Table):
    title = LinkColumn("assignments:task", verbose_name=_("Task"), order_by=("title", "code"))
    member = tables.Column(verbose_name=_("Member"), order_by=("member__sort_key", "code"))
    organization = tables.Column(verbose_name=_("Where"), order_by=("organization__code", "code"))
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

    def name_rows(self, rows, *, on):
        as_of((row.organization for row in rows), on=on)

    def render_state(self, record):
        return task_state(record)
