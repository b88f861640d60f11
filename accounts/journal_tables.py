"""Columns of the audit trail and of the log of reads."""

import django_tables2 as tables
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from branches.tables import HEADLINE, NOWRAP, WIDE, NumberColumn

from .audited import name_of_table
from .models import AccessLog, JournalEntry


class MomentColumn(tables.Column):
    """A moment as the reader's language writes it, to the second."""

    def render(self, value):
        return moment(value)


def moment(value):
    at = localtime(value)
    return f"{date_format(at, 'SHORT_DATE_FORMAT')} {at:%H:%M:%S}"


def called(user, user_id):
    """Who did it: the name, and the user name where that is another."""
    if user is None:
        return f"#{user_id}" if user_id else _("No user")
    name = user.called()
    if name == user.username:
        return name
    return format_html('{} <small class="soft">{}</small>', name, user.username)


class JournalTable(tables.Table):
    at = tables.Column(verbose_name=_("When"), attrs=HEADLINE, order_by=("at", "pk"))
    person = tables.Column(verbose_name=_("Who"), empty_values=(), orderable=False)
    table_name = tables.Column(verbose_name=_("Kind of record"), orderable=False)
    operation = tables.Column(
        accessor="get_operation_display", verbose_name=_("What was done"), orderable=False
    )
    rows = NumberColumn(verbose_name=_("Records"), orderable=False)
    reason = tables.Column(verbose_name=_("Reason"), attrs=WIDE, orderable=False, empty_values=())
    source = tables.Column(verbose_name=_("Page or program"), orderable=False)

    class Meta:
        model = JournalEntry
        fields = []
        order_by = "-at"

    def render_at(self, value, record, table):
        address = table.request.acting.url("accounts:journal_entry", record.pk)
        return format_html('<a href="{}">{}</a>', address, moment(value))

    def render_person(self, record):
        return called(record.user, record.user_id)

    def render_table_name(self, value):
        return name_of_table(value)

    def render_reason(self, value):
        return value or "–"


class AccessTable(tables.Table):
    at = MomentColumn(verbose_name=_("When"), attrs=HEADLINE, order_by=("at", "pk"))
    person = tables.Column(verbose_name=_("Who"), empty_values=(), orderable=False)
    kind = tables.Column(accessor="get_kind_display", verbose_name=_("Kind"), orderable=False)
    about = tables.Column(verbose_name=_("About"), empty_values=(), orderable=False, attrs=WIDE)
    rows = NumberColumn(verbose_name=_("Records"), orderable=False)
    note = tables.Column(verbose_name=_("Note"), orderable=False, attrs=NOWRAP)

    class Meta:
        model = AccessLog
        fields = []
        order_by = "-at"

    def render_person(self, record):
        return called(record.by, record.by_id)

    def render_about(self, record):
        return record.member or record.organization or "–"
