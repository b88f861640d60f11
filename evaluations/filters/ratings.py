"""Filters of the year-end board; what they take stands in the address."""

import django_filters as filters
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.choices import PersonClass
from branches.filters import SearchInput, Select, offer, search_people

from ..choices import NotRatedReason
from ..deciding.levels import rank_of
from ..models import Rating

YES_NO = [("1", _("Yes")), ("0", _("No"))]
GAPS = {"unrecorded": "unrecorded__gte", "pending": "tasks_pending__gte"}


def _yes_no(field, label):
    return filters.ChoiceFilter(
        field_name=field,
        label=label,
        choices=YES_NO,
        empty_label=_("Either"),
        widget=Select,
    )


class RatingFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Name or party card"), widget=SearchInput, max_length=200
    )
    suggested = filters.ChoiceFilter(
        field_name="suggested_level",
        label=_("Suggested level"),
        choices=Level.choices,
        empty_label=_("All levels"),
        widget=Select,
    )
    decided = filters.ChoiceFilter(
        method="with_decided",
        label=_("Decided level"),
        choices=[("open", _("Still to be decided")), *Level.choices],
        empty_label=_("All levels"),
        widget=Select,
    )
    difference = filters.ChoiceFilter(
        method="with_difference",
        label=_("Decided and suggested"),
        choices=[
            ("differs", _("Decided otherwise")),
            ("higher", _("Decided higher")),
            ("lower", _("Decided lower")),
            ("same", _("Decided as suggested")),
        ],
        empty_label=_("Either"),
        widget=Select,
    )
    decision = _yes_no("needs_decision", _("Needs a decision"))
    unit = filters.ChoiceFilter(label=_("Unit"), empty_label=_("All units"), widget=Select)
    branch = filters.ChoiceFilter(label=_("Branch"), empty_label=_("All branches"), widget=Select)
    person_class = filters.ChoiceFilter(
        label=_("Class"), choices=PersonClass.choices, empty_label=_("All classes"), widget=Select
    )
    level = filters.ChoiceFilter(
        label=_("Level before the cap"),
        choices=Level.choices,
        empty_label=_("All levels"),
        widget=Select,
    )
    capped = _yes_no("capped", _("Capped"))
    gap = filters.ChoiceFilter(
        method="with_gap",
        label=_("Gaps in the data"),
        choices=[
            ("unrecorded", _("Attendance not recorded")),
            ("pending", _("Tasks wait for confirmation")),
        ],
        empty_label=_("Either"),
        widget=Select,
    )
    reason = filters.ChoiceFilter(
        method="with_reason",
        label=_("Rated or not"),
        choices=[("rated", _("Rated")), ("none", _("Not rated")), *NotRatedReason.choices],
        empty_label=_("Everybody"),
        widget=Select,
    )

    class Meta:
        model = Rating
        fields = []

    def __init__(self, *args, units, branches, **kwargs):
        """units, branches: the organizations that one may choose from."""
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        offer(self, "branch", branches)

    def search(self, ratings, name, text):
        return ratings.filter(member__in=search_people(self.request, text).values("pk"))

    def with_reason(self, ratings, name, reason):
        if reason in ("rated", "none"):
            return ratings.filter(rated=reason == "rated")
        return ratings.filter(not_rated_reason=reason)

    def with_decided(self, ratings, name, level):
        if level == "open":
            waiting = Q(rated=True) | Q(not_rated_reason="no_results")
            return ratings.filter(waiting, cycle_id__isnull=False, decided_level="")
        return ratings.filter(decided_level=level)

    def with_difference(self, ratings, name, how):
        """Who was not rated and decided on all the same was decided otherwise."""
        decided = ratings.exclude(decided_level="")
        if how == "same":
            return decided.filter(decided_level=F("suggested_level"))
        if how == "differs":
            return decided.exclude(decided_level=F("suggested_level"))
        ranked = decided.exclude(suggested_level="").alias(
            decided_rank=rank_of("decided_level"), suggested_rank=rank_of("suggested_level")
        )
        if how == "higher":
            return ranked.filter(decided_rank__lt=F("suggested_rank"))
        return ranked.filter(decided_rank__gt=F("suggested_rank"))

    def with_gap(self, ratings, name, gap):
        return ratings.filter(**{GAPS[gap]: 1})
