"""Columns of the list of opinions, on the page and in a download alike."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from branches.tables import NOWRAP, WIDE, DayColumn, LinkColumn

from ..choices import RaisedBy
from ..models import Opinion
from ..opinions.page import is_late, name_opinions, state_label

LABELS = {
    "topic": _("Topic"),
    "code": _("Code"),
    "content": _("Content"),
    "raised_on": _("Raised on"),
    "branch": _("Branch"),
    "raised_by": _("Raised by"),
    "state": _("State"),
    "body": _("Referred to"),
    "due_on": _("Due on"),
    "answer": _("Answer"),
    "told_on": _("Branch told on"),
}
SHOWN = ("topic", "content", "raised_on", "branch", "state", "body", "due_on")


class OpinionTable(tables.Table):
    """Rows of `opinions.shown()`."""

    topic = LinkColumn(
        "assignments:opinion", verbose_name=LABELS["topic"], order_by=("topic", "pk")
    )
    code = tables.Column(verbose_name=LABELS["code"], attrs={"td": {"class": "code"}})
    content = tables.Column(verbose_name=LABELS["content"], orderable=False, attrs=WIDE)
    raised_on = DayColumn(
        verbose_name=LABELS["raised_on"], order_by=("held_on", "code"), attrs=NOWRAP
    )
    branch = tables.Column(verbose_name=LABELS["branch"], orderable=False)
    raised_by = tables.Column(
        accessor="get_raised_by_display",
        verbose_name=LABELS["raised_by"],
        order_by=("raised_by", "code"),
    )
    state = tables.Column(
        accessor="state_on", verbose_name=LABELS["state"], order_by=("state_on", "code")
    )
    body = tables.Column(verbose_name=LABELS["body"], orderable=False)
    due_on = DayColumn(
        accessor="due_on_on",
        verbose_name=LABELS["due_on"],
        order_by=("due_on_on", "code"),
        attrs=NOWRAP,
    )
    answer = tables.Column(
        accessor="answer_on", verbose_name=LABELS["answer"], orderable=False, attrs=WIDE
    )
    told_on = tables.Column(
        accessor="told_at_on", verbose_name=LABELS["told_on"], orderable=False, attrs=NOWRAP
    )

    class Meta:
        model = Opinion
        fields = []
        order_by = "-raised_on"

    def __init__(self, data, *, columns, **kwargs):
        hidden = [name for name in self.base_columns if name not in columns]
        super().__init__(data, exclude=hidden, sequence=list(columns), **kwargs)

    def name_rows(self, rows, *, on):
        name_opinions(rows, on=on)

    def render_state(self, record):
        return state_chip(record, on=self.request.acting.on)

    def render_told_on(self, record):
        return DayColumn().render(record.told_at.held_on) if record.told_at else "—"


def state_chip(opinion, *, on):
    """The state of the day, and whether the answer is late, as chips."""
    look = {"answered": "fine", "resolved": "fine"}.get(opinion.state_on, "info")
    chip = format_html('<span class="chip chip-{}">{}</span>', look, state_label(opinion))
    if not is_late(opinion, on=on):
        return chip
    return format_html('{} <span class="chip chip-bad">{}</span>', chip, _("Overdue"))


def cells_of(opinion, columns, *, on):
    """The cells of a download: text, days and None."""
    return [_cell(name, opinion, on) for name in columns]


def _cell(name, opinion, on):
    match name:
        case "raised_by":
            return str(RaisedBy(opinion.raised_by).label) if opinion.raised_by else ""
        case "state":
            return str(state_label(opinion))
        case "branch" | "body":
            value = getattr(opinion, name)
            return str(value) if value else ""
        case "answer":
            return opinion.answer_on
        case "due_on":
            return opinion.due_on_on
        case "told_on":
            return opinion.told_at.held_on if opinion.told_at_on and opinion.told_at else None
    return getattr(opinion, name)
