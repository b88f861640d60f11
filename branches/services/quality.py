"""Scoring meetings, deciding on the points, and the forms by which it is done."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import (
    CriterionScore,
    Meeting,
    MeetingScore,
    Organization,
    QualityCriterion,
    QualityForm,
)
from ..periods import period
from ..quality import form_for
from .meetings import require_branch

BUILT_IN = Path(__file__).parents[1] / "quality_forms"
HUNDRED = Decimal(100)


@transaction.atomic
def load_quality_forms(form=QualityForm, criterion=QualityCriterion):
    """Put the forms that come with the application where they are missing. Takes the models, so
    that a migration can call it with those of its time."""
    for file in sorted(BUILT_IN.glob("*.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        since, until = (day and date.fromisoformat(day) for day in (told["since"], told["until"]))
        good, fair, average = told["bands"]
        row, is_new = form.objects.get_or_create(
            organization=None,
            validity=period(since, until),
            version=1,
            defaults={
                "name": told["name"],
                "note": told["note"],
                "good_from": good,
                "fair_from": fair,
                "average_from": average,
                "changed_at": timezone.now(),
            },
        )
        if is_new:
            _add_criteria(row, told["criteria"], criterion)


@transaction.atomic
def save_form(organization, *, name, since, until, note, bands, criteria, by, at):
    """Make a version of the form for the meetings of a period, for the organization and all below.

    bands     points from which a meeting is good, fair, average
    criteria  (name, points, whether the roster suggests them), in their order; together 100 points

    Earlier versions stay with the meetings that were scored by them. Returns the form.
    """
    if not by.may("edit_templates", organization, on=timezone.localdate(at)):
        raise PermissionDenied
    if until and until < since:
        raise ValidationError({"until": _("The last day is before the first day.")})
    _check_criteria(criteria)
    Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=organization.pk)
    validity = period(since, until)
    versions = QualityForm.objects.filter(organization=organization)
    last = versions.order_by("-version").values_list("version", flat=True).first()
    good, fair, average = bands
    form = QualityForm(
        organization=organization,
        version=(last or 0) + 1,
        name=name,
        validity=validity,
        note=note,
        good_from=good,
        fair_from=fair,
        average_from=average,
        changed_by=by,
        changed_at=at,
    )
    form.full_clean()
    form.save()
    _add_criteria(form, criteria, QualityCriterion)
    return form


@transaction.atomic
def score_meeting(meeting, *, points, note="", by, at):
    """Give a meeting its points, {criterion's id: points}, one for every line of the form in use.

    The committee above decides on them; until then the branch may give others. Returns the score.
    """
    on = timezone.localdate(at)
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    require_branch(meeting.branch, by=by, on=on)
    score = MeetingScore.objects.filter(meeting=meeting).first()
    if score and score.decided is not None:
        raise ValidationError(_("The committee has decided: it alone changes the points now."))
    form = form_for(meeting.branch, held_on=meeting.held_on, on=on)
    if form is None:
        raise ValidationError(_("There is no form for meetings of this day."))
    criteria = list(form.criteria.all())
    _check_points(criteria, points, note)
    if score:
        score.lines.all().delete()
    score = score or MeetingScore(meeting=meeting)
    score.form, score.note, score.scored_by, score.scored_at = form, note.strip(), by, at
    score.full_clean()
    score.save()
    CriterionScore.objects.bulk_create(
        CriterionScore(score=score, criterion=each, points=points[each.pk]) for each in criteria
    )
    return score


@transaction.atomic
def decide_quality(score, *, decided, note="", by, at):
    """Decide for the committee above how many points the meeting has: its quality. Other points
    than the branch gave need a note. A decision may be changed by another one."""
    on = timezone.localdate(at)
    score = MeetingScore.objects.select_for_update(of=("self",)).get(pk=score.pk)
    if not may_decide(score.meeting.branch, by=by, on=on):
        raise PermissionDenied
    if score.scored_by_id == by.pk:
        raise ValidationError(_("Nobody decides on points that they gave themselves."))
    if not 0 <= decided <= HUNDRED:
        raise ValidationError({"decided": _("Quality is from 0 to 100 points.")})
    if decided != total_of(score) and not note.strip():
        raise ValidationError({"note": _("Say why it is other points than the branch gave.")})
    score.decided, score.decision_note = decided, note.strip()
    score.decided_by, score.decided_at = by, at
    score.save()
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=score.meeting_id)
    meeting.quality = decided
    meeting.save(update_fields=["quality"])
    return score


def may_decide(branch, *, by, on):
    """Whether `by` reviews work for the organization directly above the branch."""
    above = Organization.objects.above(branch, on=on)[:-1]
    return bool(above) and by.may("review_work", above[-1], on=on)


def total_of(score):
    """The points that the branch gave, together."""
    return sum((line.points for line in score.lines.all()), Decimal(0))


def _add_criteria(form, criteria, model):
    model.objects.bulk_create(
        model(form=form, place=place, name=name, points=points, is_attendance=is_attendance)
        for place, (name, points, is_attendance) in enumerate(criteria, start=1)
    )


def _check_criteria(criteria):
    total = sum((points for _name, points, _follows in criteria), Decimal(0))
    if total != HUNDRED:
        text = _("The points of all criteria make %(total)s, not 100.")
        raise ValidationError({"criteria": text % {"total": total.normalize()}})
    if sum(follows for _name, _points, follows in criteria) > 1:
        raise ValidationError({"criteria": _("One criterion at most follows the roster.")})


def _check_points(criteria, points, note):
    if points.keys() != {each.pk for each in criteria}:
        raise ValidationError(_("The form is another one now: open the page again."))
    wrong = [each for each in criteria if not 0 <= points[each.pk] <= each.points]
    if wrong:
        raise ValidationError(
            {
                f"points_{each.pk}": _("From 0 to %(most)s.") % {"most": each.points}
                for each in wrong
            }
        )
    if sum(points.values()) < HUNDRED and not note.strip():
        raise ValidationError({"note": _("Say why points were taken off.")})
