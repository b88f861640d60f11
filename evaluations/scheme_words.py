"""The values of a rating set in words: what each is called, and what its value says.

Paths are those of `rules.scheme_values`.
"""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assignments.choices import Level, Outcome
from branches.choices import MeetingKind
from branches.templatetags.numbers import number

from .choices import Criterion
from .rules.scheme_values import differences

SECTIONS = (
    ("groups", _("Points of the groups")),
    ("criteria", _("Points of the criteria")),
    ("group_of", _("Groups of the criteria")),
    ("meeting_kinds", _("Meetings")),
    ("excused_credit", _("Meetings")),
    ("task_credit", _("What a task counts")),
    ("review_credit", _("What a review counts")),
    ("min", _("Least scores")),
    ("exceeded_share", _("Shares of tasks")),
    ("late_share", _("Shares of tasks")),
    ("unmet_fail_share", _("Shares of tasks")),
    ("cap", _("Cap on excellent")),
    ("conditions", _("Conditions beside the points")),
)
SECTION_OF = dict(SECTIONS)
LABELS = {
    "meeting_kinds": _("Meetings that members must attend"),
    "excused_credit": _("An absence with reason counts"),
    "exceeded_share": _("Least share of exceeded tasks for excellent"),
    "late_share": _("Largest share of late tasks for completed"),
    "unmet_fail_share": _("Share of unmet tasks above which the level is failed"),
    "cap.percent": _("Cap in percent"),
    "cap.base": _("The cap is counted from"),
    "cap.by_class": _("The cap is counted in each class by itself"),
    "conditions.head_not_above_unit": _("A head is not above the organization they lead"),
    "conditions.cadre_not_above_branch": _("An assigned cadre and the branch they answer for"),
    "conditions.shortcomings_mended": _("Shortcomings pointed out earlier are mended"),
}
CAP_BASES = {
    "good": _("those who stay at good"),
    "good_or_better": _("all at good or excellent"),
}
CADRE_STEPS = {
    None: _("not looked at"),
    0: _("not above the branch"),
    1: _("at most one level above the branch"),
}
PARTS = {
    "criteria": Criterion,
    "group_of": Criterion,
    "task_credit": Outcome,
    "review_credit": Level,
    "min": Level,
}


def section_of(path):
    return SECTION_OF[path.partition(".")[0]]


def label_of(path, definition):
    """What the value at a path is called; `definition` names the groups."""
    part, _dot, key = path.partition(".")
    if part == "groups":
        return group_names(definition).get(key, key)
    if part in PARTS:
        return PARTS[part](key).label
    return LABELS[path]


def word_of(path, value, definition):
    """What a value says; “not there” where a version has none."""
    part = path.partition(".")[0]
    if part == "group_of" and value is not None:
        return group_names(definition).get(value, value)
    if path == "conditions.cadre_not_above_branch":
        return CADRE_STEPS[value]
    if value is not None and path == "cap.base":
        return CAP_BASES[value]
    if value is not None and path == "meeting_kinds":
        kinds = [kind.label for kind in MeetingKind if kind in value]
        return ", ".join(map(str, kinds)) or _("none")
    return plain_word(value)


def plain_word(value):
    """A number, yes or no, or “not there” for None."""
    if value is None:
        return pgettext_lazy("a value of a rating set", "not there")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return number(value, _places(value)) if isinstance(value, Decimal) else str(value)


def group_names(definition):
    """{key of a group: its name} as the definition has them."""
    return {group["key"]: group.get("name_vi") or group["key"] for group in definition["groups"]}


def changes_in_words(before, after):
    """What differs between two definitions: {"section", "label", "before", "after"}, in order."""
    return [
        {
            "section": section_of(each.path),
            "label": label_of(each.path, after if each.after is not None else before),
            "before": word_of(each.path, each.before, before),
            "after": word_of(each.path, each.after, after),
        }
        for each in differences(before, after)
    ]


def _places(value):
    return max(0, -value.normalize().as_tuple().exponent)
