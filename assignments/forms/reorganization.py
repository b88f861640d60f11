"""Forms of reorganizations, one for each kind: each makes a plan of what was filled in."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.choices import OrganizationKind
from branches.fields import CODE_PATTERN
from branches.filters import Select
from branches.forms.picking import OrganizationField
from branches.forms.service import ServiceForm

from ..reorganizing import plans
from .reorganization_base import (
    Lines,
    ManyForm,
    ReorganizationForm,
    Ticked,
    WorkForm,
    named_in,
    parent_of,
)
from .reorganization_split import SplitForm


class CreateForm(ReorganizationForm):
    parent = OrganizationField(label=gettext_lazy("Under"))
    of_kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=OrganizationKind.choices,
        widget=Select,
        initial="branch",
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=300)
    code = forms.RegexField(CODE_PATTERN, label=gettext_lazy("Code"), max_length=64)
    grassroots = forms.BooleanField(
        label=gettext_lazy("Grassroots organization"),
        required=False,
        help_text=gettext_lazy("Caps on excellent ratings are counted per such unit."),
    )

    def plan(self):
        cleaned = self.cleaned_data
        is_committee = cleaned["of_kind"] == OrganizationKind.GRASSROOTS_COMMITTEE
        new = plans.NewOrganization(
            cleaned["name"],
            cleaned["code"],
            cleaned["of_kind"],
            cleaned["parent"],
            cleaned["grassroots"] or is_committee,
        )
        return plans.Create(cleaned["on"], new)


class RenameForm(ReorganizationForm):
    organization = OrganizationField()
    name = forms.CharField(label=gettext_lazy("New name"), max_length=300)

    def plan(self):
        cleaned = self.cleaned_data
        return plans.Rename(cleaned["on"], cleaned["organization"], cleaned["name"])


class ChangeForm(ReorganizationForm):
    organization = OrganizationField()
    to_kind = forms.ChoiceField(
        label=gettext_lazy("Kind from then on"), choices=OrganizationKind.choices, widget=Select
    )
    grassroots = forms.BooleanField(
        label=gettext_lazy("Grassroots organization"),
        required=False,
        help_text=gettext_lazy("Caps on excellent ratings are counted per such unit."),
    )

    def begin_with(self, organization):
        super().begin_with(organization)
        self.initial |= {"to_kind": organization.kind, "grassroots": organization.grassroots}

    def plan(self):
        cleaned = self.cleaned_data
        return plans.Change(
            cleaned["on"], cleaned["organization"], cleaned["to_kind"], cleaned["grassroots"]
        )


class MoveForm(ManyForm):
    chosen = Ticked()
    organizations = Lines()
    parent = OrganizationField(label=gettext_lazy("To under"))

    def plan(self):
        cleaned = self.cleaned_data
        return plans.Move(cleaned["on"], named_in(self, "organizations"), cleaned["parent"])


class MergeForm(WorkForm):
    chosen = Ticked()
    sources = Lines()
    into = OrganizationField(
        label=gettext_lazy("Into one that exists"),
        required=False,
        help_text=gettext_lazy("Another, or one of those named. Left empty: into a new one."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the new one"), max_length=300, required=False
    )
    code = forms.RegexField(
        CODE_PATTERN, label=gettext_lazy("Code of the new one"), max_length=64, required=False
    )
    parent = OrganizationField(
        label=gettext_lazy("The new one stands under"),
        required=False,
        help_text=gettext_lazy("Left empty: where the first of those named stands."),
    )

    def layout(self):
        return [
            *(name for name in ("chosen", "sources") if name in self.fields),
            "into",
            Row(Column("name"), Column("code")),
            "parent",
            Row(Column("assignments"), Column("tasks")),
            "on",
        ]

    def clean(self):
        cleaned = super().clean()
        if not self.errors and cleaned["into"] is None:
            for field in ("name", "code"):
                if not cleaned[field]:
                    self.add_error(field, _("Name the new one, or one that exists."))
        return cleaned

    def plan(self):
        cleaned = self.cleaned_data
        sources = named_in(self, "sources")
        into = cleaned["into"] or plans.NewOrganization(
            cleaned["name"],
            cleaned["code"],
            sources[0].kind,
            cleaned["parent"] or parent_of(sources[0], cleaned["on"]),
            sources[0].grassroots,
        )
        return plans.Merge(cleaned["on"], sources, into, self.work([into]))


class DissolveForm(ManyForm):
    chosen = Ticked()
    organizations = Lines()

    def plan(self):
        return plans.Dissolve(self.cleaned_data["on"], named_in(self, "organizations"))


class ConfirmForm(ServiceForm):
    """Under a preview: `digest` says which preview is confirmed."""

    decision = forms.CharField(
        label=gettext_lazy("Number of the decision"),
        max_length=100,
        help_text=gettext_lazy("For instance 77-QĐ/ĐU."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)
    digest = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(Row(Column("decision"), Column("reason")))


class UndoForm(ServiceForm):
    reason = forms.CharField(label=gettext_lazy("Reason for undoing"), max_length=500)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("reason")


FORMS = {
    "create": CreateForm,
    "rename": RenameForm,
    "change": ChangeForm,
    "move": MoveForm,
    "merge": MergeForm,
    "split": SplitForm,
    "dissolve": DissolveForm,
}
