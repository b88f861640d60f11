"""Reminders of steps that are late, in words (assignments/reminding.py finds them)."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignments.choices import ReminderKind
from assignments.reminding import tell_of

from ..choices import StepKind


def remind_of_late_steps():
    tell_of(ReminderKind.STEP_LATE, sentence=_sentence, address=_address)


def _parts(due):
    """(cycle, role of who is told, step or "") of the key of a reminder."""
    cycle, role, _place, kind, _day = due.key.split(":")
    return cycle, role, kind


def _sentence(due, on):
    _cycle, role, kind = _parts(due)
    values = {
        "place": due.place,
        "number": due.number,
        "day": date_format(due.day, "SHORT_DATE_FORMAT"),
        "step": StepKind(kind).label if kind else "",
    }
    if role == "secretary":
        return _("The step “%(step)s” of %(place)s was to be done by %(day)s.") % values
    if kind:
        sentence = ngettext(
            "The step “%(step)s” of %(number)s branch of %(place)s was to be done by %(day)s.",
            "The step “%(step)s” of %(number)s branches of %(place)s was to be done by %(day)s.",
            due.number,
        )
        return sentence % values
    sentence = ngettext(
        "%(number)s branch is late in the rating cycle of %(place)s, the first since %(day)s.",
        "%(number)s branches are late in the rating cycle of %(place)s, the first since %(day)s.",
        due.number,
    )
    return sentence % values


def _address(due):
    cycle, role, _kind = _parts(due)
    if role == "secretary":
        return reverse("evaluations:cycle_branch", args=[cycle, due.place_id])
    return f"{reverse('evaluations:cycle', args=[cycle])}?org={due.place_id}"
