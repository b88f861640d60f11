"""Columns of the lists that compare ratings."""

import django_tables2 as tables
from django.db.models import F
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from branches.tables import WIDE, LinkColumn
from branches.templatetags.numbers import number

from ..board.changes import set_facts
from ..board.history import set_histories
from ..deciding.levels import rank_of
from ..models import Rating
from ..templatetags.ratings import fact_name, level_short

ARROW = format_html(' <span aria-hidden="true">{}</span> ', "→")


def _before_and_now(before, now):
    """Both, or the one of them where nothing differs."""
    if before == now:
        return now
    return format_html("<span>{}{}{}</span>", before, ARROW, now)


class MemberColumn(LinkColumn):
    def __init__(self):
        super().__init__(
            "evaluations:rating",
            accessor="member",
            verbose_name=_("Member"),
            order_by=("member__sort_key", "member__code"),
        )


class BranchColumn(tables.Column):
    """As the branch was called on the cut-off date."""

    def __init__(self):
        super().__init__(
            accessor="branch_name_on",
            verbose_name=_("Branch"),
            order_by=("branch__code", "member__sort_key"),
            attrs=WIDE,
        )


class ChangeTable(tables.Table):
    member = MemberColumn()
    branch = BranchColumn()
    level = tables.Column(
        accessor="suggested_level", verbose_name=_("Suggested level"), empty_values=()
    )
    score = tables.Column(
        verbose_name=_("Score"), empty_values=(), attrs={"td": {"class": "num nowrap"}}
    )
    facts = tables.Column(
        empty_values=(), orderable=False, verbose_name=_("What is different"), attrs=WIDE
    )

    class Meta:
        model = Rating
        fields = []
        order_by = "level"

    def name_rows(self, rows, *, on):
        set_facts(rows)

    def order_level(self, ratings, is_descending):
        """Who fell most first, or last; new ones behind."""
        fell = F("before_rank") - rank_of("suggested_level")
        fell = fell.desc() if is_descending else fell.asc()
        return ratings.order_by(fell, "member__sort_key", "member__code"), True

    def order_score(self, ratings, is_descending):
        rose = F("score") - F("before_score")
        rose = rose.desc(nulls_last=True) if is_descending else rose.asc(nulls_last=True)
        return ratings.order_by(rose, "member__sort_key", "member__code"), True

    def render_level(self, record):
        if record.before_id is None:
            return level_short(record.suggested_level)
        return _before_and_now(
            level_short(record.before_suggested_level), level_short(record.suggested_level)
        )

    def render_score(self, record):
        if record.before_id is None:
            return number(record.score, 2)
        return _before_and_now(number(record.before_score, 2), number(record.score, 2))

    def render_facts(self, record):
        if record.before_id is None:
            return format_html('<span class="chip chip-info">{}</span>', _("New in it"))
        rows = [
            (fact_name(name), number(before), number(now))
            for name, before, now in record.facts_changed
        ]
        if record.before_needs_decision != record.needs_decision:
            words = _("needs a decision") if record.needs_decision else _("needs no decision")
            rows.append((words, "", ""))
        listed = format_html_join("", "<li>{}</li>", ((_fact(*row),) for row in rows))
        return format_html('<ul class="differences">{}</ul>', listed) if rows else "–"


def _fact(name, before, now):
    return format_html("{}: {}{}{}", name, before, ARROW, now) if before or now else name


class FiveYearTable(tables.Table):
    member = MemberColumn()
    branch = BranchColumn()

    class Meta:
        model = Rating
        fields = []
        order_by = "member"

    def __init__(self, *args, acting, until, **kwargs):
        years = [(str(year), YearColumn(year)) for year in range(until - 4, until + 1)]
        super().__init__(*args, extra_columns=years, **kwargs)
        self.acting, self.until = acting, until

    def name_rows(self, rows, *, on):
        set_histories(rows, self.acting, until=self.until)


class YearColumn(tables.Column):
    """The level of one year: the decided one, or the suggested one in softer words."""

    def __init__(self, year):
        super().__init__(empty_values=(), orderable=False, verbose_name=str(year))
        self.year = year

    def render(self, record):
        line = next(line for line in record.history.years if line.year == self.year)
        if not line.level:
            return "–"
        words = level_short(line.level)
        if line.is_decided:
            return words
        return format_html("{}<small>{}</small>", words, pgettext("level", "suggested"))
