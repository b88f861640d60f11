"""The values of a rating set of organizations in words, as `scheme_words` has those of members.

Paths are those of `rules.organization_scheme_values`.
"""

from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.choices import DisciplineForm

from .choices import OrganizationCriterion
from .rules.organization_scheme_values import differences
from .scheme_words import CAP_BASES, group_names, plain_word

SECTIONS = {
    "groups": _("Points of the groups"),
    "criteria": _("Points of the criteria"),
    "group_of": _("Groups of the criteria"),
    "member_credit": _("What the level of a member counts"),
    "branch_credit": _("What the level of an organization below counts"),
    "indicator_credit": _("What an indicator counts"),
    "min": _("Least scores"),
    "exceeded_share": _("Shares of indicators"),
    "unmet_fail_share": _("Shares of indicators"),
    "new_months": _("New organizations"),
    "successors_are_new": _("New organizations"),
    "discipline_fails_from": _("Discipline"),
    "cap": _("Cap on excellent"),
    "conditions": _("Conditions beside the points"),
}
LABELS = {
    "exceeded_share": _("Least share of exceeded indicators for excellent"),
    "unmet_fail_share": _("Share of unmet indicators above which the level is failed"),
    "new_months": _("Months in which an organization is new and not rated"),
    "successors_are_new": _("What follows another organization is new as well"),
    "discipline_fails_from": _("Discipline from which the level is failed"),
    "cap.percent": _("Cap in percent"),
    "cap.base": _("The cap is counted from"),
    "cap.within": _("The cap is counted among the organizations of"),
    "cap.by_kind": _("The cap is counted for each kind by itself"),
    "conditions.shortcomings_mended": _("Shortcomings pointed out earlier are mended"),
}
CAP_WITHIN = {"committee": _("one competent committee"), "cycle": _("the whole cycle")}
RESULTS = {"exceeded": _("Exceeded"), "met": _("Met"), "unmet": _("Not met")}
FAILS_FROM = {None: _("none")} | dict(DisciplineForm.choices)


def section_of(path):
    return SECTIONS[path.partition(".")[0]]


def label_of(path, definition):
    """What the value at a path is called; `definition` names the groups."""
    part, _dot, key = path.partition(".")
    if part == "groups":
        return group_names(definition).get(key, key)
    if part in ("criteria", "group_of"):
        return OrganizationCriterion(key).label
    if part == "indicator_credit":
        return RESULTS[key]
    if part in ("member_credit", "branch_credit", "min"):
        return Level(key).label
    return LABELS[path]


def word_of(path, value, definition):
    """What a value says; “not there” where a version has none."""
    if path.startswith("group_of.") and value is not None:
        return group_names(definition).get(value, value)
    if path == "discipline_fails_from":
        return FAILS_FROM[value]
    if value is not None and path in ("cap.base", "cap.within"):
        return (CAP_BASES if path == "cap.base" else CAP_WITHIN)[value]
    return plain_word(value)


def changes_in_words(before, after):
    """As `scheme_words.changes_in_words`."""
    return [
        {
            "section": section_of(each.path),
            "label": label_of(each.path, after if each.after is not None else before),
            "before": word_of(each.path, each.before, before),
            "after": word_of(each.path, each.after, after),
        }
        for each in differences(before, after)
    ]
