"""Forms of reorganizations, one for each kind: each makes a plan of what was filled in."""

import re

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.acting import FIRST_YEAR, LAST_YEAR
from branches.choices import OrganizationKind
from branches.fields import CODE_PATTERN
from branches.filters import DayInput, Select
from branches.forms.picking import OrganizationField, PickField
from branches.forms.service import ServiceForm
from branches.models import Member, Organization
from branches.picking import find_rows, say_unclear

from ..reorganizing import plans

MOST_TO_TICK = 60
ASSIGNMENT = "assignment-"
DIVIDES = re.compile(r"\s*(?:\t|→|=>|->|;)\s*")


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
        unclear = [
            say_unclear(line, found[line], describe=PickField.describe)
            for line in lines
            if found[line].row is None
        ]
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

    def __init__(self, *args, scope, offered=None, begun=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.scope = scope
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


def _named(form, field):
    """Those ticked and those written, in the order of their codes."""
    cleaned = form.cleaned_data
    rows = {*cleaned.get("chosen", ()), *cleaned.get(field, ())}
    return tuple(sorted(rows, key=lambda row: row.code))


def _parent_of(organization, on):
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
        if self.many not in self.errors and not _named(self, self.many):
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
        return plans.Move(cleaned["on"], _named(self, "organizations"), cleaned["parent"])


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
        sources = _named(self, "sources")
        into = cleaned["into"] or plans.NewOrganization(
            cleaned["name"],
            cleaned["code"],
            sources[0].kind,
            cleaned["parent"] or _parent_of(sources[0], cleaned["on"]),
            sources[0].grassroots,
        )
        return plans.Merge(cleaned["on"], sources, into, self.work([into]))


def _area(rows, **attributes):
    return forms.Textarea({"rows": rows, "spellcheck": "false", "class": "form-control"})


class SplitForm(WorkForm):
    chosen = Ticked()
    sources = Lines()
    parts = forms.CharField(
        label=gettext_lazy("Into, one a line"),
        widget=_area(3),
        max_length=20_000,
        help_text=gettext_lazy("A new one as “code; name”, one that exists by its code."),
    )
    members = forms.CharField(
        label=gettext_lazy("Who goes where, one a line"),
        widget=_area(8),
        max_length=400_000,
        required=False,
        help_text=gettext_lazy(
            "As two columns of a sheet, or “member → code”; of a committee, the organizations "
            "below it."
        ),
    )
    rest = forms.CharField(
        label=gettext_lazy("Code for all others"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Left empty: they stay, where the organization goes on."),
    )
    ends = forms.BooleanField(
        label=gettext_lazy("The organizations that are split end"), required=False, initial=True
    )

    def layout(self):
        return [
            *(name for name in ("chosen", "sources") if name in self.fields),
            "ends",
            "parts",
            "members",
            "rest",
            Row(Column("assignments"), Column("tasks")),
            "on",
        ]

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            self.sources = _named(self, "sources")
            self.parts = self._read_parts()
            codes = [part.code for part in self.parts]
            if len(codes) != len(set(codes)):
                self.add_error("parts", _("A code stands there twice."))
            if cleaned["rest"] and cleaned["rest"] not in codes:
                self.add_error("rest", _("This is none of the codes above."))
            self.divided = self._read_members(codes)
        return cleaned

    def _read_parts(self):
        lines = [line.strip() for line in self.cleaned_data["parts"].splitlines() if line.strip()]
        pairs = [DIVIDES.split(line, maxsplit=1) for line in lines]
        found = find_rows([pair[0] for pair in pairs if len(pair) == 1], self.scope)
        parent = _parent_of(self.sources[0], self.cleaned_data["on"])
        parts = []
        for pair in pairs:
            if len(pair) == 1:
                row = found[pair[0]].row
                text = say_unclear(pair[0], found[pair[0]], describe=PickField.describe)
                part = row or self.add_error("parts", text)
            elif re.fullmatch(CODE_PATTERN, pair[0]):
                first = self.sources[0]
                part = plans.NewOrganization(pair[1], pair[0], first.kind, parent, first.grassroots)
            else:
                part = self.add_error("parts", _("“%(text)s” is no code.") % {"text": pair[0]})
            parts.append(part)
        return tuple(part for part in parts if part)

    def _read_members(self, codes):
        """{id: code} of who, or what, stands on each line."""
        lines = [line.strip() for line in self.cleaned_data["members"].splitlines() if line.strip()]
        pairs = [DIVIDES.split(line, maxsplit=1) for line in lines]
        found = find_rows([pair[0] for pair in pairs], self._dividable())
        wrong, divided = [], {}
        for line, pair in zip(lines, pairs, strict=True):
            if len(pair) == 1 or pair[1] not in codes:
                text = _("“%(line)s” names none of the codes above.")
                wrong.append(text % {"line": line})
            elif found[pair[0]].row is None:
                wrong.append(say_unclear(pair[0], found[pair[0]], describe=PickField.describe))
            elif divided.setdefault(found[pair[0]].row.pk, pair[1]) != pair[1]:
                text = _("“%(name)s” goes to two places.")
                wrong.append(text % {"name": pair[0]})
        if wrong:
            self.add_error("members", wrong)
        return divided

    def _dividable(self):
        on = self.cleaned_data["on"]
        sources = Organization.objects.filter(pk__in=[row.pk for row in self.sources])
        if self._is_of_members():
            return Member.objects.in_branches(sources, on=on)
        return Organization.objects.valid_on(on).filter(
            placements__parent__in=sources, placements__validity__contains=on
        )

    def _is_of_members(self):
        return self.sources[0].kind == OrganizationKind.BRANCH

    def plan(self):
        cleaned, named = self.cleaned_data, "members" if self._is_of_members() else "children"
        return plans.Split(
            on=cleaned["on"],
            sources=self.sources,
            parts=self.parts,
            rest=cleaned["rest"],
            ends=cleaned["ends"],
            work=self.work(self.parts),
            **{named: self.divided},
        )


class DissolveForm(ManyForm):
    chosen = Ticked()
    organizations = Lines()

    def plan(self):
        return plans.Dissolve(self.cleaned_data["on"], _named(self, "organizations"))


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
