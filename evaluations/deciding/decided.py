"""What was decided on members, beside what was suggested.

Who sees a member's rating by their role sees the decision too; members see the one on themselves
as soon as their branch has given notice of it.
"""

from django.db.models import (
    Case,
    CharField,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from ..choices import StepKind
from ..models import Appraisal, Decision, StepDone


def with_decisions(ratings, *, year, acting):
    """Annotate ratings of a year with what the cycle of their branch came to.

    decided_level  the level decided on the member, on a past day as it stood then; "" while
                   nothing is, and for who may not know
    cycle_id       the cycle that the member goes through, None without one

    One appraisal at most belongs to a rating: a branch is in one cycle a year.
    """
    ratings = ratings.annotate(
        cycle_branch=FilteredRelation(
            "branch__cycle_branches", condition=Q(branch__cycle_branches__year=year)
        ),
        way=FilteredRelation(
            "cycle_branch__appraisals",
            # With its cycle it is found by its key, and not among those of all years.
            condition=Q(
                cycle_branch__appraisals__member=F("member"),
                cycle_branch__appraisals__cycle=F("cycle_branch__cycle"),
            ),
        ),
    )
    decided = Case(
        When(_kept_from(acting.user, on=acting.today), then=Value("")),
        default=Coalesce(_level_in_force(acting), Value("")),
        output_field=CharField(),
    )
    return ratings.annotate(cycle_id=F("way__cycle_id"), decided_level=decided)


def visible_decisions(user, *, on):
    """The condition on appraisals whose decision the user may know on the day."""
    seen = Q(cycle_branch__branch__in=user.scope_for("see_ratings", on=on).values("pk"))
    if not user.member_id:
        return seen
    return seen | Q(member=user.member_id, cycle_branch__in=_told())


def with_decided_level(ratings, acting):
    """Annotate ratings of any year with `decided_level`, as far as the reader may know it: what was
    decided on the member in that year, on a past day as it stood then."""
    decisions = Decision.objects.filter(
        appraisal__in=_known(acting),
        appraisal__member=OuterRef("member"),
        appraisal__cycle__year=OuterRef("roll_up__year"),
    )
    if acting.is_past:
        decisions = decisions.filter(decided_on__lte=acting.on)
    newest = Subquery(decisions.order_by("-decided_at", "-pk").values("level")[:1])
    return ratings.annotate(decided_level=Coalesce(newest, Value("")))


def with_way(ratings, acting):
    """Annotate ratings of any year with `way_id`: the appraisal of the member in that year, as far
    as the reader may know what was decided in it; None where there is none."""
    ways = _known(acting).filter(
        member=OuterRef("member"),
        cycle__year=OuterRef("roll_up__year"),
        cycle_branch__branch=OuterRef("branch"),
    )
    return ratings.annotate(way_id=Subquery(ways.values("pk")[:1]))


def read_way(rating, acting):
    """The appraisal of a rating with `way_id`, with `decisions_told`, those of its decisions that
    were written up to the day, the first one first; None without one. Two queries, or none."""
    if not rating.way_id:
        return None
    decisions = Decision.objects.select_related("decided_by").order_by("revision")
    if acting.is_past:
        decisions = decisions.filter(decided_on__lte=acting.on)
    told = Prefetch("decisions", decisions, to_attr="decisions_told")
    ways = Appraisal.objects.select_related("cycle__scheme", "member").prefetch_related(told)
    return ways.get(pk=rating.way_id)


def _known(acting):
    return Appraisal.objects.filter(visible_decisions(acting.user, on=acting.today))


def _level_in_force(acting):
    if not acting.is_past:
        return F("way__decision__level")
    then = Decision.objects.filter(appraisal=OuterRef("way__pk"), decided_on__lte=acting.on)
    return Subquery(then.order_by("-revision").values("level")[:1])


def _kept_from(user, *, on):
    """Ratings whose decision the user does not know yet: one's own before the notice."""
    if not user.member_id:
        return Q(pk__in=[])
    answered_for = user.scope_for("see_ratings", on=on).values("pk")
    own = Q(member=user.member_id)
    return own & ~Q(branch__in=answered_for) & ~Q(cycle_branch__in=_told())


def _told():
    """The branches of cycles that have given notice to their members."""
    return StepDone.objects.filter(kind=StepKind.NOTICE).values("cycle_branch")
