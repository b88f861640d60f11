"""Columns of the lists that look over assignments: load per cadre, and what comes from above."""

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from branches.as_of import as_of
from branches.models import Member, Organization
from branches.tables import CODE, HEADLINE, NOWRAP, NUMBER, WIDE, NumberColumn
from branches.templatetags.acting import period_words
from branches.views.visible import seen_members

from ..board.load import read_cadres
from ..models import Assignment


class LoadTable(tables.Table):
    name = tables.Column(
        accessor="full_name",
        verbose_name=_("Cadre"),
        order_by=("sort_key", "code"),
        attrs=HEADLINE,
    )
    posts = tables.Column(
        accessor="pk", verbose_name=_("Branch and posts"), orderable=False, attrs=WIDE
    )
    # Most first is how they are read: then those with as many stand by name.
    number = NumberColumn(verbose_name=_("Assignments"), order_by=("number", "-sort_key", "-code"))
    targets = tables.Column(
        accessor="pk", verbose_name=_("Assigned to"), orderable=False, attrs=WIDE
    )
    farthest = tables.Column(
        accessor="pk", verbose_name=_("Steps to the farthest"), orderable=False, attrs=NUMBER
    )
    due_month = NumberColumn(
        verbose_name=_("Visits due a month"), order_by=("due_month", "sort_key"), places=1
    )
    visits = NumberColumn(verbose_name=_("Visits in the year"), order_by=("visits", "sort_key"))

    class Meta:
        model = Member
        fields = []
        order_by = "-number"

    def cadre(self, record):
        """What is told of the cadre, looked up at once for a whole page."""
        if not hasattr(self, "_cadres"):
            members = [row.record for row in self.paginated_rows]
            self._cadres = read_cadres(members, self.request.acting)
            self._seen = seen_members(self.request, [member.pk for member in members])
        return self._cadres[record.pk]

    def render_name(self, value, record):
        self.cadre(record)
        if record.pk not in self._seen:
            return value
        address = self.request.acting.url("branches:member", record.pk)
        return format_html('<a href="{}">{}</a>', address, value)

    def render_posts(self, record):
        posts = [f"{post.title}, {post.organization}" for post in self.cadre(record).posts]
        small = format_html_join("", "<small>{}</small>", ((text,) for text in posts))
        return format_html("{}{}", record.branch_name_on or "–", small)

    def render_targets(self, record):
        url = self.request.acting.url
        rows = (
            (url("assignments:assignment", assignment.pk), assignment.target)
            for assignment, _steps in self.cadre(record).targets
        )
        return format_html_join(", ", '<a href="{}">{}</a>', rows) or "–"

    def render_farthest(self, record):
        farthest = self.cadre(record).farthest
        return "–" if farthest is None else farthest


class FromAboveTable(tables.Table):
    cadre = tables.Column(
        accessor="member",
        verbose_name=_("Cadre"),
        order_by=("member__sort_key", "code"),
        attrs=HEADLINE,
    )
    target = tables.Column(
        verbose_name=_("Assigned to"), order_by=("target__code", "code"), attrs=WIDE
    )
    role = tables.Column(
        accessor="get_role_display", verbose_name=_("Role"), order_by=("role", "code")
    )
    days = tables.Column(
        accessor="validity",
        verbose_name=_("Valid"),
        order_by=("validity__startswith", "code"),
        attrs=NOWRAP,
    )
    issuer = tables.Column(
        accessor="issued_by", verbose_name=_("Issued by"), orderable=False, attrs=WIDE
    )
    directive = tables.Column(
        verbose_name=_("Directive"), order_by=("directive__number", "code"), attrs=CODE
    )

    class Meta:
        model = Assignment
        fields = []
        order_by = "target"

    def named(self, pk):
        """The organization of an id by its name of the day, looked up at once for a page."""
        if not hasattr(self, "_named"):
            records = [row.record for row in self.paginated_rows]
            self._named = Organization.objects.in_bulk({each.issued_by for each in records})
            targets = (each.target for each in records)
            as_of([*self._named.values(), *targets], on=self.request.acting.on)
        return self._named[pk]

    def render_cadre(self, value, record):
        self.named(record.issued_by)
        if not record.is_open:
            return str(value)
        address = self.request.acting.url("assignments:assignment", record.pk)
        return format_html('<a href="{}">{}</a>', address, value)

    def render_days(self, value):
        return period_words(value, self.request.acting)

    def render_issuer(self, value):
        return str(self.named(value))
