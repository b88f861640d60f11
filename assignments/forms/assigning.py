"""The grid that assigns many at once: common values, rows, and what is found of each row."""

from uuid import uuid4

from django import forms
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches import acting
from branches.filters import DayInput, Select
from branches.forms.service import ServiceForm
from branches.picking import say_unclear

from ..assigning.pasting import COLUMNS
from ..choices import AssignmentRole, VisitsPeriod
from ..services.assigning import NewAssignment
from ..services.checking import ERROR, WARNING

MOST_TEXT = 100_000
VISITS = {"min_value": 0, "max_value": 31}


class DirectiveField(forms.ModelChoiceField):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"empty_label": "–"} | kwargs)

    def label_from_instance(self, directive):
        return f"{directive.number} · {directive.issued_on:%d/%m/%Y} · {directive.title[:80]}"


class TeamField(forms.ModelChoiceField):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"empty_label": "–"} | kwargs)

    def label_from_instance(self, team):
        return f"{team.name} · {team.directive.number}"


class DayField(forms.DateField):
    """A day in the years that records are of."""

    def __init__(self, **kwargs):
        super().__init__(**{"widget": DayInput} | kwargs)

    def clean(self, value):
        day = super().clean(value)
        if day:
            acting.read_day(day.isoformat())
        return day


