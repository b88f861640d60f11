"""Columns of the list on which members are decided on."""

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from branches.tables import LinkColumn
from branches.templatetags.kinds import class_short

from ..models import Appraisal
from ..templatetags.ratings import level_short

EMPTY = format_html('<span class="faint no-value">{}</span>', "–")


class BoxColumn(tables.CheckBoxColumn):
    """A box to tick in each row, for the form `bulk` of the page; it knows the cap unit."""

    def __init__(self):
        box = {
            "form": "bulk",
            "name": "ids",
            "class": "form-check-input",
            "aria-label": lambda record: str(record.member),
            "data-cap": lambda record, table: table.cap_key(record),
            "data-level": lambda record: record.level,
            "data-suggested": lambda record: record.suggested_level,
            "data-voted": lambda record: record.voted_level,
        }
        attrs = {"td": {"class": "select"}, "td__input": box}
        super().__init__(accessor="pk", orderable=False, attrs=attrs)

    @property
    def header(self):
        return _("Choose")


class LevelColumn(tables.Column):
    def __init__(self, label, **kwargs):
        super().__init__(verbose_name=label, empty_values=(), **kwargs)

    def render(self, record):
        level = getattr(record, str(self.accessor))
        return level_short(level) if level else EMPTY


class DecisionTable(tables.Table):
    """by_class: the cap counts each class by itself; tied: the ids of those who are equal with
    others at the cap."""

    select = BoxColumn()
    member = LinkColumn(
        "evaluations:appraisal",
        verbose_name=_("Member"),
        order_by=("member__sort_key", "member__code"),
    )
    branch = tables.Column(
        accessor="branch_name_on",
        verbose_name=_("Branch"),
        order_by=("cycle_branch__branch__code", "member__sort_key"),
        attrs={"td": {"class": "place"}},
    )
    own = LevelColumn(_("Own level"), accessor="own_level", orderable=False)
    proposed = LevelColumn(_("Proposed"), accessor="proposed_level", orderable=False)
    voted = LevelColumn(_("Vote"), accessor="voted_level", order_by=("voted_level", "pk"))
    suggested = LevelColumn(
        _("Suggested"), accessor="suggested_level", order_by=("suggested_level", "pk")
    )
    decided = LevelColumn(_("Decided"), accessor="level", order_by=("decision__level", "pk"))
    remarks = tables.Column(
        empty_values=(),
        orderable=False,
        verbose_name=_("To note"),
        attrs={"td": {"class": "notes"}},
    )

    class Meta:
        model = Appraisal
        fields = []
        order_by = "branch"

    def __init__(self, *args, by_class, tied, **kwargs):
        self.by_class, self.tied = by_class, tied
        super().__init__(*args, **kwargs)

    def cap_key(self, row):
        return f"{row.cycle_branch.unit_id}-{row.person_class if self.by_class else ''}"

    def render_member(self, column, value, record, table):
        link = column.render(value, record, table)
        return format_html("{}<small>{}</small>", link, class_short(record.person_class))

    def render_proposed(self, record):
        """That of the sub-committee, which is nearer to who decides, if there is one."""
        proposed = record.section_level or record.proposed_level
        return level_short(proposed) if proposed else EMPTY

    def render_remarks(self, record):
        chips = format_html_join(
            " ",
            '<span class="chip {}">{}</span>',
            remarks_of(record, is_tied=record.pk in self.tied),
        )
        return chips or EMPTY


def remarks_of(row, *, is_tied):
    """(style, words) of what whoever decides should know of the row."""
    rating = row.rating
    if rating is None:
        return [("chip-warning", _("No suggestion yet"))]
    found = [
        ("chip-bad", _("Disciplined"), rating.disciplines),
        ("chip-warning", _("Tie at the cap"), is_tied),
        ("chip-info", _("Capped"), rating.capped and not is_tied),
        (
            "chip-warning",
            _("Needs a decision"),
            rating.needs_decision and not is_tied and not rating.disciplines,
        ),
        ("chip-info", _("Vote differs"), row.voted_level not in ("", row.suggested_level)),
        ("", _("Not voted on"), not row.voted_level),
        (
            "chip-info",
            _("Decision differs"),
            row.level and row.suggested_level and row.level != row.suggested_level,
        ),
        (
            "chip-warning",
            _("Suggestion changed since"),
            row.level and row.decision.rating_id != row.rating_id,
        ),
    ]
    return [(style, words) for style, words, holds in found if holds]
