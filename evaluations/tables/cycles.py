"""Columns of the lists of cycles, their units and branches."""

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from branches.as_of import as_of
from branches.tables import HEADLINE, NUMBER, WIDE, DayColumn, LinkColumn, NumberColumn
from branches.templatetags.icons import icon
from branches.templatetags.numbers import number

from ..cycles.progress import SHORT, branch_steps
from ..models import Cycle


class CycleTable(tables.Table):
    organization = LinkColumn(
        "evaluations:cycle",
        verbose_name=gettext_lazy("Organization"),
        order_by=("organization__code", "-year"),
    )
    year = tables.Column(verbose_name=gettext_lazy("Year"), order_by=("year", "organization__code"))
    cut_off = DayColumn(verbose_name=gettext_lazy("Cut-off date"))
    scheme = tables.Column(
        verbose_name=gettext_lazy("Rating set"), order_by=("scheme__key", "-year"), attrs=WIDE
    )
    members = NumberColumn(verbose_name=gettext_lazy("Members"), orderable=False)
    decided = tables.Column(
        verbose_name=gettext_lazy("Decided"), orderable=False, empty_values=(), attrs=NUMBER
    )
    state = tables.Column(
        verbose_name=gettext_lazy("State"), order_by=("locked_at", "-year"), empty_values=()
    )

    class Meta:
        model = Cycle
        fields = []
        order_by = "-year"

    def name_rows(self, cycles, *, on):
        as_of((each.organization for each in cycles), on=on)

    def render_decided(self, record):
        return f"{number(record.decided)} / {number(record.to_decide)}"

    def render_state(self, record):
        if record.is_locked:
            return format_html('<span class="chip">{}</span>', _("Locked"))
        return format_html('<span class="chip chip-info">{}</span>', pgettext("of a cycle", "Open"))


OF_STEP = {"td": {"class": "num of-step"}}


class StepColumn(tables.Column):
    """How many branches of a unit did a step; what is late stands out."""

    def __init__(self, kind):
        super().__init__(verbose_name=SHORT[kind], orderable=False, empty_values=(), attrs=OF_STEP)
        self.kind = kind

    def render(self, record):
        count = record.progress.steps[self.kind]
        if not count.total:
            return "–"
        said = f"{number(count.done)}/{number(count.total)}"
        if count.late:
            late = _("%(number)s late") % {"number": number(count.late)}
            return format_html('{} <small class="late">{}</small>', said, late)
        return format_html('<span class="step-whole">{}</span>', said) if _is_whole(count) else said


def _is_whole(count):
    return count.done == count.total


class UnitTable(tables.Table):
    """Units of a cycle (organizations), with what their branches did."""

    name = tables.Column(
        verbose_name=gettext_lazy("Unit"), order_by=("sort_key", "code"), attrs=HEADLINE
    )
    branches = tables.Column(
        accessor="progress__branches",
        verbose_name=gettext_lazy("Branches"),
        orderable=False,
        attrs=NUMBER,
    )
    members = tables.Column(
        accessor="progress__members",
        verbose_name=gettext_lazy("Members"),
        orderable=False,
        attrs=NUMBER,
    )

    class Meta:
        order_by = "name"

    def __init__(self, units, *, progress, days, **kwargs):
        """progress: `unit_progress()` of the units."""
        steps = [(f"step_{kind}", StepColumn(kind)) for kind in days]
        super().__init__(units, extra_columns=steps, **kwargs)
        self.progress = progress

    def name_rows(self, units, *, on):
        as_of(units, on=on)
        for unit in units:
            unit.progress = self.progress[unit.pk]

    def render_name(self, record):
        query = self.request.GET.copy()
        query.pop("page", None)
        query["unit"] = record.pk
        return format_html('<a href="?{}#list">{}</a>', query.urlencode(), record)


class BranchTable(tables.Table):
    """Branches of a cycle, with the step that each is at."""

    branch = LinkColumn(
        "evaluations:cycle_branch",
        to="branch_id",
        verbose_name=gettext_lazy("Branch"),
        order_by=("branch__sort_key", "branch__code"),
    )
    unit = tables.Column(verbose_name=gettext_lazy("Unit"), order_by=("unit__code", "branch__code"))
    members = NumberColumn(verbose_name=gettext_lazy("Members"))
    steps = tables.Column(
        verbose_name=gettext_lazy("Steps done"), orderable=False, empty_values=(), attrs=WIDE
    )
    at = tables.Column(verbose_name=gettext_lazy("Next step"), orderable=False, empty_values=())

    class Meta:
        order_by = "branch"

    def __init__(self, branches, *, days, **kwargs):
        super().__init__(branches, **kwargs)
        self.days = days

    def name_rows(self, rows, *, on):
        organizations = (each for row in rows for each in (row.branch, row.unit))
        as_of(organizations, on=on)
        steps = branch_steps(rows, days=self.days, on=self.request.acting.today)
        for row in rows:
            row.way = steps[row.pk]

    def render_branch(self, record):
        address = self.request.acting.url(
            "evaluations:cycle_branch", record.cycle_id, record.branch_id
        )
        return format_html('<a href="{}">{}</a>', address, record.branch)

    def render_steps(self, record):
        dots = format_html_join("", '<i class="step-dot {}"></i>', ((_dot(s),) for s in record.way))
        done = sum(step.done is not None for step in record.way)
        said = _("%(done)d of %(all)d") % {"done": done, "all": len(record.way)}
        return format_html('<span class="step-dots" aria-hidden="true">{}</span> {}', dots, said)

    def render_at(self, record):
        step = next((step for step in record.way if step.is_next), None)
        if step is None:
            return format_html("{} {}", icon("check", "icon-small"), _("Done"))
        if step.is_late:
            return format_html(
                '{} <span class="chip chip-warning">{}</span>', step.label, _("late")
            )
        return step.label


def _dot(step):
    if step.done:
        return "step-done"
    return "step-late" if step.is_late else "step-open"
