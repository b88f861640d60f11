"""Columns of the list of a cycle's organizations."""

import django_tables2 as tables
from django.db.models import Case, F, Value, When
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assignments.choices import Level
from branches.as_of import as_of, each_as_of
from branches.choices import OrganizationKind
from branches.tables import HEADLINE, WIDE, DayColumn, LinkColumn
from branches.templatetags.numbers import number

from ..deciding.levels import rank_of
from ..models import OrganizationAppraisal, OrganizationDiscipline
from ..templatetags.ratings import level_short

SUGGESTED = pgettext_lazy("level", "suggested")
EMPTY = SafeString('<span class="faint">–</span>')


class BoxColumn(tables.CheckBoxColumn):
    @property
    def header(self):
        return self.verbose_name

    def render(self, value, bound_column, record):
        table = bound_column._table
        if record.rated is None or record.committee_id not in table.committees:
            return ""
        return super().render(value, bound_column, record)


class OrganizationTable(tables.Table):
    """`committees`: ids of those for which the reader decides; what is ready of theirs has a box to
    tick for the form `bulk`."""

    select = BoxColumn(
        accessor="pk",
        verbose_name=_("Choose"),
        orderable=False,
        attrs={
            "td": {"class": "select"},
            "td__input": {
                "form": "bulk",
                "name": "ids",
                "class": "form-check-input",
                "aria-label": lambda record: str(record.organization),
            },
        },
    )
    organization = LinkColumn(
        "evaluations:cycle_organization",
        verbose_name=_("Organization"),
        order_by=("organization__code",),
    )
    committee = tables.Column(
        verbose_name=_("Decided by"), order_by=("committee__code", "organization__code"), attrs=WIDE
    )
    members = tables.Column(
        verbose_name=_("Members"),
        order_by=("members", "organization__code"),
        attrs={"td": {"class": "num"}},
    )
    score = tables.Column(verbose_name=_("Score"), empty_values=(), attrs={"td": {"class": "num"}})
    suggested = tables.Column(verbose_name=_("Suggested"), empty_values=())
    decided = tables.Column(verbose_name=_("Decided"), empty_values=())
    remarks = tables.Column(empty_values=(), orderable=False, verbose_name=_("To note"))

    class Meta:
        model = OrganizationAppraisal
        fields = []
        order_by = "organization"

    def __init__(self, *args, committees, **kwargs):
        self.committees = committees
        super().__init__(*args, exclude=() if committees else ("select",), **kwargs)

    def name_rows(self, rows, *, on):
        as_of((each for row in rows for each in (row.organization, row.committee)), on=on)

    def order_score(self, rows, is_descending):
        score = F("score")
        order = score.desc(nulls_last=True) if is_descending else score.asc(nulls_last=True)
        return rows.order_by(order, "organization__code"), True

    def order_suggested(self, rows, is_descending):
        """Best first; without a level last either way."""
        return _by_level(rows, "suggested_level", is_descending), True

    def order_decided(self, rows, is_descending):
        """Best first; not decided on last either way."""
        return _by_level(rows, "decision__level", is_descending), True

    def render_organization(self, column, value, record, table):
        link = column.render(value, record, table)
        return format_html("{}<small>{}</small>", link, OrganizationKind(record.kind).label)

    def render_members(self, value):
        return number(value)

    def render_score(self, value):
        return EMPTY if value is None else number(value)

    def render_suggested(self, record):
        return level_short(record.suggested_level) if record.suggested_level else EMPTY

    def render_decided(self, record):
        return level_short(record.decided_level) if record.decided_level else EMPTY

    def render_remarks(self, record):
        chips = format_html_join(" ", '<span class="chip {}">{}</span>', remarks_of(record))
        return chips or EMPTY


def _by_level(rows, column, is_descending):
    none_last = Case(When(**{f"{column}__in": Level.values}, then=Value(0)), default=Value(1))
    rank = rank_of(column)
    rank = rank.desc() if is_descending else rank.asc()
    return rows.order_by(none_last, rank, "organization__code")


class YearsTable(tables.Table):
    """The levels of organizations over the years; `years`: as `organizations.years.read_years`."""

    organization = LinkColumn(
        "evaluations:cycle_organization",
        verbose_name=_("Organization"),
        order_by=("organization__code",),
    )
    committee = tables.Column(
        verbose_name=_("Decided by"), order_by=("committee__code", "organization__code"), attrs=WIDE
    )

    class Meta:
        model = OrganizationAppraisal
        fields = []
        order_by = "organization"

    def __init__(self, *args, years, **kwargs):
        columns = [(f"year_{year}", YearColumn(year, found)) for year, found in years.items()]
        super().__init__(*args, extra_columns=columns, **kwargs)

    def name_rows(self, rows, *, on):
        as_of((each for row in rows for each in (row.organization, row.committee)), on=on)

    def render_organization(self, column, value, record, table):
        link = column.render(value, record, table)
        return format_html("{}<small>{}</small>", link, OrganizationKind(record.kind).label)


class YearColumn(tables.Column):
    """The level of one year; one that is not decided is told as suggested."""

    def __init__(self, year, standings):
        super().__init__(
            verbose_name=str(year), accessor="organization_id", empty_values=(), orderable=False
        )
        self.standings = standings

    def render(self, value):
        standing = self.standings.get(value)
        if standing is None:
            return EMPTY
        level = level_short(standing.level)
        return level if standing.decided else format_html("{}<small>{}</small>", level, SUGGESTED)


class DisciplineTable(tables.Table):
    """Decisions against organizations; `withdraws`: whether the reader may take entries back."""

    organization = tables.Column(
        verbose_name=_("Organization"),
        order_by=("organization__code", "-decided_on"),
        attrs=HEADLINE,
    )
    decided_on = DayColumn(verbose_name=_("Decided on"), order_by=("decided_on", "pk"))
    form = tables.Column(verbose_name=_("Form"), orderable=False)
    reason = tables.Column(verbose_name=_("What for"), orderable=False, attrs=WIDE)
    decision_number = tables.Column(verbose_name=_("Number of the decision"), orderable=False)
    issuer = tables.Column(verbose_name=_("Decided by"), orderable=False)
    withdraw = LinkColumn(
        "evaluations:organization_discipline_withdraw",
        accessor="pk",
        verbose_name=_("Actions"),
        orderable=False,
    )

    class Meta:
        model = OrganizationDiscipline
        fields = []
        order_by = "-decided_on"

    def __init__(self, *args, withdraws, **kwargs):
        super().__init__(*args, exclude=() if withdraws else ("withdraw",), **kwargs)

    def name_rows(self, rows, *, on):
        each_as_of((row.organization, row.decided_on) for row in rows)

    def render_withdraw(self, column, record, table):
        return column.render(_("Take back"), record, table)


def remarks_of(row):
    """(style, words) of what whoever decides should know of the organization."""
    if row.rated is None:
        return [("", _("Not ready: members and lower ones first"))]
    found = [
        ("", row.get_not_rated_reason_display(), row.not_rated_reason),
        ("chip-bad", _("Disciplined in the leading collective"), row.leaders_disciplined),
        ("chip-bad", _("Disciplined itself"), row.disciplines),
        ("chip-bad", _("Disciplined below"), row.below_disciplined),
        ("chip-warning", _("Tie at the cap"), row.tied),
        ("chip-info", _("Capped"), row.capped and not row.tied),
        ("chip-warning", _("Needs a decision"), row.needs_decision and not row.tied),
        (
            "chip-info",
            _("Decision differs"),
            row.decided_level and row.suggested_level != row.decided_level,
        ),
    ]
    return [(style, words) for style, words, holds in found if holds]