class CommonForm(ServiceForm):
    """What holds for every row that does not say otherwise."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    directive = DirectiveField(
        queryset=None, required=False, label=gettext_lazy("Directive"), widget=Select
    )
    team = TeamField(queryset=None, required=False, label=gettext_lazy("Team"), widget=Select)
    role = forms.ChoiceField(
        choices=AssignmentRole.choices, label=gettext_lazy("Role"), widget=Select
    )
    since = DayField(label=gettext_lazy("First day"))
    visits_due = forms.IntegerField(label=gettext_lazy("Visits due"), **VISITS)
    visits_period = forms.ChoiceField(
        choices=VisitsPeriod.choices, label=gettext_lazy("in each"), widget=Select
    )
    pasted = forms.CharField(
        required=False,
        max_length=MOST_TEXT,
        strip=False,
        label=gettext_lazy("List from Excel, Word or a mail"),
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control", "spellcheck": "false"}),
    )

    def __init__(self, *args, directives, teams, on, **kwargs):
        """directives, teams: querysets of those that one may choose; on: the first day offered."""
        initial = {
            "token": uuid4(),
            "role": AssignmentRole.DIRECT,
            "since": on,
            "visits_due": 1,
            "visits_period": VisitsPeriod.MONTH,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["directive"].queryset = directives
        self.fields["team"].queryset = teams
        self.fields["visits_due"].widget.attrs |= {"class": "form-control", "inputmode": "numeric"}

    def clean_token(self):
        return self.cleaned_data["token"] or uuid4()


class CellInput(forms.TextInput):
    """A cell of the grid. Written without a template: a page has some hundreds of them."""

    def __init__(self, attrs=None):
        super().__init__({"class": "form-control", "autocomplete": "off"} | (attrs or {}))

    def render(self, name, value, attrs=None, renderer=None):
        widget = self.get_context(name, value, attrs)["widget"]
        shown = {"type": "text", "name": name, "value": widget["value"] or ""}
        return format_html("<input{}>", flatatt(shown | widget["attrs"]))


class DayCell(CellInput):
    def __init__(self):
        super().__init__({"placeholder": "dd/mm/yyyy", "inputmode": "numeric"})


class CellSelect(forms.Select):
    """Shows a word that it does not offer as it was pasted, so that it is put right and not
    lost."""

    def __init__(self):
        super().__init__({"class": "form-select"})

    def render(self, name, value, attrs=None, renderer=None):
        value = value or ""
        shown = [(str(key), label) for key, label in self.choices]
        if value not in dict(shown):
            shown.append((value, f"{value} ?"))
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, mark_safe(" selected") if key == value else "", label) for key, label in shown),
        )
        attributes = {"name": name} | self.build_attrs(self.attrs, attrs)
        return format_html("<select{}>{}</select>", flatatt(attributes), options)


class LineForm(forms.Form):
    """One row: a cadre goes to a target. What is left empty is as above."""

    member = forms.CharField(
        required=False, max_length=300, label=gettext_lazy("Cadre"), widget=CellInput
    )
    target = forms.CharField(
        required=False, max_length=300, label=gettext_lazy("Assigned to"), widget=CellInput
    )
    role = forms.ChoiceField(required=False, label=gettext_lazy("Role"), widget=CellSelect)
    since = DayField(required=False, label=gettext_lazy("First day"), widget=DayCell)
    until = DayField(required=False, label=gettext_lazy("Last day"), widget=DayCell)
    visits_due = forms.IntegerField(
        required=False, label=gettext_lazy("Visits due"), widget=CellInput, **VISITS
    )
    visits_period = forms.ChoiceField(
        required=False, label=gettext_lazy("in each"), widget=CellSelect
    )
    member_choice = forms.CharField(required=False, max_length=400)
    target_choice = forms.CharField(required=False, max_length=400)
    ends_earlier = forms.BooleanField(required=False)

    def __init__(self, data, *, number):
        super().__init__(data, prefix=f"row-{number - 1}")
        self.number = number
        self.findings, self.offers = [], {}
        self.new = None  # what is to be saved
        for name, choices in (("role", AssignmentRole), ("visits_period", VisitsPeriod)):
            field = self.fields[name]
            field.choices = [("", "–"), *choices.choices]
            field.error_messages["invalid_choice"] = _("“%(value)s” is none of the list.")
        sources = {
            "member": reverse("branches:pick_members"),
            "target": reverse("branches:pick_organizations"),
        }
        for name in COLUMNS:
            field = self.fields[name]
            field.widget.attrs |= {
                "aria-label": f"{field.label} {number}",
                "aria-describedby": f"findings-{number}",
            }
            if name in sources:
                field.widget.attrs |= {"data-source": sources[name], "spellcheck": "false"}

    @property
    def is_blank(self):
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in COLUMNS)

    @property
    def cells(self):
        return [self[name] for name in COLUMNS]

    @property
    def unclear(self):
        """(what it is about, field, its candidates) where there is something to choose."""
        return [
            (self[name].label, self[f"{name}_choice"], offers)
            for name, offers in self.offers.items()
        ]

    @property
    def ending(self):
        """The earlier assignments that the row can end the day before it begins."""
        return [each for each in self.findings if each.ends]

    @property
    def errors_elsewhere(self):
        """Sentences about what is wrong, those with their own remedy left out."""
        shown = {each.text for each in self.ending}
        return [text for texts in self.errors.values() for text in texts if text not in shown]

    @property
    def first_error(self):
        return next(text for texts in self.errors.values() for text in texts)

    @property
    def warnings(self):
        return [each for each in self.findings if each.level == WARNING and not each.ends]

    def take_focus(self):
        """Begin in the first cell that is wrong, or that is empty."""
        wrong = [name for name in COLUMNS if name in self._errors_so_far]
        self.fields[wrong[0] if wrong else COLUMNS[0]].widget.attrs["autofocus"] = True

    @property
    def _errors_so_far(self):
        return self._errors or {}

    def meant(self, names, name, *, on):
        """The one row that a text means; else the field says why not, and what to choose from."""
        if name in self.errors:
            return None
        text = _text(self.cleaned_data.get(name, ""))
        if not text:
            self.add_error(name, _("Write a name or a code."))
            return None
        rows = names.candidates(text, on=on)
        if len(rows) == 1:
            self.data[self.add_prefix(name)] = names.write(rows[0])
            return rows[0]
        found = names.found[text]
        self.add_error(name, _say(text, names, found, rows))
        if offers := names.offers(text, on=on):
            self.offers[name] = offers
        return None

    def read(self, common, members, targets):
        """Make `new` of what the row and the common values say, as far as it is clear."""
        said = self.cleaned_data
        since = said.get("since") or common.cleaned_data.get("since")
        if since is None:
            return
        member = self.meant(members, "member", on=since)
        target = self.meant(targets, "target", on=since)
        until = said.get("until")
        if until and until < since:
            self.add_error("until", _("The last day is before the first day."))
        if member and target and not self.errors and not common.errors:
            self.new = NewAssignment(
                member,
                target,
                since=since,
                until=until,
                ends_earlier=said["ends_earlier"],
                directive=common.cleaned_data["directive"],
                team=common.cleaned_data["team"],
                **{name: _either(name, said, common) for name in ("role", "visits_due")},
                visits_period=_either("visits_period", said, common),
            )

    def show(self, findings):
        self.findings = findings
        for each in findings:
            if each.level == ERROR:
                self.add_error(each.field if each.field in self.fields else None, each.text)


def _either(name, said, common):
    own = said.get(name)
    return common.cleaned_data[name] if own in (None, "") else own


def _text(text):
    return " ".join(text.split())


def _say(text, names, found, rows):
    if rows:
        return _("“%(text)s” may be %(number)s: choose one.") % {"text": text, "number": len(rows)}
    return say_unclear(text, found, describe=names.describe)
