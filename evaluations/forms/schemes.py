"""Forms of rating sets: making a copy, changing a draft, adopting it, trying one."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branches.choices import MeetingKind
from branches.filters import DayInput
from branches.forms.service import RowForm, ServiceForm
from branches.templatetags.numbers import number

from ..models import Cycle
from ..rules import CRITERIA, LEVELS, SchemeError, read_scheme
from ..rules.scheme_values import NUMBERS, read_places, read_values, write_values
from ..scheme_words import CADRE_STEPS, CAP_BASES, group_names, label_of

KEY = HTML("{% load submitting %}{% submission_key %}")
MOST = {"min": 100, "cap": 100}
MOST_SHARE, MOST_CREDIT, MOST_POINTS = 1, 10, 100
YEARS = {"min_value": 1930, "max_value": 2100}


def _year_input():
    return forms.TextInput({"class": "form-control num", "inputmode": "numeric"})


def field_name(path):
    return path.replace(".", "-")


class ValueField(forms.DecimalField):
    """A number of a rating set, from 0 to `most`, with at most 4 decimals; 5.0000 stands as 5."""

    def __init__(self, *, most, **kwargs):
        # Not of the type number: in Vietnamese it is 1,25, which that one would not show.
        widget = forms.TextInput({"class": "form-control num", "inputmode": "decimal"})
        bounds = {"min_value": 0, "max_value": most, "decimal_places": 4}
        super().__init__(**bounds, widget=widget, localize=True, **kwargs)

    def prepare_value(self, value):
        if isinstance(value, Decimal):
            value = value.normalize()
            return int(value) if value == value.to_integral_value() else value
        return value


class SchemeCopyForm(ServiceForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As your committee will call it, for example with the number of its guidance."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(KEY, "name", Submit("copy", _("Make the draft")))


class SchemeForm(RowForm):
    """Every value of a draft, one field a path of `rules.scheme_values`; sections of the page are
    bound fields by `section()`."""

    criteria = CRITERIA
    read_values = staticmethod(read_values)
    read_places = staticmethod(read_places)
    write_values = staticmethod(write_values)
    read_scheme = staticmethod(read_scheme)
    label_of = staticmethod(label_of)

    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput({"class": "form-control"})
    )
    first_year = forms.IntegerField(label=_("First year"), **YEARS, widget=_year_input())
    last_year = forms.IntegerField(
        label=_("Last year"),
        **YEARS,
        widget=_year_input(),
        required=False,
        help_text=_("Left empty: until another set comes."),
    )

    def __init__(self, *args, row, **kwargs):
        self.definition = row.definition
        self.values = self.read_values(row.definition)
        self.places = self.read_places(row.definition)
        kwargs["initial"] = {
            "name": row.name,
            "first_year": row.first_year,
            "last_year": row.last_year,
            **{field_name(path): self._initial(path) for path in self.values},
            **{f"group_of-{key}": group for key, (group, _place) in self.places.items()},
            **{f"place-{key}": place for key, (_group, place) in self.places.items()},
        }
        super().__init__(*args, row=row, **kwargs)
        for path in self.values:
            if field := self._field(path):
                self.fields[field_name(path)] = field
        for key in self.places:
            self.fields[f"group_of-{key}"] = choice(
                _("Group"), group_names(self.definition).items()
            )
            self.fields[f"place-{key}"] = forms.IntegerField(
                label=_("Place"),
                min_value=1,
                max_value=len(self.criteria),
                widget=_year_input(),
            )

    def _initial(self, path):
        value = self.values[path]
        if path == "conditions.cadre_not_above_branch":
            return "" if value is None else str(value)
        return sorted(value) if isinstance(value, frozenset) else value

    def _field(self, path):
        part = path.partition(".")[0]
        label = self.label_of(path, self.definition)
        if part == "group_of":
            return None
        if part in ("groups", "criteria"):
            return ValueField(label=label, most=MOST_POINTS)
        return self._value_field(path, part, label)

    def _value_field(self, path, part, label):
        if path in NUMBERS:
            most = MOST_SHARE if path.endswith("_share") else MOST.get(part, MOST_CREDIT)
            return ValueField(label=label, most=most)
        if path == "meeting_kinds":
            return forms.MultipleChoiceField(
                label=label,
                choices=MeetingKind.choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        if path == "cap.base":
            return choice(label, CAP_BASES.items())
        if path == "conditions.cadre_not_above_branch":
            steps = [
                ("" if step is None else str(step), word) for step, word in CADRE_STEPS.items()
            ]
            return choice(label, steps, required=False)
        return flag(label)

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_year"), cleaned.get("last_year")
        if first and last and last < first:
            self.add_error("last_year", _("The last year is not before the first."))
        if not self.errors:
            self._clean_scores(cleaned)
        names = [field_name(path) for path in self.values]
        names += [f"{part}-{key}" for part in ("group_of", "place") for key in self.places]
        if all(name in cleaned for name in names if name in self.fields):
            self._clean_definition(cleaned)
        return cleaned

    def _clean_scores(self, cleaned):
        scores = {level: cleaned[f"min-{level}"] for level in LEVELS[:3]}
        for better, level in pairwise(scores):
            most = scores[better]
            if scores[level] > most:
                sentence = gettext(
                    "This is more than the better level needs: make it %(most)s or less."
                )
                self.add_error(f"min-{level}", sentence % {"most": number(most)})

    def _clean_definition(self, cleaned):
        """Say what no rating can be made with, each at its field (docs/rating-rules.md, 2)."""
        places = {key: (cleaned[f"group_of-{key}"], cleaned[f"place-{key}"]) for key in self.places}
        written = self.write_values(self.definition, self._given(cleaned), places)
        try:
            self.read_scheme(written)
        except SchemeError as error:
            for problem in error.problems:
                self.add_error(*self._told(problem, cleaned))
        else:
            cleaned["definition"] = written

    def _given(self, cleaned):
        paths = [path for path in self.values if not path.startswith("group_of.")]
        return self._written({path: cleaned.get(field_name(path)) for path in paths})

    def _written(self, given):
        """The values as a definition has them."""
        steps = given["conditions.cadre_not_above_branch"]
        return given | {"conditions.cadre_not_above_branch": int(steps) if steps else None}

    def _told(self, problem, cleaned):
        """The field of a problem of `read_scheme`, and the sentence that says what to do."""
        place, _colon, _words = problem.partition(":")
        groups = group_names(self.definition)
        if place.removesuffix(".points") in groups:
            key = place.removesuffix(".points")
            if place != key:
                return f"groups-{key}", _("A group has more than 0 points: give it some.")
            return f"groups-{key}", _("Give at least one criterion of this group points.")
        if place == "groups" and "100" in problem:
            return f"groups-{next(iter(groups))}", self._sum_sentence(groups, cleaned)
        return (field_name(place) if field_name(place) in self.fields else None), problem

    def _sum_sentence(self, groups, cleaned):
        total = sum(cleaned[f"groups-{key}"] for key in groups)
        if total > 100:
            sentence = gettext(
                "The groups have %(total)s points together and must have 100: take %(number)s away."
            )
        else:
            sentence = gettext(
                "The groups have %(total)s points together and must have 100: add %(number)s."
            )
        values = {"total": number(total), "number": number(abs(total - 100))}
        return sentence % values

    def groups(self):
        """[(bound field of a group's points, [(bound fields of the points, group and place of each
        of its criteria)])], for the page."""
        groups = {key: [] for key in group_names(self.definition)}
        for key, (group, _place) in sorted(self.places.items(), key=lambda each: each[1][1]):
            parts = ("criteria", "group_of", "place")
            groups[group].append([self[f"{part}-{key}"] for part in parts])
        return [(self[f"groups-{key}"], rows) for key, rows in groups.items()]

    def section(self, *parts):
        """The bound fields of the paths that begin with one of the parts, for the page."""
        return [self[field_name(path)] for path in self.values if path.startswith(parts)]

    def sections(self):
        """The sections of the page after the groups: (heading, explanation, bound fields)."""
        return [
            (_("Meetings"), "", self.section("meeting_kinds", "excused_credit")),
            (
                _("What a task counts"),
                _("1 counts a task in full, 0.5 half of it. More than 1 is possible."),
                self.section("task_credit"),
            ),
            (
                _("What a review counts"),
                _("1 gives all points of the criterion."),
                self.section("review_credit"),
            ),
            (
                _("Levels"),
                _("Least scores, and shares of the number of tasks: 0.2 is one task in five."),
                self.section("min", "exceeded_share", "late_share", "unmet_fail_share"),
            ),
            (
                _("Cap on excellent"),
                _("A unit with a percent of its own for the year keeps that one."),
                self.section("cap"),
            ),
            (
                _("Conditions beside the points"),
                _("They never give or take points: who decides above a condition says why."),
                self.section("conditions"),
            ),
        ]


class SchemeAdoptForm(ServiceForm):
    cycle = forms.ModelChoiceField(
        label=_("Cycle that is rated by it"),
        queryset=Cycle.objects.none(),
        required=False,
        empty_label=_("None yet"),
        help_text=_("A cycle in which nobody is decided on. Its suggestions are taken again."),
    )

    def __init__(self, *args, cycles, **kwargs):
        """cycles: those that may be rated by it; None where that is not chosen here."""
        super().__init__(*args, **kwargs)
        if cycles is None:
            del self.fields["cycle"]
        else:
            self.fields["cycle"].queryset = cycles
        self.helper = FormHelper()
        submit = Submit("adopt", _("Adopt this version"))
        self.helper.layout = Layout(KEY, *self.fields, submit)


class TrialForm(ServiceForm):
    """What to try a rating set on; the organization is the one acted for."""

    year = forms.IntegerField(label=_("Year"), **YEARS)
    as_of = forms.DateField(
        label=_("Cut-off date"),
        required=False,
        widget=DayInput,
        help_text=_("A day of that year; left empty, 31 December. Later facts are not looked at."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            KEY, Row(Column("year"), Column("as_of")), Submit("try", _("Try it"))
        )

    def clean(self):
        cleaned = super().clean()
        year, as_of = cleaned.get("year"), cleaned.get("as_of")
        if year and as_of and as_of.year != year:
            self.add_error("as_of", _("The cut-off date is a day of the year itself."))
        elif year and not as_of:
            cleaned["as_of"] = date(year, 12, 31)
        return cleaned


def choice(label, choices, *, required=True):
    return forms.ChoiceField(
        label=label,
        choices=list(choices),
        required=required,
        widget=forms.Select({"class": "form-select"}),
    )


def flag(label):
    widget = forms.CheckboxInput({"class": "form-check-input"})
    return forms.BooleanField(label=label, required=False, widget=widget)
