"""Forms of reviews: of one cadre, and of many in one list."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.filters import Select
from branches.forms.service import RowForm, ServiceForm

from ..choices import Level
from .reasons import REASON_LENGTH

MOST_COMMENT = 2000
MOST_ROWS = 200
WHY = {
    "label": _("Why it is changed"),
    "max_length": REASON_LENGTH,
    "required": False,
    "help_text": _("Only where you change what was said before; auditors read it."),
}


class ReviewForm(RowForm):
    """What the committee says of one cadre's year. row: the review that is there, if one is."""

    level = forms.ChoiceField(label=_("Level"), choices=Level.choices, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("Comment"),
        max_length=MOST_COMMENT,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    reason = forms.CharField(**WHY)

    def __init__(self, *args, row, **kwargs):
        initial = {"level": row.level, "comment": row.comment} if row else {}
        super().__init__(*args, row=row, initial=initial, **kwargs)
        if row is None:
            del self.fields["reason"]
        kept = ["seen", "level", "comment", "reason"] if row else ["level", "comment"]
        self.helper = FormHelper()
        self.helper.layout = Layout(*kept, Submit("save", _("Save the review")))


class ReviewsForm(ServiceForm):
    """Level and comment of each of many; where no level is chosen nothing is said yet."""

    reason = forms.CharField(**WHY)

    def __init__(self, *args, assignments, **kwargs):
        """assignments: of `reviewing.of_year()`, those that the reader reviews."""
        super().__init__(*args, **kwargs)
        self.assignments = assignments
        for each in assignments:
            names = {"cadre": each.member, "target": each.target}
            self.fields[f"level-{each.pk}"] = forms.ChoiceField(
                label=_("Level of %(cadre)s") % names,
                choices=[] if each.level else [("", _("Not yet"))],
                required=False,
                initial=each.level or "",
                widget=Select,
            )
            self.fields[f"level-{each.pk}"].choices += Level.choices
            self.fields[f"comment-{each.pk}"] = forms.CharField(
                label=_("Comment on %(cadre)s") % names,
                required=False,
                max_length=MOST_COMMENT,
                initial=each.comment or "",
                widget=forms.TextInput({"class": "form-control"}),
            )
        for name, field in self.fields.items():
            if name != "reason":
                field.widget.attrs["aria-label"] = field.label
        self.fields["reason"].widget.attrs["class"] = "form-control"

    def clean(self):
        cleaned = super().clean()
        for each in self.assignments:
            if cleaned.get(f"comment-{each.pk}") and not cleaned.get(f"level-{each.pk}"):
                self.add_error(f"level-{each.pk}", _("Choose a level to the comment."))
        return cleaned

    @property
    def rows(self):
        """(assignment, level, comment) where a level is chosen, as the service takes them."""
        said = self.cleaned_data
        return [
            (each, said[f"level-{each.pk}"], said[f"comment-{each.pk}"])
            for each in self.assignments
            if said.get(f"level-{each.pk}")
        ]
