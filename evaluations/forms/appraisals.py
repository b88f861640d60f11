"""Self-reviews, comments of other places, proposals of a whole branch."""

from decimal import Decimal

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.filters import DayInput, Select
from branches.forms.picking import OrganizationField
from branches.forms.service import RowForm, ServiceForm
from branches.templatetags.numbers import number

from ..choices import CommentKind
from ..deciding.conditions import mended_of
from ..models import SelfReview
from ..services.appraisals import REVIEW_TEXTS, points_of_groups
from ..templatetags.ratings import GROUPS

NO_LEVEL = ("", _("Not proposed yet"))
MENDED = (("", _("Not stated")), ("yes", _("Mended")), ("no", _("Not mended")))
MENDED_VALUES = {"": None, "yes": True, "no": False}


def group_label(key, label):
    """A group of a rating set by its own name, which is Vietnamese, or by ours."""
    return label if get_language() == "vi" else GROUPS.get(key, label)


class SelfReviewForm(RowForm):
    """A member's review of their year. row: what is saved already, if anything is."""

    level = forms.ChoiceField(
        label=_("Own level"), required=False, choices=Level.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args, row, scheme, **kwargs):
        super().__init__(*args, row=row, initial=_initial(row), **kwargs)
        self.groups = points_of_groups(scheme)
        for key, label, most in self.groups:
            self.fields[f"points_{key}"] = forms.DecimalField(
                label=group_label(key, label),
                required=False,
                max_digits=5,
                decimal_places=2,
                min_value=0,
                max_value=most,
                help_text=_("0 to %(most)s points.") % {"most": number(most)},
                localize=True,
                widget=forms.TextInput(
                    {"class": "form-control", "inputmode": "decimal", "autocomplete": "off"}
                ),
            )
        for name in REVIEW_TEXTS:
            column = SelfReview._meta.get_field(name)
            self.fields[name] = forms.CharField(
                label=capfirst(column.verbose_name),
                required=False,
                max_length=column.max_length,
                widget=forms.Textarea({"rows": 4, "class": "form-control"}),
            )

    @property
    def point_fields(self):
        return [self[f"points_{key}"] for key, _label, _most in self.groups]

    @property
    def text_fields(self):
        return [self[name] for name in REVIEW_TEXTS]

    @property
    def values(self):
        """What the service takes."""
        cleaned = self.cleaned_data
        points = {key: cleaned.get(f"points_{key}") for key, _label, _most in self.groups}
        return {name: cleaned[name] for name in REVIEW_TEXTS} | {
            "level": cleaned["level"],
            "points": {key: given for key, given in points.items() if given is not None},
        }


def _initial(row):
    if row is None:
        return {}
    return {name: getattr(row, name) for name in ("level", *REVIEW_TEXTS)} | {
        # As it was given: 27, not 27.00.
        f"points_{key}": Decimal(format(Decimal(given).normalize(), "f"))
        for key, given in row.points.items()
    }


class AskForm(ServiceForm):
    """Which comments were asked for, of everybody in the branch of whom they are needed."""

    kinds = forms.MultipleChoiceField(
        label=_("Comments of"),
        choices=CommentKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    asked_on = forms.DateField(label=_("Asked on"), widget=DayInput)

    def __init__(self, *args, counts, **kwargs):
        """counts: {CommentKind: of how many such a comment is needed and not asked for}."""
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [
            (kind, _("%(kind)s (%(count)d members)") % {"kind": kind.label, "count": count})
            for kind, count in counts.items()
            if count
        ]
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "kinds", "asked_on", Submit("ask", _("Put down that they were asked for"))
        )


