"""Writing reviews of assigned cadres, one or many: by the board or the office of the committee
that confirms their work, and never of oneself.

`by` is who does it, `on` the day. What the rules forbid raises PermissionDenied; wrong values raise
ValidationError, by field.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.services import recorded
from branches.periods import whole_year

from ..choices import Level
from ..models import Assignment, Review
from ..rated import rated_members
from ..reviewing import reviewable


@recorded
def review_cadres(rows, *, year, reason="", by, on):
    """Save what the committee says of cadres' year; what is there already is changed.

    rows    (assignment, level, comment), at most one an assignment; level: a value of Level
    reason  why, which must be said where a review is changed

    Returns how many reviews were new or changed. All or none.
    """
    said = {assignment.pk: (Level(level), comment) for assignment, level, comment in rows}
    assignments = _locked(said, by=by, on=on)
    _check_year(assignments, year, on=on)
    known = {
        review.assignment_id: review
        for review in Review.objects.filter(assignment__in=said, year=year)
    }
    new = [each for each in assignments if each.pk not in known]
    changed = [
        each for each in known.values() if (each.level, each.comment) != said[each.assignment_id]
    ]
    if changed and not reason.strip():
        raise ValidationError({"reason": _("Say why: what was said before is changed.")})
    _check_rated([each.assignment_id for each in changed], assignments, year)
    committees = {each.pk: each.committee for each in assignments}
    for review in changed:
        review.level, review.comment = said[review.assignment_id]
        review.reviewer_id = committees[review.assignment_id]
    Review.objects.bulk_update(changed, ["level", "comment", "reviewer"])
    Review.objects.bulk_create(
        Review(
            assignment=each,
            year=year,
            level=said[each.pk][0],
            comment=said[each.pk][1],
            reviewer_id=each.committee,
        )
        for each in new
    )
    return len(new) + len(changed)


def _locked(ids, *, by, on):
    """The assignments with their committee, locked in one order: of two who write the same review
    the second finds the first one's."""
    rows = Assignment.objects.filter(pk__in=ids).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))
    found = list(reviewable(rows.select_related("member", "target"), user=by, on=on))
    if not ids or len(found) != len(ids):
        raise PermissionDenied
    return found


def _check_rated(ids, assignments, year):
    """What was said of a year stays once it is rated."""
    cadres = {each.member_id: each.member for each in assignments if each.pk in ids}
    for pk in sorted(rated_members(cadres, year=year)):
        raise ValidationError(
            _("%(year)s is rated for %(cadre)s: what was said of it stays as it is.")
            % {"year": year, "cadre": cadres[pk]}
        )


def _check_year(assignments, year, *, on):
    if year > on.year:
        raise ValidationError(_("%(year)s has not begun.") % {"year": year})
    days = whole_year(year)
    for each in assignments:
        upper = each.validity.upper
        if each.validity.lower >= days.upper or (upper and upper <= days.lower):
            raise ValidationError(
                _("%(cadre)s was not assigned to %(target)s in %(year)s.")
                % {"cadre": each.member, "target": each.target, "year": year}
            )
