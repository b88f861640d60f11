"""The editor of rating sets of organizations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import organization_scheme_words as words
from ..rules import organization_scheme_values as values
from ..rules import read_organization_scheme
from ..rules.organization_scheme import CRITERIA, MOST_NEW_MONTHS
from ..scheme_words import CAP_BASES
from .schemes import MOST, MOST_CREDIT, MOST_SHARE, SchemeForm, ValueField, choice, flag

FULL = _("1 counts in full, 0.5 half of it.")
CHOICES = {
    "discipline_fails_from": [(key or "", word) for key, word in words.FAILS_FROM.items()],
    "cap.base": CAP_BASES.items(),
    "cap.within": words.CAP_WITHIN.items(),
}


class OrganizationSchemeForm(SchemeForm):
    """As that of members, with the paths of `rules.organization_scheme_values`."""

    criteria = CRITERIA
    read_values = staticmethod(values.read_values)
    read_places = staticmethod(values.read_places)
    write_values = staticmethod(values.write_values)
    read_scheme = staticmethod(read_organization_scheme)
    label_of = staticmethod(words.label_of)

    def _initial(self, path):
        value = self.values[path]
        return int(value) if path == "new_months" else "" if value is None else value

    def _value_field(self, path, part, label):
        if path == "new_months":
            widget = forms.TextInput({"class": "form-control num", "inputmode": "numeric"})
            return forms.IntegerField(
                label=label, min_value=0, max_value=MOST_NEW_MONTHS, widget=widget
            )
        if path in values.NUMBERS:
            most = MOST_SHARE if path.endswith("_share") else MOST.get(part, MOST_CREDIT)
            return ValueField(label=label, most=most)
        if path in CHOICES:
            return choice(label, CHOICES[path], required=path != "discipline_fails_from")
        return flag(label)

    def _written(self, given):
        return given | {"discipline_fails_from": given["discipline_fails_from"] or None}

    def sections(self):
        return [
            (words.SECTIONS["member_credit"], FULL, self.section("member_credit")),
            (words.SECTIONS["branch_credit"], FULL, self.section("branch_credit")),
            (words.SECTIONS["indicator_credit"], FULL, self.section("indicator_credit")),
            (
                _("Levels"),
                _("Least scores, and shares of the number of indicators: 0.2 is one in five."),
                self.section("min", "exceeded_share", "unmet_fail_share", "discipline_fails_from"),
            ),
            (_("New organizations"), "", self.section("new_months", "successors_are_new")),
            (
                _("Cap on excellent"),
                _("A committee with a percent of its own for the year keeps that one."),
                self.section("cap"),
            ),
            (
                _("Conditions beside the points"),
                _("They never give or take points: who decides above a condition says why."),
                self.section("conditions"),
            ),
        ]
