"""Columns of the lists of members at risk of removal and of members who are not rated."""

import django_tables2 as tables
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from branches.models import Member
from branches.tables import HEADLINE, NUMBER, WIDE, DayColumn, LinkColumn, card_number
from branches.templatetags.numbers import number

from ..lists.not_rated import LATER_ROUND, WHY
from ..lists.removal_risk import RISK
from ..models import Appraisal
from ..templatetags.ratings import level_short

RISK_COLUMNS = {
    "member": _("Member"),
    "branch": _("Branch"),
    "months": _("Months missed"),
    "which": _("Which months"),
    "rated_months": _("Months in the rating"),
    "last_present": _("Last present on"),
    "secretary": _("Branch secretary"),
}
NOT_RATED_COLUMNS = {
    "member": _("Member"),
    "branch": _("Branch"),
    "why": _("Why"),
    "suggested": _("Suggested level"),
}


class RiskTable(tables.Table):
    member = LinkColumn(
        "branches:member",
        accessor="full_name",
        verbose_name=RISK_COLUMNS["member"],
        order_by=("sort_key", "code"),
    )
    branch = tables.Column(
        accessor="branch_name_on",
        verbose_name=RISK_COLUMNS["branch"],
        order_by=("branch_code_on", "sort_key"),
        attrs=WIDE,
    )
    months = tables.Column(
        verbose_name=RISK_COLUMNS["months"],
        order_by=("months", "branch_code_on", "sort_key"),
        initial_sort_descending=True,
    )
    which = tables.Column(
        accessor="missed", verbose_name=RISK_COLUMNS["which"], orderable=False, empty_values=()
    )
    rated_months = tables.Column(
        verbose_name=RISK_COLUMNS["rated_months"], orderable=False, empty_values=(), attrs=NUMBER
    )
    last_present = DayColumn(
        verbose_name=RISK_COLUMNS["last_present"], order_by=("last_present", "sort_key")
    )
    secretary = tables.Column(verbose_name=RISK_COLUMNS["secretary"], orderable=False, attrs=WIDE)

    class Meta:
        model = Member
        fields = []
        order_by = "-months"

    def render_member(self, column, value, record, table):
        link = column.render(value, record, table)
        return format_html("{}<small>{}</small>", link, card_number(table, record))

    def render_months(self, value):
        kind = "chip-bad" if value >= RISK else "chip-warning"
        return format_html('<span class="chip {}">{}</span>', kind, value)

    def render_which(self, value):
        return months_in_words(value)

    def render_rated_months(self, value):
        return number(value)


def months_in_words(months):
    """The numbers of months, as in 1, 3, 4."""
    return ", ".join(str(month) for month in months)


class NotRatedTable(tables.Table):
    member = tables.Column(
        verbose_name=NOT_RATED_COLUMNS["member"],
        order_by=("member__sort_key", "member__code"),
        attrs=HEADLINE,
    )
    branch = tables.Column(
        accessor="branch_name_on",
        verbose_name=NOT_RATED_COLUMNS["branch"],
        order_by=("cycle_branch__branch__code", "member__sort_key"),
        attrs=WIDE,
    )
    why = tables.Column(verbose_name=NOT_RATED_COLUMNS["why"], order_by=("why", "member__sort_key"))
    suggested = tables.Column(
        accessor="suggested_level",
        verbose_name=NOT_RATED_COLUMNS["suggested"],
        orderable=False,
        empty_values=(),
    )
    act = tables.Column(empty_values=(), orderable=False, verbose_name=_("What to do"))

    class Meta:
        model = Appraisal
        fields = []
        order_by = "branch"

    def render_member(self, value, record):
        address = self.request.acting.url("evaluations:appraisal", record.pk)
        return format_html(
            '<a href="{}">{}</a><small>{}</small>', address, value, card_number(self, value)
        )

    def render_why(self, value):
        return WHY[value]

    def render_suggested(self, record):
        return level_short(record.suggested_level) if record.suggested_level else "–"

    def render_act(self, record):
        """Where a later round is recorded, once the branch has voted."""
        if record.why not in LATER_ROUND or not record.has_voted or record.cycle.is_locked:
            return ""
        row = record.cycle_branch
        address = self.request.acting.url("evaluations:votes", row.cycle_id, row.branch_id)
        return format_html('<a class="btn" href="{}">{}</a>', address, _("Supplementary vote"))


def day_cell(day):
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""
