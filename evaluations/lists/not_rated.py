"""Members of a cycle who are not rated, and why. Docs: docs/year-end.md, 7."""

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from branches.choices import ActivityStatus
from branches.models import EarlierOrganization, MemberStatus, Organization

from ..choices import NotRatedReason, NotVotedReason, StepKind
from ..models import Appraisal, NotVoted, StepDone, VoteCount

EXPECTED, NO_LEVEL, UNDECIDED = "expected", "no_level", "undecided"
WHY = {
    NotRatedReason.EXEMPT: NotRatedReason.EXEMPT.label,
    NotRatedReason.SUSPENDED: NotRatedReason.SUSPENDED.label,
    NotRatedReason.NEW_MEMBER: NotRatedReason.NEW_MEMBER.label,
    NotVotedReason.ABSENT: NotVotedReason.ABSENT.label,
    NotVotedReason.NOT_REVIEWED: NotVotedReason.NOT_REVIEWED.label,
    NotVotedReason.HELD_BACK: NotVotedReason.HELD_BACK.label,
    EXPECTED: _("Not voted on yet"),
    NO_LEVEL: _("No level had enough votes, and nothing is decided"),
    UNDECIDED: _("Voted on, and not decided yet"),
}
LATER_ROUND = (*NotVotedReason.values, EXPECTED)  # what a supplementary round is for


def cycle_years(acting):
    """Years with a cycle that holds members of the organization acted for, newest first."""
    below = Organization.objects.below(acting.organization, on=acting.on)
    rows = Appraisal.objects.filter(cycle_branch__branch__in=below.values("pk"))
    years = rows.filter(cycle__year__lte=acting.on.year).values_list("cycle__year", flat=True)
    return sorted(set(years.distinct()), reverse=True)


def members_not_rated(acting, *, year):
    """Appraisals of the year, of members in branches of the organization acted for that the reader
    may see, without a decided level; with `why` (a key of WHY), `branch_name_on` and
    `has_voted`, whether their branch did the step of the vote.
    """
    below = Organization.objects.below(acting.organization, on=acting.on)
    visible = Appraisal.objects.filter(
        cycle_branch__branch__in=acting.user.scope_for("see_ratings", on=acting.today).values("pk")
    )
    # The year of the branch as well, or each branch is looked through in all its years.
    here = {"cycle_branch__year": year, "cycle_branch__branch__in": below.values("pk")}
    rows = visible.filter(cycle__year=year, **here)
    undecided = rows.filter(Q(decision=None) | Q(decision__level=""))
    return _with_why(undecided)


def _with_why(appraisals):
    votes = VoteCount.objects.filter(appraisal=OuterRef("pk"))
    reasons = NotVoted.objects.filter(appraisal=OuterRef("pk")).order_by("-vote__round")
    status = MemberStatus.objects.filter(
        member=OuterRef("member"),
        validity__contains=OuterRef("cycle__cut_off"),
        status__in=(ActivityStatus.EXEMPT, ActivityStatus.SUSPENDED),
    )
    rated = Appraisal.objects.to_be_rated().filter(pk=OuterRef("pk"))
    step = StepDone.objects.filter(cycle_branch=OuterRef("cycle_branch"), kind=StepKind.VOTE)
    earlier = EarlierOrganization.objects.filter(
        organization=OuterRef("cycle_branch__branch"),
        validity__contains=OuterRef("cycle__cut_off"),
    )
    known = Q(not_rated_reason__in=[key for key in WHY if key in NotRatedReason.values])
    return appraisals.annotate(
        is_to_be_rated=Exists(rated),
        has_voted=Exists(step),
        branch_name_on=Coalesce(
            Subquery(earlier.values("name")[:1]), F("cycle_branch__branch__name")
        ),
        why=Case(
            When(known, then=F("not_rated_reason")),
            # Before suggestions are taken, as records say.
            When(
                is_to_be_rated=False,
                then=Coalesce(
                    Subquery(status.values("status")[:1]), Value(NotRatedReason.NEW_MEMBER.value)
                ),
            ),
            When(Exists(votes) & Q(voted_level=""), then=Value(NO_LEVEL)),
            When(Exists(votes), then=Value(UNDECIDED)),
            default=Coalesce(Subquery(reasons.values("reason")[:1]), Value(EXPECTED)),
            output_field=CharField(),
        ),
    )
