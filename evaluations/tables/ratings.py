"""Columns of the lists of ratings and roll-ups."""

import django_tables2 as tables
from django.db.models import Case, F, Value, When
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from branches.as_of import each_as_of
from branches.tables import WIDE, DayColumn, LinkColumn, NumberColumn, card_number

from ..deciding.levels import rank_of
from ..models import Rating, RollUp
from ..templatetags.ratings import level_short

NOTES = {"td": {"class": "notes"}}


class PartColumn(tables.Column):
    """Two numbers of a row, as in 10 / 12: so many of so many."""

    def __init__(self, part, whole, **kwargs):
        attrs = {"td": {"class": "num"}}
        super().__init__(accessor=part, attrs=attrs, order_by=(part, whole, "pk"), **kwargs)
        self.whole = whole

    def render(self, value, record):
        whole = getattr(record, self.whole)
        return f"{value} / {whole}" if whole else "–"


class RatingTable(tables.Table):
    member = LinkColumn(
        "evaluations:rating",
        verbose_name=_("Member"),
        order_by=("member__sort_key", "member__code"),
    )
    # A rating stays what it was on the cut-off date, whatever the day it is looked at.
    branch = tables.Column(
        accessor="branch_name_on",
        verbose_name=_("Branch"),
        order_by=("branch__code", "member__sort_key"),
        attrs=WIDE,
    )
    attended = PartColumn("present", "held", verbose_name=_("Attendance"))
    visits = PartColumn("duty_credited", "duty_required", verbose_name=_("Visits"))
    exceeded = PartColumn("tasks_exceeded", "tasks_total", verbose_name=_("Tasks exceeded"))
    score = NumberColumn(places=2, verbose_name=_("Score"))
    suggested = tables.Column(
        accessor="suggested_level", verbose_name=_("Suggested level"), empty_values=()
    )
    decided = tables.Column(
        accessor="decided_level", verbose_name=_("Decided level"), empty_values=()
    )
    remarks = tables.Column(
        empty_values=(),
        orderable=False,
        verbose_name=_("To note"),
        attrs={"td": {"class": "notes"}},
    )

    class Meta:
        model = Rating
        fields = []
        order_by = "-score"

    def render_member(self, column, value, record, table):
        link = column.render(value, record, table)
        return format_html("{}<small>{}</small>", link, card_number(table, value))

    def order_score(self, ratings, is_descending):
        score = F("score")
        order = score.desc(nulls_last=True) if is_descending else score.asc(nulls_last=True)
        return ratings.order_by(order, "member__sort_key", "member__code"), True

    def order_suggested(self, ratings, is_descending):
        """Best first, those without a level last either way."""
        rank = rank_of("suggested_level")
        rank = rank.desc() if is_descending else rank.asc()
        return ratings.order_by("-rated", rank, "member__sort_key", "member__code"), True

    def order_decided(self, ratings, is_descending):
        """Best first, those not decided last either way."""
        open_last = Case(When(decided_level="", then=Value(1)), default=Value(0))
        rank = rank_of("decided_level")
        rank = rank.desc() if is_descending else rank.asc()
        return ratings.order_by(open_last, rank, "member__sort_key", "member__code"), True

    def render_suggested(self, record):
        return level_short(record.suggested_level)

    def render_decided(self, record):
        return level_short(record.decided_level) if record.decided_level else "–"

    def render_remarks(self, record):
        notes = []
        if record.decided_level and record.decided_level != record.suggested_level:
            notes.append(("chip-info", _("Decided otherwise")))
        if record.capped:
            notes.append(("chip-info", _("Capped")))
        if record.needs_decision:
            notes.append(("chip-warning", _("Needs a decision")))
        if record.not_rated_reason:
            notes.append(("", record.get_not_rated_reason_display()))
        return format_html_join(" ", '<span class="chip {}">{}</span>', notes) or "–"


class RollUpTable(tables.Table):
    organization = LinkColumn(
        "evaluations:roll_up",
        verbose_name=_("Organization"),
        order_by=("organization__code", "-requested_at"),
    )
    year = tables.Column(verbose_name=_("Year"), order_by=("year", "-requested_at"))
    as_of = DayColumn(verbose_name=_("Cut-off date"))
    scheme = tables.Column(verbose_name=_("Rating set"), order_by=("scheme__key", "-requested_at"))
    state = tables.Column(accessor="get_state_display", verbose_name=_("State"), order_by="state")
    units_total = NumberColumn(verbose_name=_("Units"))
    requested_by = tables.Column(
        verbose_name=_("Requested by"), order_by=("requested_by__username", "-requested_at")
    )
    requested_at = tables.Column(verbose_name=_("Requested at"), order_by=("requested_at", "pk"))

    class Meta:
        model = RollUp
        fields = []
        order_by = "-requested_at"

    def name_rows(self, rows, *, on):
        each_as_of((row.organization, row.as_of) for row in rows)

    def render_state(self, value, record):
        kinds = {"finished": "chip-fine", "failed": "chip-bad"}
        return format_html(
            '<span class="chip {}">{}</span>', kinds.get(record.state, "chip-info"), value
        )

    def render_requested_at(self, value):
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT")