class CommentForm(RowForm):
    """A comment on one member. row: the one that is there, if there is one."""

    organization = OrganizationField(label=_("Party organization"), required=False)
    place = forms.CharField(
        label=_("Place"),
        required=False,
        max_length=300,
        help_text=_("Where it has no party organization here."),
    )
    asked_on = forms.DateField(label=_("Asked on"), required=False, widget=DayInput)
    received_on = forms.DateField(label=_("Received on"), required=False, widget=DayInput)
    text = forms.CharField(
        label=_("Comment"), required=False, max_length=5000, widget=forms.Textarea({"rows": 5})
    )
    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[("", _("None given")), *Level.choices]
    )
    not_needed = forms.CharField(
        label=_("Why it is not needed"),
        required=False,
        max_length=300,
        help_text=_("For instance: freed from activity at the place of residence."),
    )

    def __init__(self, *args, row, organizations, **kwargs):
        names = self.base_fields if row else ()
        super().__init__(
            *args,
            row=row,
            initial={name: getattr(row, name) for name in names if name != "seen"},
            **kwargs,
        )
        self.fields["organization"].rows = organizations
        self.helper = FormHelper()
        self.helper.layout = Layout(
            *(["seen"] if row else []),
            Row(Column("asked_on"), Column("received_on")),
            "organization",
            "place",
            "text",
            "level",
            "not_needed",
            Submit("save", _("Save")),
        )


class ProposalsForm(ServiceForm):
    """The level and a note of each member of a branch: `level-<id>`, `note-<id>`."""

    def __init__(self, *args, appraisals, proposals, asks_mended=False, filled=False, **kwargs):
        """
        appraisals   those that a level may be proposed for
        proposals    {id of an appraisal: Proposal} of the step, as they are saved
        asks_mended  whether the rating set asks for mended shortcomings
        filled       whether who has no proposal is shown with the suggested level
        """
        super().__init__(*args, **kwargs)
        self.appraisals, self.asks_mended, self.filled = appraisals, asks_mended, filled
        self.stated = mended_of(appraisals) if asks_mended else {}
        for each in appraisals:
            self._add(each, proposals.get(each.pk))

    def _add(self, appraisal, proposal):
        member = {"member": appraisal.member}
        self.fields[f"level-{appraisal.pk}"] = forms.ChoiceField(
            label=_("Level of %(member)s") % member,
            required=False,
            choices=[NO_LEVEL, *Level.choices],
            initial=proposal.level if proposal else appraisal.suggested_level * self.filled,
            widget=Select({"aria-label": _("Level of %(member)s") % member}),
        )
        self.fields[f"note-{appraisal.pk}"] = forms.CharField(
            label=_("Note on %(member)s") % member,
            required=False,
            max_length=2000,
            initial=proposal.note if proposal else "",
            widget=forms.TextInput(
                {"class": "form-control", "aria-label": _("Note on %(member)s") % member}
            ),
        )
        if self.asks_mended:
            stated = {True: "yes", False: "no"}.get(self.stated.get(appraisal.pk), "")
            label = _("Earlier shortcomings of %(member)s") % member
            self.fields[f"mended-{appraisal.pk}"] = forms.ChoiceField(
                label=label,
                required=False,
                choices=MENDED,
                initial=stated,
                widget=Select({"aria-label": label}),
            )

    def clean(self):
        cleaned = super().clean()
        for each in self.appraisals:
            if cleaned.get(f"note-{each.pk}") and not cleaned.get(f"level-{each.pk}"):
                self.add_error(f"level-{each.pk}", _("Choose a level to the note."))
        return cleaned

    @property
    def rows(self):
        """(appraisal, level field, note field, field of mended shortcomings or None)."""
        return [
            (
                each,
                self[f"level-{each.pk}"],
                self[f"note-{each.pk}"],
                self[f"mended-{each.pk}"] if self.asks_mended else None,
            )
            for each in self.appraisals
        ]

    @property
    def proposals(self):
        """{id: (level, note)} as the service takes it."""
        cleaned = self.cleaned_data
        return {
            each.pk: (cleaned[f"level-{each.pk}"], cleaned[f"note-{each.pk}"])
            for each in self.appraisals
        }

    @property
    def mended(self):
        """{Appraisal: True, False or None} of those of whom something else is stated now."""
        said = {
            each: MENDED_VALUES[self.cleaned_data[f"mended-{each.pk}"]]
            for each in self.appraisals
            if self.asks_mended
        }
        return {each: mended for each, mended in said.items() if mended != self.stated.get(each.pk)}
