"""The work page of a branch in a cycle: its members as rows with what every step said of them."""

from django.db.models import Exists, OuterRef, Subquery
from django.shortcuts import get_object_or_404

from branches.as_of import as_of

from ..choices import StepKind
from ..models import Appraisal, Comment, CycleBranch, Proposal, SelfReview, StepDone
from .progress import branch_steps, due_days

STEPS = (StepKind.PROPOSAL, StepKind.SECTION)


def visible_branch(request, cycle, branch):
    """The branch (an id) of the cycle (an id) as the reader sees it; else 404."""
    acting = request.acting
    rows = CycleBranch.objects.visible_to(request.user, on=acting.today)
    row = get_object_or_404(
        rows.select_related("cycle__organization", "cycle__scheme", "branch", "unit", "section"),
        cycle=cycle,
        branch=branch,
    )
    as_of([row.branch, row.unit, row.section, row.cycle.organization], on=acting.on)
    return row


def way_of(cycle_branch, *, on):
    """The BranchSteps of a branch."""
    days = due_days(cycle_branch.cycle)
    return branch_steps([cycle_branch], days=days, on=on)[cycle_branch.pk]


def member_rows(cycle_branch):
    """Its appraisals by name, with own_level and handed_in of the self-review, proposed_level,
    section_level, comments_open and to_be_rated."""
    review = SelfReview.objects.filter(appraisal=OuterRef("pk"))
    proposals = Proposal.objects.filter(appraisal=OuterRef("pk"))
    waiting = Comment.objects.filter(appraisal=OuterRef("pk"), received_on=None, not_needed="")
    to_be_rated = Appraisal.objects.to_be_rated().filter(pk=OuterRef("pk"))
    rows = cycle_branch.appraisals.select_related("member", "decision").annotate(
        own_level=Subquery(review.filter(submitted_at__isnull=False).values("level")[:1]),
        is_drafted=Exists(review),
        proposed_level=Subquery(proposals.filter(step=STEPS[0]).values("level")[:1]),
        section_level=Subquery(proposals.filter(step=STEPS[1]).values("level")[:1]),
        waits_for_comment=Exists(waiting),
        is_to_be_rated=Exists(to_be_rated),
    )
    return list(rows.order_by("member__sort_key", "member__code"))


def is_told(appraisal):
    """Whether the member has been told of the decision: the branch gave notice or, in a cycle
    without that step, the decision step is done."""
    kinds = set(appraisal.cycle.steps.values_list("kind", flat=True))
    last = StepKind.NOTICE if StepKind.NOTICE in kinds else StepKind.DECISION
    return StepDone.objects.filter(cycle_branch=appraisal.cycle_branch_id, kind=last).exists()


def sees_decision(appraisal, *, by, on):
    """Whether `by` may see the decision already: who sees the ratings of the branch does, the
    member as soon as they are told."""
    return by.may("see_ratings", appraisal.cycle_branch.branch, on=on) or is_told(appraisal)
