"""What the forms of reorganizations share: how organizations are named, and the work there."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.acting import FIRST_YEAR, LAST_YEAR
from branches.filters import DayInput, Select
from branches.forms.picking import OrganizationField
from branches.forms.service import ServiceForm
from branches.models import Organization
from branches.picking import find_rows, say_unclear

from ..reorganizing import plans

MOST_TO_TICK = 60
ASSIGNMENT = "assignment-"


class OrganizationLines(forms.CharField):
    """Organizations, one a line by name or code; cleans to a list of rows of `rows`."""

    def __init__(self, **kwargs):
        self.rows = None
        widget = forms.Textarea({"rows": 4, "spellcheck": "false", "class": "form-control"})
        super().__init__(**{"max_length": 20_000, "widget": widget} | kwargs)

    def prepare_value(self, value):
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(row.code for row in value)

    def clean(self, value):
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        found = find_rows(lines, self.rows)
        unclear = [say_unclear(line, found[line]) for line in lines if found[line].row is None]
        if unclear:
            raise ValidationError(unclear)
        return list(dict.fromkeys(found[line].row for line in lines))


class ReorganizationForm(ServiceForm):
    """`scope` are the organizations that may be named; `offered` those to tick; `begun` one to
    begin with, or None."""

    on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=DayInput,
        help_text=gettext_lazy("What ends, ends on the day before. It may lie ahead or be past."),
    )

    def __init__(self, *args, scope, sight=None, offered=None, begun=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.scope, self.sight = scope, sight
        for field in self.fields.values():
            if isinstance(field, OrganizationField | OrganizationLines):
                field.rows = scope
        if begun is not None:
            self.begin_with(begun)
        self._tick(offered)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*self.layout())

    def clean_on(self):
        on = self.cleaned_data["on"]
        if not FIRST_YEAR <= on.year <= LAST_YEAR:
            raise ValidationError(_("A year lies between 1930 and 2100."))
        return on

    def layout(self):
        return [*(name for name in self.fields if name != "on"), "on"]

    def begin_with(self, organization):
        for name in ("organization", "sources", "organizations", "parent"):
            if name in self.fields:
                self.initial[name] = (
                    [organization] if name in ("sources", "organizations") else organization
                )
                break

    def _tick(self, offered):
        if "chosen" not in self.fields:
            return
        rows = list(offered[: MOST_TO_TICK + 1]) if offered is not None else []
        if not 0 < len(rows) <= MOST_TO_TICK:
            del self.fields["chosen"]
            return
        self.fields["chosen"].queryset = self.scope.filter(pk__in=[row.pk for row in rows])
        self.fields["chosen"].choices = [(row.pk, f"{row} ({row.code})") for row in rows]

    def plan(self):
        raise NotImplementedError


def named_in(form, field):
    """Those ticked and those written, in the order of their codes."""
    cleaned = form.cleaned_data
    rows = {*cleaned.get("chosen", ()), *cleaned.get(field, ())}
    return tuple(sorted(rows, key=lambda row: row.code))


def parent_of(organization, on):
    return next(iter(Organization.objects.above(organization, on=on)[-2:-1]), None)


class Ticked(forms.ModelMultipleChoiceField):
    def __init__(self):
        super().__init__(
            Organization.objects.none(),
            label=gettext_lazy("Organizations below the one acted for"),
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )


class Lines(OrganizationLines):
    def __init__(self, **kwargs):
        super().__init__(
            **{
                "label": gettext_lazy("Others, one a line"),
                "help_text": gettext_lazy("Name or code of each."),
                "required": False,
            }
            | kwargs
        )


class ManyForm(ReorganizationForm):
    """Of several organizations, ticked or written; `many` is the field for those written."""

    many = "organizations"

    def clean(self):
        cleaned = super().clean()
        if self.many not in self.errors and not named_in(self, self.many):
            self.add_error(self.many, _("Name at least one organization."))
        return cleaned


class WorkForm(ManyForm):
    many = "sources"
    assignments = forms.ChoiceField(
        label=gettext_lazy("Open assignments to what ends"),
        choices=[
            (plans.REISSUE, gettext_lazy("end, and are issued again at the successor")),
            (plans.END, gettext_lazy("end")),
        ],
        initial=plans.REISSUE,
        widget=Select,
        help_text=gettext_lazy("The preview lets you decide about each."),
    )
    tasks = forms.ChoiceField(
        label=gettext_lazy("Open tasks there"),
        choices=[
            (plans.STAY, gettext_lazy("stay where they were registered")),
            (plans.GO_OVER, gettext_lazy("go over to the successor")),
        ],
        initial=plans.STAY,
        widget=Select,
        help_text=gettext_lazy(
            "Those that go over stand at the successor on pages of earlier days too."
        ),
    )

    def work(self, parts):
        codes = {part.code for part in parts} | {plans.END}
        chosen = {
            int(name.removeprefix(ASSIGNMENT)): value
            for name, value in self.data.items()
            if name.startswith(ASSIGNMENT)
            and name.removeprefix(ASSIGNMENT).isdecimal()
            and value in codes
        }
        cleaned = self.cleaned_data
        return plans.Work(cleaned["assignments"], chosen, cleaned["tasks"])
