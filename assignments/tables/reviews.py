"""The list of cadres to be reviewed: what the committee says stands in it, or is written there."""

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.as_of import as_of
from branches.filters import SearchInput, Select, search_people
from branches.models import Organization
from branches.tables import LinkColumn, NumberColumn

from ..choices import Level
from ..models import Assignment

NOT_YET = "none"


class ReviewFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Cadre or organization"), widget=SearchInput, max_length=200
    )
    level = filters.ChoiceFilter(
        method="at_level",
        label=_("Level"),
        choices=[(NOT_YET, _("Not yet reviewed")), *Level.choices],
        empty_label=_("All"),
        widget=Select,
    )

    class Meta:
        model = Assignment
        fields = []

    def search(self, assignments, name, text):
        on = self.request.acting.on
        return assignments.filter(
            Q(member__in=search_people(self.request, text).values("pk"))
            | Q(target__in=Organization.objects.named(text, on=on).values("pk"))
        )

    def at_level(self, assignments, name, level):
        return assignments.filter(level=None if level == NOT_YET else level)


class ReviewTable(tables.Table):
    member = LinkColumn(
        "assignments:assignment", verbose_name=_("Cadre"), order_by=("member__sort_key", "code")
    )
    target = tables.Column(verbose_name=_("Assigned to"), order_by=("target__code", "code"))
    visits = NumberColumn(verbose_name=_("Visits"))
    tasks_done = NumberColumn(verbose_name=_("Tasks confirmed"))
    level = tables.TemplateColumn(
        template_name="assignments/_review_level.html",
        verbose_name=_("Level"),
        order_by=("level", "code"),
        attrs={"td": {"class": "review-level"}},
    )
    comment = tables.TemplateColumn(
        template_name="assignments/_review_comment.html",
        verbose_name=_("Comment"),
        orderable=False,
        attrs={"td": {"class": "review-comment"}},
    )

    class Meta:
        model = Assignment
        fields = []
        order_by = "target"

    def __init__(self, *args, make_form, **kwargs):
        """make_form: takes the rows of the page and returns the form of those among them that the
        reader reviews, or None."""
        super().__init__(*args, **kwargs)
        self.make_form, self.form = make_form, None

    def name_rows(self, rows, *, on):
        as_of((row.target for row in rows), on=on)
        self.form = self.make_form(rows)
        for row in rows:
            for name in ("level", "comment"):
                field = f"{name}-{row.pk}"
                is_written = self.form is not None and field in self.form.fields
                setattr(row, f"{name}_field", self.form[field] if is_written else None)
