"""Columns of the lists of imports, of the lines of a preview, and of remembered headings."""

import django_tables2 as tables
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from branches.as_of import as_of
from branches.tables import WIDE, LinkColumn

from .choices import UNDER_WAY, ImportState
from .models import HeadingAlias, Import, ImportLine
from .wording import column_word, fields_of, table_word

CHIPS = {
    ImportState.DONE: "chip-fine",
    ImportState.CHECKED: "chip-info",
    ImportState.WRONG: "chip-bad",
    ImportState.FAILED: "chip-bad",
} | dict.fromkeys(UNDER_WAY, "chip-info")


def state_chip(upload):
    return format_html(
        '<span class="chip {}">{}</span>', CHIPS.get(upload.state, ""), upload.get_state_display()
    )


def time_words(value):
    return date_format(localtime(value), "SHORT_DATETIME_FORMAT")


class ImportTable(tables.Table):
    file = LinkColumn(
        "workbook:import", verbose_name=_("File"), order_by=("file__name", "-uploaded_at")
    )
    state = tables.Column(verbose_name=_("State"), order_by=("state", "-uploaded_at"))
    organization = tables.Column(
        verbose_name=_("Organization"), order_by=("organization__code", "-uploaded_at")
    )
    by = tables.Column(
        accessor="file__stored_by",
        verbose_name=_("Uploaded by"),
        order_by=("file__stored_by__username", "-uploaded_at"),
    )
    uploaded_at = tables.Column(verbose_name=_("Uploaded at"), order_by=("uploaded_at", "pk"))

    class Meta:
        model = Import
        fields = []
        order_by = "-uploaded_at"

    def name_rows(self, rows, *, on):
        as_of((row.organization for row in rows), on=on)

    def render_state(self, record):
        return state_chip(record)

    def render_by(self, value):
        return value.get_full_name() or value.username

    def render_uploaded_at(self, value):
        return time_words(value)


class LineTable(tables.Table):
    row = tables.Column(
        verbose_name=_("Row"), order_by=("row", "pk"), attrs={"td": {"class": "num"}}
    )
    label = tables.Column(verbose_name=_("Record"), empty_values=(), order_by=("label", "pk"))
    told = tables.Column(
        empty_values=(), orderable=False, verbose_name=_("What it says"), attrs=WIDE
    )

    class Meta:
        model = ImportLine
        fields = []
        order_by = "row"

    def render_row(self, value):
        return str(value)  # as the spreadsheet counts, without marks between thousands

    def render_label(self, record):
        return format_html(
            "{}<small>{} · {}</small>",
            record.label or column_word(record.table, record.column) or "–",
            table_word(record.table),
            record.get_kind_display(),
        )

    def render_told(self, record):
        if record.message:
            return record.message
        changes = fields_of(record)
        if not changes:
            return _("Its earlier periods.")
        return format_html(
            '<dl class="changes">{}</dl>', format_html_join("", "{}", _cells(changes))
        )


def _cells(changes):
    for name, before, after in changes:
        if before is None:
            yield (format_html("<dt>{}</dt><dd>{}</dd>", name, after),)
        else:
            yield (
                format_html(
                    '<dt>{}</dt><dd><del>{}</del> <span aria-hidden="true">→</span> '
                    "<ins>{}</ins></dd>",
                    name,
                    before,
                    after,
                ),
            )


class HeadingTable(tables.Table):
    heading = tables.Column(verbose_name=_("Heading"), order_by=("heading", "pk"))
    table = tables.Column(verbose_name=_("Table"), empty_values=(), order_by=("table", "heading"))
    means = tables.Column(verbose_name=_("Means"), empty_values=(), order_by=("means", "heading"))
    organization = tables.Column(
        verbose_name=_("Holds for"), empty_values=(), order_by=("organization__code", "heading")
    )
    forget = tables.TemplateColumn(
        template_name="workbook/_forget.html", verbose_name=_("Forget"), orderable=False
    )

    class Meta:
        model = HeadingAlias
        fields = []
        order_by = "heading"

    def name_rows(self, rows, *, on):
        as_of((row.organization for row in rows), on=on)

    def render_table(self, value):
        return table_word(value) if value else _("Names of sheets")

    def render_means(self, value, record):
        if not value:
            return _("Left out")
        return column_word(record.table, value) if record.table else table_word(value)

    def render_organization(self, value):
        return str(value) if value else _("Everybody")
