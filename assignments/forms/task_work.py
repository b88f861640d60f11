"""Forms of tasks on their way."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.filters import Select
from branches.forms.service import RowForm, ServiceForm

from ..choices import Outcome
from ..directives.attachments import ACCEPTED
from .assigning import DayField
from .directives import FilesField
from .numbers import NumberField
from .reasons import REASON_LENGTH

MOST_LINES = 30
KEY = HTML("{% load submitting %}{% submission_key %}")
DONE, PROGRESS = "done", "progress"


class LineFields(forms.Form):
    """What a task says, for one line of many and for the change of one."""

    place = forms.ChoiceField(label=_("Where"), widget=Select)
    title = forms.CharField(label=_("What is to be done"), max_length=500)
    quantity = NumberField(label=_("Target quantity"), required=False)
    measure = forms.CharField(label=_("Unit"), max_length=50, required=False)
    due_on = DayField(label=_("Due on"), required=False)
    weight = NumberField(label=_("Weight"))
    category = forms.CharField(label=_("Category"), max_length=200, required=False)

    def __init__(self, *args, places, **kwargs):
        """places: a Places, of which one is chosen."""
        super().__init__(*args, **kwargs)
        self.places = places
        choices = places.choices
        if len(places.found) > 1:
            choices = [("", _("Choose …")), *choices]
        self.fields["place"].choices = choices
        for field in self.fields.values():
            if not isinstance(field.widget, Select | forms.HiddenInput):
                field.widget.attrs.setdefault("class", "form-control")

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    @property
    def values(self):
        """What the services take, without the year."""
        values = {name: self.cleaned_data[name] for name in LineFields.base_fields}
        assignment, organization = self.places.found[values.pop("place")]
        unit = values.pop("measure")
        return values | {"assignment": assignment, "organization": organization, "unit": unit}


class TaskLine(LineFields):
    """One of many lines; one in which nothing is written is passed over."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["weight"].initial = "1"
        if len(self.places.found) == 1:
            self.fields["place"].initial = next(iter(self.places.found))

    def show(self, wrong):
        for name, text in wrong.items():
            place = {"organization": "place", "assignment": "place", "year": "place"}
            self.add_error(place.get(name, name), text)


class _TaskLines(forms.BaseFormSet):
    def get_form_kwargs(self, index):
        return super().get_form_kwargs(index) | {"empty_permitted": True}

    @property
    def filled(self):
        return [form for form in self.forms if form.has_changed()]

    def clean(self):
        if not any(self.errors) and not self.filled:
            raise forms.ValidationError(_("Write at least one task."))


TaskLines = forms.formset_factory(
    TaskLine, formset=_TaskLines, extra=0, max_num=MOST_LINES, validate_max=True
)


class TaskChangeForm(LineFields, RowForm):
    reason = forms.CharField(
        label=_("Why it is changed"),
        max_length=REASON_LENGTH,
        required=False,
        help_text=_("It is registered: the confirming committee sees what you changed and why."),
    )

    def __init__(self, *args, row, places, needs_reason, **kwargs):
        names = ("title", "quantity", "due_on", "weight", "category")
        initial = {name: getattr(row, name) for name in names} | {"measure": row.unit}
        initial["place"] = f"{row.assignment_id}-{row.organization_id}"
        super().__init__(*args, row=row, places=places, initial=initial, **kwargs)
        if needs_reason:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "seen",
            "title",
            "place",
            Row(Column("quantity"), Column("measure")),
            Row(Column("due_on"), Column("weight")),
            "category",
            *(["reason"] if needs_reason else []),
            Submit("save", _("Save")),
        )

    def show(self, error):
        for field, texts in error.update_error_dict({}).items():
            place = "place" if field in ("organization", "assignment", "year") else field
            self.add_error(place if place in self.fields else None, texts)


class ReportForm(ServiceForm):
    """How far a task is, with what shows it."""

    handed_in = forms.ChoiceField(
        label=_("How far is it?"),
        choices=[
            (DONE, _("It is done: I hand it in for confirmation")),
            (PROGRESS, _("Not done yet: I only note the progress")),
        ],
        initial=DONE,
        widget=forms.RadioSelect,
    )
    actual = NumberField(label=_("Quantity reached"), required=False)
    comment = forms.CharField(
        label=_("Work that was done"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
    )
    evidence = FilesField(
        label=_("Evidence"),
        required=False,
        help_text=_("Photos, PDF, Word or Excel files; several at once."),
    )

    def __init__(self, *args, task, label, **kwargs):
        super().__init__(*args, initial={"actual": task.actual}, **kwargs)
        if task.quantity is not None:
            self.fields["actual"].required = True
        if task.unit:
            self.fields["actual"].help_text = task.unit
        self.fields["evidence"].widget.attrs |= {
            "accept": f"image/*,{ACCEPTED}",
            "data-photo": "evidence_size",
        }
        self.helper = FormHelper()
        self.helper.attrs = {"data-queue": "task_report", "data-queue-label": label}
        self.helper.layout = Layout(
            KEY,
            "handed_in",
            "actual",
            "comment",
            "evidence",
            HTML('<p class="form-text" id="evidence_size" role="status"></p>'),
            Submit("report", _("Send")),
        )

    @property
    def is_done(self):
        return self.cleaned_data["handed_in"] == DONE

    @property
    def values(self):
        """What the services take."""
        names = ("actual", "comment", "evidence")
        return {name: self.cleaned_data[name] for name in names}


class ConfirmForm(RowForm):
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args, row, suggested, **kwargs):
        super().__init__(*args, row=row, initial={"outcome": suggested}, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("seen", "outcome", Submit("confirm", _("Confirm")))


class WeighForm(ServiceForm):
    weight = NumberField(label=_("Weight"))
    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH)

    def __init__(self, *args, task, **kwargs):
        super().__init__(*args, initial={"weight": task.weight}, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("weight", "reason", Submit("weigh", _("Save the weight")))
