"""Forms of the quality of meetings: giving points, deciding, and the form itself."""

from decimal import Decimal

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.forms.service import RowForm, ServiceForm
from branches.periods import first_day, last_day

from .handover import DayField

KEY = HTML("{% load submitting %}{% submission_key %}")
EMPTY_LINES = 3


class PointsField(forms.DecimalField):
    """Points from 0 to `most`; 5.00 stands as 5."""

    def __init__(self, *, most=100, **kwargs):
        bounds = {"min_value": 0, "max_value": most, "max_digits": 5, "decimal_places": 2}
        # Not of the type number: in Vietnamese it is 1,25, which that one would not show.
        widget = forms.TextInput({"class": "form-control", "inputmode": "decimal"})
        super().__init__(**bounds, widget=widget, localize=True, **kwargs)

    def prepare_value(self, value):
        if isinstance(value, Decimal) and value == value.to_integral_value():
            return int(value)
        return value


def _points(label="", **more):
    return PointsField(label=label, **more)


def _note(label, **more):
    area = forms.Textarea({"rows": 3, "class": "form-control"})
    return forms.CharField(label=label, required=False, max_length=2000, widget=area, **more)


class ScoreForm(RowForm):
    """The points of a meeting, one field `points_ID` a criterion."""

    note = _note(
        _("Why points were taken off"), help_text=_("The committee reads it before it decides.")
    )

    def __init__(self, *args, criteria, score=None, suggested=None, **kwargs):
        """score  what was given before, with its lines
        suggested  points for the criterion that follows the roster, None for none
        """
        given = {line.criterion_id: line.points for line in score.lines.all()} if score else {}
        kwargs["initial"] = {"note": score.note if score else ""}
        super().__init__(*args, row=score, **kwargs)
        self.criteria = list(criteria)
        for each in self.criteria:
            first = suggested if each.is_attendance else each.points
            self.fields[f"points_{each.pk}"] = _points(
                each.name, most=each.points, initial=given.get(each.pk, first)
            )

    def rows(self):
        """(criterion, field) for the table of the page."""
        return [(each, self[f"points_{each.pk}"]) for each in self.criteria]

    def points(self):
        return {each.pk: self.cleaned_data[f"points_{each.pk}"] for each in self.criteria}


class DecideForm(RowForm):
    decided = _points(_("Points decided"))
    note = _note(
        _("Note of the committee"),
        help_text=_("Needed where it is other points than the branch gave."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "seen", KEY, "decided", "note", Submit("decide", _("Decide for the committee"))
        )


class QualityFormForm(ServiceForm):
    """A version of the form: its days, bands and lines (`name_N`, `points_N`, `follows_N`)."""

    name = forms.CharField(label=_("Name"), max_length=300)
    since = DayField(label=_("For meetings from"))
    until = DayField(label=_("Last day"), required=False, help_text=_("Left empty: no end."))
    good_from = _points(_("Good from"))
    fair_from = _points(_("Fair from"))
    average_from = _points(_("Average from"))
    note = _note(_("Note"))

    def __init__(self, *args, form, **kwargs):
        """form: the one that the new version begins with."""
        kwargs["initial"] = {
            "name": form.name,
            "since": first_day(form.validity),
            "until": last_day(form.validity),
            "good_from": form.good_from,
            "fair_from": form.fair_from,
            "average_from": form.average_from,
            "note": form.note,
        }
        super().__init__(*args, **kwargs)
        lines = [(each.name, each.points, each.is_attendance) for each in form.criteria.all()]
        self.count = len(lines) + EMPTY_LINES
        for place in range(self.count):
            name, points, follows = lines[place] if place < len(lines) else ("", None, False)
            self._add_line(place, name, points, follows)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            KEY,
            "name",
            Row(Column("since"), Column("until")),
            *(
                Row(
                    Column(f"name_{place}", css_class="col-md-7"),
                    Column(f"points_{place}", css_class="col-md-2"),
                    Column(f"follows_{place}", css_class="col-md-3"),
                )
                for place in range(self.count)
            ),
            Row(Column("good_from"), Column("fair_from"), Column("average_from")),
            "note",
            Submit("save", _("Use this form")),
        )

    def _add_line(self, place, name, points, follows):
        self.fields[f"name_{place}"] = forms.CharField(
            label=_("Criterion"), required=False, max_length=500, initial=name
        )
        self.fields[f"points_{place}"] = _points(_("Points"), required=False, initial=points)
        self.fields[f"follows_{place}"] = forms.BooleanField(
            label=_("Follows the roster"), required=False, initial=follows
        )

    def clean(self):
        cleaned = super().clean()
        for place in range(self.count):
            name, points = cleaned.get(f"name_{place}", ""), cleaned.get(f"points_{place}")
            if bool(name.strip()) != bool(points):
                self.add_error(f"points_{place}", _("A criterion has a name and points."))
        bands = [cleaned.get(f"{band}_from") for band in ("good", "fair", "average")]
        if None not in bands and not Decimal(0) < bands[2] < bands[1] < bands[0]:
            self.add_error("good_from", _("The bands go down: good, fair, average."))
        return cleaned

    def values(self):
        """What `save_form` takes."""
        values = self.cleaned_data
        criteria = [
            (
                " ".join(values[f"name_{place}"].split()),
                values[f"points_{place}"],
                values[f"follows_{place}"],
            )
            for place in range(self.count)
            if values[f"name_{place}"].strip()
        ]
        return {
            "name": values["name"],
            "since": values["since"],
            "until": values["until"],
            "note": values["note"],
            "bands": [values[f"{band}_from"] for band in ("good", "fair", "average")],
            "criteria": criteria,
        }
