"""Filters of the list of opinions; what they take stands in the address."""

import django_filters as filters
from django.db.models import TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from branches.fields import SearchKey
from branches.filters import DayInput, SearchInput, Select, offer

from ..choices import OpinionState, RaisedBy
from ..models import Opinion

OVERDUE, TO_TELL = "overdue", "to_tell"


class OpinionFilter(filters.FilterSet):
    """Rows of `opinions.shown()`; states and days are those of the day that is looked at."""

    q = filters.CharFilter(
        method="search", label=_("Words of topic or content"), widget=SearchInput, max_length=200
    )
    topic = filters.CharFilter(method="with_topic", label=_("Topic"), max_length=200)
    state = filters.ChoiceFilter(
        field_name="state_on",
        label=_("State"),
        choices=OpinionState.choices,
        empty_label=_("All states"),
        widget=Select,
    )
    waits = filters.ChoiceFilter(
        method="waiting",
        label=_("Waits for"),
        choices=[(OVERDUE, _("Overdue")), (TO_TELL, _("Answer not told yet"))],
        empty_label=_("All"),
        widget=Select,
    )
    raised_by = filters.ChoiceFilter(
        label=_("Raised by"), choices=RaisedBy.choices, empty_label=_("Everybody"), widget=Select
    )
    branch = filters.ChoiceFilter(
        field_name="branch_pk", label=_("Branch"), empty_label=_("All branches"), widget=Select
    )
    body = filters.ChoiceFilter(
        field_name="referred_to_on",
        label=_("Body"),
        empty_label=_("All bodies"),
        widget=Select,
    )
    since = filters.DateFilter(
        field_name="held_on", lookup_expr="gte", label=_("From"), widget=DayInput
    )
    until = filters.DateFilter(
        field_name="held_on", lookup_expr="lte", label=_("To"), widget=DayInput
    )

    class Meta:
        model = Opinion
        fields = []

    def __init__(self, *args, branches, bodies, **kwargs):
        """branches, bodies: the organizations that one may choose from."""
        super().__init__(*args, **kwargs)
        offer(self, "branch", branches)
        offer(self, "body", bodies)
        self.filters["topic"].extra["widget"] = SearchInput

    def search(self, opinions, name, text):
        """Every word stands in the topic or the content, diacritics or not."""
        opinions = opinions.alias(
            words=SearchKey(Concat("topic", Value(" "), "content", output_field=TextField()))
        )
        for word in text.split():
            opinions = opinions.filter(words__contains=SearchKey(Value(word)))
        return opinions

    def with_topic(self, opinions, name, text):
        key = SearchKey(Value(text.strip()))
        return opinions.alias(topic_key=SearchKey("topic")).filter(topic_key__contains=key)

    def waiting(self, opinions, name, what):
        if what == OVERDUE:
            return opinions.overdue(on=self.request.acting.on)
        return opinions.untold()
