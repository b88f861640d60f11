"""Forms that end assignments: with somebody who goes on, without, and taking that back."""

import hashlib

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Div, Field, Fieldset, Layout, Row, Submit
from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from branches.acting import FIRST_YEAR, LAST_YEAR
from branches.filters import DayInput, Select
from branches.forms.picking import MemberField
from branches.forms.service import RowForm
from branches.picking import write_row

from ..choices import AssignmentRole, VisitsPeriod

REASON_LENGTH = 500
OVER, CLOSE, KEEP = "over", "close", "keep"
SAME = ("role", "visits_due", "visits_period", "directive", "team")


class DayField(forms.DateField):
    """A day of the years that the database takes."""

    def __init__(self, **kwargs):
        super().__init__(**{"widget": DayInput} | kwargs)

    def clean(self, value):
        day = super().clean(value)
        if day and not FIRST_YEAR <= day.year < LAST_YEAR:
            raise forms.ValidationError(_("A year lies between 1930 and 2100."))
        return day


class EndingForm(RowForm):
    """What ending an assignment asks in any case: the last day, a reason, and of every task in
    progress what becomes of it (`task_ID`, and `why_ID` where it is closed).

    The form is sent twice: first it is shown what will happen; by the button `do` it is done, when
    what was shown (`previewed`) is what the form still says.
    """

    last_day = DayField(label=_("Last day"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        help_text=_("For instance the number of the decision. It stands in the audit trail."),
    )
    previewed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    ways = ((CLOSE, _("is closed")), (KEEP, _("stays with the cadre, who finishes it")))

    def __init__(self, *args, row, tasks, **kwargs):
        """tasks: those in progress under the assignment `row`."""
        super().__init__(*args, row=row, **kwargs)
        self.tasks = list(tasks)
        for task in self.tasks:
            self.fields[f"task_{task.pk}"] = forms.ChoiceField(
                label=task.title, choices=self.ways, initial=self.ways[0][0], widget=Select
            )
            self.fields[f"why_{task.pk}"] = forms.CharField(
                label=_("Reason, if it is closed"), max_length=REASON_LENGTH, required=False
            )
        self.helper = FormHelper()
        # The second button stands below what is shown, and sends the same form.
        self.helper.form_id = "ending"

    def task_rows(self):
        """The fields of the tasks, as a part of the layout."""
        if not self.tasks:
            return ()
        rows = [
            Div(
                Row(Column(f"task_{task.pk}"), Column(f"why_{task.pk}")),
                HTML(_facts_of(task)),
                css_class="handed-task",
            )
            for task in self.tasks
        ]
        help_text = _("A reason left empty is the reason above.")
        return (Fieldset(_("Tasks in progress"), HTML(f"<p>{help_text}</p>"), *rows),)

    def decided(self):
        """{"last_day": …, "closed": {task id: reason}, "kept": ids}"""
        cleaned = self.cleaned_data
        chosen = {task.pk: cleaned[f"task_{task.pk}"] for task in self.tasks}
        return {
            "last_day": cleaned["last_day"],
            "closed": {
                pk: cleaned[f"why_{pk}"] or cleaned["reason"]
                for pk, way in chosen.items()
                if way == CLOSE
            },
            "kept": {pk for pk, way in chosen.items() if way == KEEP},
        }

    def digest(self):
        """A mark of all that was typed and of the assignment and tasks as they stand."""
        said = sorted(
            (name, str(value)) for name, value in self.cleaned_data.items() if name != "previewed"
        )
        states = [(task.pk, task.state) for task in self.tasks]
        return hashlib.sha256(repr((said, states)).encode()).hexdigest()

    def is_confirmed(self):
        """Whether its sender was shown what this form will do, and says so."""
        return bool(self.data.get("do")) and self.cleaned_data["previewed"] == self.digest()

    def remember(self):
        """Let the page say that what the form says now was shown."""
        self.data = self.data.copy()
        self.data["previewed"] = self.digest()


class HandOverForm(EndingForm):
    member = MemberField(
        label=_("New cadre"), help_text=_("Name or party card; begins on the day after.")
    )
    until = DayField(
        label=_("Last day of the new assignment"),
        required=False,
        help_text=_("Left empty: no end."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=AssignmentRole.choices, widget=Select)
    visits_due = forms.IntegerField(label=_("Visits due"), min_value=0, max_value=31)
    visits_period = forms.ChoiceField(
        label=_("in each"), choices=VisitsPeriod.choices, widget=Select
    )
    directive = forms.ModelChoiceField(
        label=_("Directive"), queryset=None, required=False, empty_label="–", widget=Select
    )
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=None, required=False, empty_label="–", widget=Select
    )

    ways = ((OVER, _("goes over to the new cadre")), (CLOSE, _("is closed")))

    def remember(self):
        super().remember()
        # The box sends a code: whoever checks what will happen reads a name.
        member = self.cleaned_data["member"]
        if self.data["member"].strip() == member.code:
            self.data["member"] = write_row(member, self.fields["member"].sight)

    def __init__(self, *args, row, members, sight, directives, teams, initial=None, **kwargs):
        """members, directives, teams: querysets of those that may be named; sight: what the user
        sees of members."""
        same = {name: getattr(row, name) for name in SAME}
        super().__init__(*args, row=row, initial=same | (initial or {}), **kwargs)
        self.fields["member"].rows, self.fields["member"].sight = members, sight
        self.fields["directive"].queryset = directives
        self.fields["team"].queryset = teams
        self.fields["last_day"].label = _("Last day of %(cadre)s") % {"cadre": row.member}
        unchanged = Fieldset(
            _("Stays as it is, unless changed here"),
            Row(Column("role"), Column("visits_due"), Column("visits_period")),
            Row(Column("directive"), Column("team")),
        )
        self.helper.layout = Layout(
            Field("seen"),
            Field("previewed"),
            "member",
            Row(Column("last_day"), Column("until")),
            "reason",
            *self.task_rows(),
            unchanged,
            Submit("preview", _("Show what will happen")),
        )

    def decided(self):
        """As `EndingForm.decided`, with member, until and changes."""
        cleaned, decided = self.cleaned_data, super().decided()
        del decided["kept"]  # nothing stays: what is not closed goes over
        changes = {name: cleaned[name] for name in SAME}
        return decided | {
            "member": cleaned["member"],
            "until": cleaned["until"],
            "changes": changes,
        }


class EndForm(EndingForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Field("seen"),
            Field("previewed"),
            "last_day",
            "reason",
            *self.task_rows(),
            Submit("preview", _("Show what will happen")),
        )


class UndoForm(RowForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_LENGTH, help_text=_("It stands in the audit trail.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(Field("seen"), "reason", Submit("undo", _("Undo it")))


def _facts_of(task):
    return render_to_string("assignments/_handed_task.html", {"task": task})
