"""Columns of the list of users."""

import django_tables2 as tables
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from branches.as_of import as_of
from branches.tables import LinkColumn

from .models import User


class UserTable(tables.Table):
    name = LinkColumn(
        "accounts:user", verbose_name=_("Full name"), order_by=("name_key", "username")
    )
    username = tables.Column(verbose_name=_("User name"))
    roles = tables.Column(
        accessor="shown_grants",
        verbose_name=_("Roles"),
        orderable=False,
        attrs={"td": {"class": "wide"}},
    )
    second_factor = tables.Column(
        verbose_name=_("Second factor"), order_by=("second_factor", "username"), empty_values=()
    )
    last_login = tables.Column(
        verbose_name=_("Last sign-in"), order_by=("last_login", "username"), empty_values=()
    )
    is_active = tables.Column(
        verbose_name=_("Account"), order_by=("is_active", "username"), empty_values=()
    )

    class Meta:
        model = User
        fields = []
        order_by = "name"

    def name_rows(self, rows, *, on):
        as_of((grant.organization for row in rows for grant in row.shown_grants), on=on)

    def render_roles(self, value):
        rows = ((each.get_role_display(), each.organization) for each in value)
        return format_html_join("", "<div>{} <small>{}</small></div>", rows) or "–"

    def render_second_factor(self, value):
        return _("Set up") if value else _("Not set up")

    def render_last_login(self, value):
        if value is None:
            return format_html('<span class="soft">{}</span>', _("Never"))
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT")

    def render_is_active(self, value):
        if value:
            return _("Switched on")
        return format_html('<span class="chip chip-warning">{}</span>', _("Switched off"))
