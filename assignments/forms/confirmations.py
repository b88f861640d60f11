"""Filters of the confirmation inbox, and what is posted from it."""

from datetime import date

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from branches.filters import SearchInput, Select

from ..choices import Outcome
from ..confirming.inbox import TASK, VISIT

MONTHS = 24
MOST_ITEMS = 500


class ConfirmationFilter(forms.Form):
    tab = forms.CharField(required=False, widget=forms.HiddenInput)
    by = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label=_("Branch or cadre"), max_length=200, required=False, widget=SearchInput
    )
    month = forms.TypedChoiceField(
        label=_("Month"), required=False, widget=Select, coerce=date.fromisoformat, empty_value=None
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        widget=Select,
        choices=[("", _("Visits and tasks")), (VISIT, _("Visits")), (TASK, _("Tasks"))],
    )

    def __init__(self, *args, on, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [("", _("All months")), *_months(on)]

    @property
    def form(self):
        """As templates and tests ask a FilterSet, which is of one model only."""
        return self

    @property
    def filters(self):
        return self.fields

    def values(self):
        """{month, kind, text} as far as what was typed makes sense."""
        self.is_valid()
        asked = self.cleaned_data
        return {
            "month": asked.get("month"),
            "kind": asked.get("kind", ""),
            "text": asked.get("q", ""),
        }


def _months(on):
    """The month of the day and those before it, as (first day, name)."""
    number = on.year * 12 + on.month - 1
    for each in range(number, number - MONTHS, -1):
        first = date(each // 12, each % 12 + 1, 1)
        yield first.isoformat(), date_format(first, "YEAR_MONTH_FORMAT")


def read_keys(data):
    """({ids of visits}, {id of a task: outcome or ""}) of what was ticked, or of the whole group
    whose button was pressed."""
    whole = data.get("whole", "")
    keys = data.getlist(f"of-{whole}") if whole else data.getlist("item")
    visits, tasks = set(), {}
    for key in keys[:MOST_ITEMS]:
        kind, _dash, number = key.partition("-")
        if not number.isdecimal() or len(number) > 18:
            continue
        if kind == VISIT:
            visits.add(int(number))
        elif kind == TASK:
            outcome = data.get(f"outcome-{number}", "")
            tasks[int(number)] = outcome if outcome in Outcome.values else ""
    return visits, tasks
