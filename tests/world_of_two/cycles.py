"""The cycle of each district's ward, for the year that is rated, as far as the vote."""

from datetime import date

from evaluations.choices import StepKind
from evaluations.cycles.taking_part import write_list, write_suggestions
from evaluations.models import (
    Appraisal,
    CapOverride,
    Comment,
    Cycle,
    CycleBranch,
    CycleStep,
    PaperJob,
    Proposal,
    SelfReview,
    StepDone,
    Vote,
    VoteCount,
)
from evaluations.services.votes import settle_votes

from .organizations import add_organizations

DONE = (StepKind.COLLECTIVE, StepKind.SELF_REVIEW, StepKind.COMMENTS, StepKind.PROPOSAL)


def add_cycle(half, name, pk, *, year, at):
    """Opened for the ward; the branch has done the steps before the vote. Of the member there are
    a self-review, a comment that is waited for, and a proposal; nothing of the colleague."""
    half.cycle = Cycle.objects.create(
        organization=half.ward,
        year=year,
        cut_off=date(year, 12, 31),
        scheme=half.roll_up.scheme,
        note=f"Theo hướng dẫn {name}",
        opened_at=at,
        opened_by=half.user,
        suggested_at=at,
        **pk,
    )
    CycleStep.objects.bulk_create(
        CycleStep(cycle=half.cycle, kind=kind, due_on=date(year, 12, 31)) for kind in StepKind
    )
    write_list(half.cycle, day=half.cycle.cut_off)
    _renumber(half, pk)
    half.cycle_branch = CycleBranch.objects.get(cycle=half.cycle, branch=half.branch)
    half.appraisal = Appraisal.objects.get(cycle=half.cycle, member=half.member)
    entered = {"entered_by": half.user, "entered_at": at}
    half.self_review = SelfReview.objects.create(
        appraisal=half.appraisal,
        level="good",
        strengths=f"Ưu điểm {name}",
        submitted_at=at,
        **entered,
        **pk,
    )
    half.comment = Comment.objects.create(
        appraisal=half.appraisal, kind="residence", place=f"Khu phố {name}", **entered, **pk
    )
    for kind in DONE:
        StepDone.objects.create(
            cycle_branch=half.cycle_branch, kind=kind, done_at=at, done_by=half.user
        )
    half.proposal = Proposal.objects.create(
        appraisal=half.appraisal,
        step=StepKind.PROPOSAL,
        level="good",
        note=f"Nhất trí {name}",
        proposed_by=half.user,
        proposed_at=at,
        **pk,
    )
    half.vote = Vote.objects.create(
        cycle_branch=half.cycle_branch,
        held_on=date(year, 12, 31),
        convened=3,
        present=3,
        issued=3,
        returned=3,
        tellers=f"Tổ kiểm phiếu {name}",
        recorded_by=half.user,
        recorded_at=at,
        **pk,
    )
    VoteCount.objects.bulk_create(
        VoteCount(vote=half.vote, appraisal=each, good=3)
        for each in half.cycle_branch.appraisals.to_be_rated()
    )
    settle_votes(half.cycle_branch)
    half.override = CapOverride.objects.create(
        cycle=half.cycle,
        unit=half.ward,
        person_class="leader",
        places=1,
        reason=f"Công văn {name}",
        given_by=half.user,
        given_at=at,
        **pk,
    )
    add_organizations(half, name, pk, year=year, at=at)
    half.paper_job = PaperJob.objects.create(
        cycle=half.cycle,
        organization=half.ward,
        kind="pdf",
        requested_by=half.user,
        requested_at=at,
        finished_at=at,
        **pk,
    )


def _renumber(half, pk):
    """Rows of the second district bear its ids, which nothing refers to yet."""
    for number in pk.values():
        Appraisal.objects.filter(cycle=half.cycle).delete()
        CycleBranch.objects.filter(cycle=half.cycle).delete()
        row = CycleBranch.objects.create(
            pk=number, cycle=half.cycle, branch=half.branch, year=half.cycle.year, unit=half.ward
        )
        members = (half.member, half.own_assignment.member)
        Appraisal.objects.bulk_create(
            Appraisal(
                pk=number + place,
                cycle=half.cycle,
                cycle_branch=row,
                member=member,
                person_class=member.person_class,
            )
            for place, member in enumerate(members)
        )
    write_suggestions(half.cycle)
