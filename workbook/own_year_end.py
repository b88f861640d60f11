"""What the year end has of somebody, as tables of one's own data: what they said of their year,
what others said, how the branch voted, and the decisions that they were told of."""

from django.utils.translation import gettext as _

from evaluations.choices import StepKind
from evaluations.models import Comment, CycleStep, Decision, Proposal, SelfReview, VoteCount

TEXTS = ("strengths", "shortcomings", "causes", "mended", "plans")


def year_end_tables(records):
    """{name: (heading, rows)} of the members of these ids."""
    return {
        _("self_reviews"): (
            [
                _("Year"),
                _("Points"),
                _("Own level"),
                _("Strengths and results"),
                _("Shortcomings"),
                _("Causes of the shortcomings"),
                _("Earlier shortcomings mended"),
                _("How they will be mended"),
                _("Handed in"),
            ],
            _self_reviews(records),
        ),
        _("comments"): (
            [_("Year"), _("From"), _("Place"), _("Received on"), _("Comment"), _("Level")],
            _comments(records),
        ),
        _("proposals"): ([_("Year"), _("Step"), _("Level"), _("Note")], _proposals(records)),
        _("votes"): (
            [
                _("Year"),
                _("Round"),
                _("Ballot"),
                _("Held on"),
                _("Excellent"),
                _("Good"),
                _("Completed"),
                _("Not completed"),
                _("Nothing marked"),
            ],
            _votes(records),
        ),
        _("decisions"): (
            [_("Year"), _("Revision"), _("Level"), _("Reason"), _("Document"), _("Decided on")],
            _decisions(records),
        ),
    }


def _of(model, records):
    rows = model.objects.filter(appraisal__member__in=records)
    return rows.select_related("appraisal__cycle").order_by("appraisal__cycle__year", "pk")


def _self_reviews(records):
    return [
        [
            each.appraisal.cycle.year,
            " + ".join(each.points.values()),
            each.get_level_display(),
            *(getattr(each, name) for name in TEXTS),
            each.submitted_at,
        ]
        for each in _of(SelfReview, records)
    ]


def _comments(records):
    return [
        [
            each.appraisal.cycle.year,
            each.get_kind_display(),
            each.organization.name if each.organization else each.place,
            each.received_on,
            each.text,
            each.get_level_display(),
        ]
        for each in _of(Comment, records).select_related("organization")
    ]


def _proposals(records):
    return [
        [
            each.appraisal.cycle.year,
            each.get_step_display(),
            each.get_level_display(),
            each.note,
        ]
        for each in _of(Proposal, records)
    ]


def _votes(records):
    """How many papers marked what: who marked it is in no table."""
    return [
        [
            each.appraisal.cycle.year,
            each.vote.round,
            each.vote.ballot,
            each.vote.held_on,
            each.excellent,
            each.good,
            each.completed,
            each.failed,
            each.blank,
        ]
        for each in _of(VoteCount, records).select_related("vote")
    ]


def _decisions(records):
    """Those of branches that gave notice: before, the member is not told."""
    rows = _of(Decision, records).select_related("appraisal__cycle_branch")
    told = _told_branches(rows)
    return [
        [
            each.appraisal.cycle.year,
            each.revision,
            each.get_level_display(),
            each.reason,
            each.document,
            each.decided_on,
        ]
        for each in rows
        if each.appraisal.cycle_branch_id in told
    ]


def _told_branches(rows):
    """The ids of the cycle branches whose members know; a cycle without the notice tells them when
    the step of the decision is done."""
    cycles = {each.appraisal.cycle_id for each in rows}
    with_notice = set(
        CycleStep.objects.filter(cycle__in=cycles, kind=StepKind.NOTICE).values_list(
            "cycle", flat=True
        )
    )
    branches = {each.appraisal.cycle_branch for each in rows}
    return {
        branch.pk
        for branch in branches
        if branch.done.filter(
            kind=StepKind.NOTICE if branch.cycle_id in with_notice else StepKind.DECISION
        ).exists()
    }
