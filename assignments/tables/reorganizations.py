"""Columns of the list of reorganizations."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.models import Reorganization
from branches.tables import CODE, DayColumn, LinkColumn


class ReorganizationTable(tables.Table):
    what = LinkColumn(
        "assignments:reorganization",
        accessor="what",
        verbose_name=gettext_lazy("What"),
        order_by=("what", "pk"),
    )
    kind = tables.Column(
        accessor="get_kind_display", verbose_name=gettext_lazy("Kind"), order_by=("kind", "pk")
    )
    on = DayColumn(verbose_name=gettext_lazy("From"), order_by=("on", "pk"))
    decision = tables.Column(
        verbose_name=gettext_lazy("Decision"), order_by=("decision", "pk"), attrs=CODE
    )
    done_by = tables.Column(
        accessor="done_by__called",
        verbose_name=gettext_lazy("By"),
        order_by=("done_by__username", "pk"),
        empty_values=(),
    )
    done_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("At"), order_by=("done_at", "pk"), short=True
    )
    state = tables.Column(accessor="undone_at", verbose_name=gettext_lazy("State"), empty_values=())

    class Meta:
        model = Reorganization
        fields = []
        order_by = "-done_at"

    def render_done_by(self, value):
        return value or _("An operator")

    def render_state(self, value):
        if value:
            return format_html('<span class="chip">{}</span>', _("undone"))
        return format_html('<span class="chip chip-fine">{}</span>', _("done"))
