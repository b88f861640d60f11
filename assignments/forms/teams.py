"""Forms of teams, their people, and the targets of where they go."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from branches.filters import DayInput, Select
from branches.forms.picking import MemberField, OrganizationField
from branches.forms.service import RowForm, ServiceForm

from ..choices import VisitsPeriod
from ..directives.eligibility import leaders_of
from ..directives.numbering import tidy
from .numbers import NumberField


class DutyForm(ServiceForm):
    """From when, and how often somebody is to come."""

    DUTY = ("since", "visits_due", "visits_period")

    since = forms.DateField(label=_("From"), widget=DayInput)
    visits_due = forms.IntegerField(label=_("Visits due"), min_value=0, max_value=31, initial=1)
    visits_period = forms.ChoiceField(
        label=_("in each"), choices=VisitsPeriod.choices, initial="month", widget=Select
    )

    def __init__(self, *args, directive, **kwargs):
        super().__init__(*args, **kwargs)
        self.directive = directive
        self.fields["since"].initial = directive.issued_on
        self.duty = Row(Column("since"), Column("visits_due"), Column("visits_period"))
        self.helper = FormHelper()


class TeamForm(DutyForm):
    target = OrganizationField(
        label=_("Sent to"), help_text=_("The committee, by its name or code.")
    )
    name = forms.CharField(
        label=_("Name of the team"),
        max_length=300,
        required=False,
        help_text=_("Left empty: after where it is sent."),
    )
    leader = forms.ModelChoiceField(
        queryset=None,
        label=_("Leader"),
        widget=Select,
        empty_label="–",
        error_messages={
            "invalid_choice": _("This is none of those who may lead it: they stand in the list.")
        },
    )

    def __init__(self, *args, targets, seen, **kwargs):
        """targets  organizations (a queryset) to which a team may be sent
        seen  members (a queryset) whom the user may name
        """
        super().__init__(*args, **kwargs)
        self.fields["target"].rows = targets
        offer_leaders(self.fields["leader"], self.directive, seen)
        self.helper.layout = Layout(
            "target", "name", "leader", self.duty, Submit("form", _("Form the team"))
        )

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("name") and cleaned.get("target"):
            cleaned["name"] = _("Team for %(target)s") % {"target": cleaned["target"]}
        return cleaned


class TeamChangeForm(RowForm):
    name = forms.CharField(label=_("Name of the team"), max_length=300)
    leader = forms.ModelChoiceField(
        queryset=None, label=_("Leader"), widget=Select, empty_label=None
    )
    since = forms.DateField(
        label=_("Leads it from"),
        required=False,
        widget=DayInput,
        help_text=_("Only for another leader: the earlier one's assignment ends the day before."),
    )

    def __init__(self, *args, row, seen, **kwargs):
        super().__init__(*args, row=row, initial={"name": row.name, "leader": row.leader}, **kwargs)
        offer_leaders(self.fields["leader"], row.directive, seen)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "seen", "name", Row(Column("leader"), Column("since")), Submit("save", _("Save"))
        )


def offer_leaders(field, directive, seen):
    """Let one choose among those who may lead a team under the directive."""
    eligible = leaders_of(directive.issuer, on=directive.issued_on)
    field.queryset = eligible.filter(pk__in=seen.values("pk"))
    field.label_from_instance = lambda member: member.full_name


class MembersForm(DutyForm):
    """People and their branches, a pair a line; lines left empty are passed over."""

    def __init__(self, *args, lines, members, sight, branches, **kwargs):
        """lines  how many pairs can be entered
        members, branches  querysets of those that may be named
        sight  what the user sees of members
        """
        super().__init__(*args, **kwargs)
        self.lines = range(1, lines + 1)
        for line in self.lines:
            self.fields[f"member_{line}"] = MemberField(
                rows=members,
                sight=sight,
                required=False,
                help_text="",
                label=_("Member %d") % line,
            )
            self.fields[f"branch_{line}"] = OrganizationField(
                rows=branches, required=False, help_text="", label=_("Branch %d") % line
            )
        pairs = [Row(Column(f"member_{line}"), Column(f"branch_{line}")) for line in self.lines]
        self.helper.layout = Layout(self.duty, *pairs, Submit("add", _("Put into the team")))

    def clean(self):
        cleaned = super().clean()
        filled = [line for line in self.lines if cleaned.get(f"member_{line}")]
        for line in self.lines:
            alone = cleaned.get(f"branch_{line}") and line not in filled
            if alone and f"member_{line}" not in self.errors:
                self.add_error(f"member_{line}", _("Who goes to this branch?"))
        if not filled and not self.errors:
            raise ValidationError(_("Name at least one member."))
        self.filled = filled
        return cleaned

    def people(self):
        """Pairs (member, branch or None) of the lines that are filled."""
        return [
            (self.cleaned_data[f"member_{line}"], self.cleaned_data[f"branch_{line}"])
            for line in self.filled
        ]

    def show_findings(self, findings):
        """Show what is wrong with each pair at its line."""
        for line, found in zip(self.filled, findings, strict=True):
            for each in found:
                if each.level == "error":
                    at_branch = each.field == "target"
                    self.add_error(f"{'branch' if at_branch else 'member'}_{line}", each.text)


class IndicatorForm(RowForm):
    # Fields of the form and of the row; elsewhere “target” and “unit” name organizations.
    FIELDS = {
        "name": "name",
        "year": "year",
        "aim": "target",
        "actual": "actual",
        "measure": "unit",
    }

    name = forms.CharField(label=_("Indicator"), max_length=300)
    year = forms.IntegerField(label=_("Year"), min_value=1930, max_value=2100)
    aim = NumberField(label=_("Aimed at"), required=False)
    actual = NumberField(label=_("Reached"), required=False)
    measure = forms.CharField(
        label=_("Unit"), max_length=50, required=False, help_text=_("Households, ha, %, …")
    )

    def __init__(self, *args, row=None, **kwargs):
        if row is not None:
            kwargs["initial"] = {name: getattr(row, field) for name, field in self.FIELDS.items()}
        super().__init__(*args, row=row, **kwargs)
        self.fields["year"].widget.attrs["autocomplete"] = "off"
        self.helper = FormHelper()
        self.helper.layout = Layout(
            *(["seen"] if row is not None else []),
            Row(Column("name", css_class="col-md-9"), Column("year", css_class="col-md-3")),
            Row(Column("aim"), Column("actual"), Column("measure")),
            Submit("save", _("Save")),
        )

    def clean_name(self):
        return tidy(self.cleaned_data["name"])

    def fill(self, indicator):
        """Set what was typed on an indicator, stored or new; returns it."""
        for name, field in self.FIELDS.items():
            setattr(indicator, field, self.cleaned_data[name])
        return indicator
