"""Forms of the steps in which a branch gives its members tasks. A sheet is one form of the page
with a line for each member or task: one request saves them all."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from branches.filters import Select
from branches.forms.service import RowForm, ServiceForm

from ..choices import BranchTaskStep, CheckProgress
from ..services.branch_task_drafts import TaskValues
from .assigning import DayField
from .numbers import NumberField
from .reasons import REASON_LENGTH
from .task_work import KEY

TEXT = {"class": "form-control", "autocomplete": "off"}


def _text(label, most, *, required=False, **attributes):
    widget = forms.TextInput({**TEXT, **attributes})
    return forms.CharField(label=label, max_length=most, required=required, widget=widget)


class FitnessLine(forms.Form):
    """What was found out about one member."""

    circumstances = _text(_("Health and circumstances"), 500)
    field = _text(_("Field that fits"), 200, list="task-groups")
    spared = _text(_("No task this year, because"), 500)

    @property
    def texts(self):
        return tuple(self.cleaned_data[name].strip() for name in self.base_fields)


class Sheet:
    """A form above many lines. `forms` are those of the lines."""

    @property
    def wrong(self):
        """The fields of the lines that are wrong, for the sum above the sheet."""
        return [form[name] for form in self.forms for name in form.errors if name in form.fields]


class ReviewForm(ServiceForm):
    """Above the lines: what stands in all that are left empty, and when the review was done."""

    fill = _text(_("Where nothing is written, write"), 500)
    day = DayField(label=_("Reviewed on"), required=False)


class ReviewSheet(Sheet):
    """lines  MemberLine of those who are due a task
    data   what was posted, or None
    """

    def __init__(self, lines, data=None, *, today):
        self.form = ReviewForm(data, initial={"day": today})
        self.lines = [(line, self._form(line, data)) for line in lines]

    def _form(self, line, data):
        found = line.fitness
        initial = {name: getattr(found, name) for name in FitnessLine.base_fields} if found else {}
        return FitnessLine(data, prefix=f"m{line.member.pk}", initial=initial)

    @property
    def forms(self):
        return [form for _line, form in self.lines]

    def is_valid(self):
        return all([self.form.is_valid(), *(form.is_valid() for form in self.forms)])

    @property
    def rows(self):
        """{id of a member: texts}, as the service takes it."""
        fill = self.form.cleaned_data["fill"].strip()
        return {
            line.member.pk: form.texts if any(form.texts) else (fill, "", "")
            for line, form in self.lines
        }


class TaskFields(forms.Form):
    title = _text(_("What is to be done"), 500, list="task-titles")
    category = _text(_("Category"), 200, list="task-groups")
    due_on = DayField(label=_("Until"), required=False)
    weight = NumberField(
        label=_("Weight"), required=False, widget=forms.TextInput({**TEXT, "inputmode": "decimal"})
    )

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    def clean_weight(self):
        weight = self.cleaned_data["weight"]
        if weight is not None and weight <= 0:
            raise ValidationError(_("A weight is more than 0."))
        return 1 if weight is None else weight

    def clean(self):
        cleaned = super().clean()
        due_on = cleaned.get("due_on")
        if due_on and due_on.year != self.year:
            self.add_error("due_on", _("A task of %s is due in that year.") % self.year)
        return cleaned

    @property
    def values(self):
        names = ("title", "category", "due_on", "weight")
        return TaskValues(**{name: self.cleaned_data[name] for name in names})


class NewTaskLine(TaskFields):
    """A task for a member, or for all who are ticked; none where no title is written."""

    def __init__(self, *args, year, **kwargs):
        super().__init__(*args, **kwargs)
        self.year = year


class TaskLineForm(NewTaskLine):
    """A task that is drafted already."""

    drop = forms.BooleanField(label=_("Take out"), required=False)

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("title") and not cleaned.get("drop") and "title" not in self.errors:
            self.add_error("title", _("Say what is to be done, or take the task out."))
        return cleaned


class DraftForm(ServiceForm):
    """Above the lines: for whom the same task is, and when the draft was ready."""

    tick = forms.MultipleChoiceField(required=False)
    day = DayField(label=_("Ready on"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class DraftSheet(Sheet):
    """lines  MemberLine of the branch
    mark   of the draft as it is stored: what is posted must have been made from it
    """

    def __init__(self, lines, data=None, *, year, today, mark):
        self.mark = mark
        due = [line for line in lines if line.is_due]
        self.form = DraftForm(data, initial={"day": today, "seen": mark})
        self.form.fields["tick"].choices = [(f"{line.member.pk}", str(line.member)) for line in due]
        self.same = NewTaskLine(data, prefix="same", year=year)
        self.lines = [(line, self._forms(line, data, year)) for line in lines]

    def _forms(self, line, data, year):
        """Pairs (task or None, form): a new line for who has no task yet."""
        found = []
        for task in line.tasks:
            form = None
            if task.task.state == "draft":
                initial = {name: getattr(task.task, name) for name in TaskFields.base_fields}
                form = TaskLineForm(data, prefix=f"t{task.task.pk}", initial=initial, year=year)
            found.append((task, form))
        if line.is_due and not line.tasks:
            found.append((None, NewTaskLine(data, prefix=f"n{line.member.pk}", year=year)))
        return found

    @property
    def forms(self):
        lines = [form for _line, pairs in self.lines for _task, form in pairs if form]
        return [self.same, *lines]

    def is_valid(self):
        if not all([self.form.is_valid(), *(form.is_valid() for form in self.forms)]):
            return False
        if self.form.cleaned_data["seen"] != self.mark:
            self.form.add_error(
                None,
                _("Somebody else has changed the draft since you opened it: open the page again."),
            )
        elif self.form.cleaned_data["tick"] and not self.same.cleaned_data["title"]:
            self.same.add_error("title", _("Say what those who are ticked are to do."))
        return not self.form.errors and not self.same.errors

    @property
    def changed(self):
        return {
            task.task.pk: form.values
            for task, form in self._pairs()
            if task and not form.cleaned_data["drop"]
        }

    @property
    def dropped(self):
        return [task.task.pk for task, form in self._pairs() if task and form.cleaned_data["drop"]]

    @property
    def new(self):
        """Pairs (id of a member, TaskValues), as the service takes them."""
        ticked = [(int(pk), self.same.values) for pk in self.form.cleaned_data["tick"]]
        alone = [
            (line.member.pk, form.values)
            for line, pairs in self.lines
            for task, form in pairs
            if task is None and form.cleaned_data["title"]
        ]
        return [*alone, *ticked]

    def _pairs(self):
        return [pair for _line, pairs in self.lines for pair in pairs if pair[1]]


class MeetingChoice(forms.ModelChoiceField):
    def label_from_instance(self, meeting):
        day = date_format(meeting.held_on, "SHORT_DATE_FORMAT")
        return f"{day} · {meeting.get_kind_display()}"


class DiscussionForm(RowForm):
    meeting = MeetingChoice(queryset=None, label=_("Meeting"), widget=Select, empty_label="–")
    opinions = forms.CharField(
        label=_("Opinions at the meeting"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 5}),
    )
    changes = forms.CharField(
        label=_("What was changed after it"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Change the tasks in the draft: it stays open until the resolution."),
    )

    def __init__(self, *args, row, meetings, **kwargs):
        initial = {"meeting": row.discussed_at, "opinions": row.opinions, "changes": row.changes}
        super().__init__(*args, row=row, initial=initial, **kwargs)
        self.fields["meeting"].queryset = meetings
        self.helper = FormHelper()
        self.helper.layout = Layout(
            KEY, "seen", "meeting", "opinions", "changes", Submit("save", _("Save the discussion"))
        )


class ResolutionForm(RowForm):
    number = forms.CharField(label=_("Number of the resolution"), max_length=100)
    day = DayField(label=_("Resolved on"))

    def __init__(self, *args, row, **kwargs):
        meeting = row.discussed_at
        initial = {"number": meeting.resolution_number, "day": meeting.held_on} if meeting else {}
        super().__init__(*args, row=row, initial=initial, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            KEY, "seen", "number", "day", Submit("save", _("Make the tasks binding"))
        )


class BackForm(ServiceForm):
    step = forms.ChoiceField(label=_("Back to"), widget=Select)
    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_LENGTH, help_text=_("It stands on the page.")
    )

    def __init__(self, *args, steps, **kwargs):
        """steps: those (BranchTaskStep) that are done."""
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = [(step.value, step.label) for step in steps]
        self.fields["step"].initial = steps[-1].value if steps else None
        self.helper = FormHelper()
        self.helper.layout = Layout(KEY, "step", "reason", Submit("back", _("Go back")))


class CheckLine(forms.Form):
    progress = forms.ChoiceField(
        label=_("Progress"),
        choices=[("", "–"), *CheckProgress.choices],
        required=False,
        widget=Select,
    )
    note = _text(_("Note"), 500)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("note") and not cleaned.get("progress"):
            self.add_error("progress", _("A note needs a word about the progress beside it."))
        return cleaned


class CheckForm(ServiceForm):
    """Above the lines: what is said of all that are left empty."""

    rest = forms.ChoiceField(
        label=_("All others"),
        choices=[("", "–"), *CheckProgress.choices],
        required=False,
        widget=Select,
    )


class CheckSheet(Sheet):
    """tasks   to be checked (Task rows)
    checks  {id of a task: TaskCheck} of this meeting
    """

    def __init__(self, tasks, checks, data=None):
        self.form = CheckForm(data)
        self.lines = [(task, self._form(task, checks.get(task.pk), data)) for task in tasks]

    def _form(self, task, check, data):
        initial = {"progress": check.progress, "note": check.note} if check else {}
        return CheckLine(data, prefix=f"t{task.pk}", initial=initial)

    @property
    def forms(self):
        return [form for _task, form in self.lines]

    def is_valid(self):
        return all([self.form.is_valid(), *(form.is_valid() for form in self.forms)])

    @property
    def rows(self):
        """{id of a task: (progress, note)}, as the service takes it."""
        rest = self.form.cleaned_data["rest"]
        return {
            task.pk: (form.cleaned_data["progress"] or rest, form.cleaned_data["note"].strip())
            for task, form in self.lines
        }


class OwnPlanForm(RowForm):
    steps = forms.CharField(
        label=_("Steps"),
        max_length=5_000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("One step a line, with its day: “15/03: visit the households of group 2”."),
    )
    begins_on = DayField(label=_("Begins on"))
    ends_on = DayField(label=_("Ends on"))

    def __init__(self, *args, row, task, **kwargs):
        """row: the plan that stands, or None."""
        initial = {"ends_on": task.due_on}
        if row is not None:
            initial = {name: getattr(row, name) for name in ("steps", "begins_on", "ends_on")}
        super().__init__(*args, row=row, initial=initial, **kwargs)
        self.helper = FormHelper()
        seen = ["seen"] if row is not None else []
        self.helper.layout = Layout(
            KEY, *seen, "steps", "begins_on", "ends_on", Submit("save", _("Save the plan"))
        )

    def clean(self):
        cleaned = super().clean()
        begins_on, ends_on = cleaned.get("begins_on"), cleaned.get("ends_on")
        if begins_on and ends_on and ends_on < begins_on:
            self.add_error("ends_on", _("The last day is before the first day."))
        return cleaned


DONE_STEPS = {
    step: list(BranchTaskStep)[: BranchTaskStep.values.index(step)] for step in BranchTaskStep
}
