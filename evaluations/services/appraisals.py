"""What is written of members in a cycle before the vote: self-reviews, comments, proposals."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from branches.models import Membership, MemberStatus
from branches.periods import period
from branches.templatetags.numbers import number

from ..choices import CommentKind, StepKind
from ..models import Comment, Proposal, SelfReview
from .cycle_steps import locked_branch, may_do_step, require_turn
from .shortcomings import state_of_members

REVIEW_TEXTS = ("strengths", "shortcomings", "causes", "mended", "plans")
COMMENT_VALUES = (
    "organization",
    "place",
    "asked_on",
    "received_on",
    "text",
    "level",
    "not_needed",
)


def points_of_groups(scheme):
    """[(key, label, points)] of the groups of a rating set, in its order."""
    groups = scheme.definition["groups"]
    return [
        (group["key"], group.get("name_vi", group["key"]), Decimal(str(group["points"])))
        for group in groups
    ]


def may_review(appraisal, *, by, on):
    """Whether `by` may write the self-review: the member, or who keeps the branch's papers."""
    return by.member_id == appraisal.member_id or may_do_step(
        appraisal.cycle_branch, StepKind.SELF_REVIEW, by=by, on=on
    )


@transaction.atomic
def save_self_review(appraisal, *, points, level, hand_in, by, on, at, **texts):
    """Save the self-review of a member as a draft, or hand it in.

    points  {key of a group of the rating set: number}, what is not given left out
    texts   of REVIEW_TEXTS
    by      the member, or who copies it from paper

    What was handed in may be changed until the branch has done the step; then only who had not
    handed anything in still may. Returns the SelfReview. Raises PermissionDenied, ValidationError
    by field (points as `points_<key>`).
    """
    branch = locked_branch(appraisal.cycle_branch)
    if not may_review(appraisal, by=by, on=on):
        raise PermissionDenied
    review = SelfReview.objects.filter(appraisal=appraisal).first()
    review = review or SelfReview(appraisal=appraisal)
    if review.submitted_at and branch.done.filter(kind=StepKind.SELF_REVIEW).exists():
        sentence = _("The branch has done this step: what was handed in stays as it is.")
        raise ValidationError(sentence)
    groups = points_of_groups(branch.cycle.scheme)
    if wrong := _wrong_review(groups, points, level, whole=hand_in):
        raise ValidationError(wrong)
    review.points = {
        key: str(points[key]) for key, _label, _most in groups if points.get(key) is not None
    }
    review.level = level
    for name in REVIEW_TEXTS:
        setattr(review, name, texts[name])
    if hand_in:
        review.submitted_at = review.submitted_at or at
    review.entered_by, review.entered_at = by, at
    review.full_clean(exclude=["points"])  # which may be empty in a draft
    review.save()
    return review


def _wrong_review(groups, points, level, *, whole):
    """{field: sentence} of all that is wrong; `whole`: points and level are all wanted."""
    wrong = {}
    if whole and not level:
        wrong["level"] = _("Choose your own level before you hand it in.")
    for key, label, most in groups:
        given = points.get(key)
        if given is None and whole:
            wrong[f"points_{key}"] = _("Give your points before you hand it in.")
        elif given is not None and not 0 <= given <= most:
            sentence = _("%(group)s has 0 to %(most)s points.")
            wrong[f"points_{key}"] = sentence % {"group": label, "most": number(most)}
    return wrong


def needed_comments(cycle_branch):
    """{CommentKind: appraisals} of whom the documents want to hear (docs/year-end.md, 1): those who
    work, from where they live and from where they work; who is active elsewhere for a while; who
    came from another branch in the year."""
    cycle = cycle_branch.cycle
    rated = cycle_branch.appraisals.to_be_rated()
    away = MemberStatus.objects.filter(
        member=OuterRef("member"), status="away", validity__contains=cycle.cut_off
    )
    year = period(date(cycle.year, 1, 1), cycle.cut_off)
    elsewhere = Membership.objects.filter(
        member=OuterRef("member"), validity__overlap=year
    ).exclude(branch=cycle_branch.branch)
    working = Q(person_class__in=["leader", "staff"])
    return {
        CommentKind.RESIDENCE: rated.filter(working),
        CommentKind.TEMPORARY: rated.filter(Exists(away)),
        CommentKind.FORMER: rated.filter(Exists(elsewhere)),
        CommentKind.EMPLOYER: rated.filter(working),
    }


@transaction.atomic
def ask_for_comments(cycle_branch, *, kinds, asked_on, by, on, at):
    """Put down that the needed comments of these kinds were asked for, of whom there is none yet.

    Returns how many were added.
    """
    branch = _kept_branch(cycle_branch, StepKind.COMMENTS, by=by, on=on)
    _refuse_done(branch, StepKind.COMMENTS)
    rows = [
        Comment(appraisal=each, kind=kind, asked_on=asked_on, entered_by=by, entered_at=at)
        for kind, needed in needed_comments(branch).items()
        if kind in kinds
        for each in needed.exclude(comments__kind=kind)
    ]
    Comment.objects.bulk_create(rows)
    return len(rows)


@transaction.atomic
def write_comment(appraisal, *, kind, by, on, at, **values):
    """Put down a comment on a member: asked for, received, or why it is not needed.

    values  of COMMENT_VALUES

    What was received stays once the branch has done the step. Returns the Comment. Raises
    PermissionDenied, ValidationError by field.
    """
    branch = _kept_branch(appraisal.cycle_branch, StepKind.COMMENTS, by=by, on=on)
    comment = Comment.objects.filter(appraisal=appraisal, kind=kind).first()
    if comment and (comment.received_on or comment.not_needed):
        _refuse_done(branch, StepKind.COMMENTS)
    comment = comment or Comment(appraisal=appraisal, kind=kind)
    for name in COMMENT_VALUES:
        setattr(comment, name, values[name])
    _check_comment(comment, on=on)
    comment.entered_by, comment.entered_at = by, at
    comment.full_clean()
    comment.save()
    return comment


def _check_comment(comment, *, on):
    asked, received = comment.asked_on, comment.received_on
    if received and received > on:
        raise ValidationError({"received_on": _("This day is still to come.")})
    if received and asked and received < asked:
        raise ValidationError({"received_on": _("It came before it was asked for.")})
    if received and not (comment.text or comment.level):
        raise ValidationError({"text": _("What was received: the comment or the level.")})
    if not received and (comment.text or comment.level):
        raise ValidationError({"received_on": _("Say on which day it was received.")})
    if received and comment.not_needed:
        raise ValidationError({"not_needed": _("It was received: leave this empty.")})


@transaction.atomic
def propose(cycle_branch, *, step=StepKind.PROPOSAL, proposals, by, on, at):
    """Write what the committee of the branch, or the sub-committee above it, proposes.

    step       StepKind.PROPOSAL or SECTION
    proposals  {id of an appraisal of the branch: (level, note)}; level "" takes one back. Who is
               not among them stays as it is.

    Once the step is done only who has no proposal yet gets one. Returns how many changed. Raises
    PermissionDenied, ValidationError: out of order, done already.
    """
    branch = _kept_branch(cycle_branch, step, by=by, on=on)
    require_turn(branch, step)
    appraisals = branch.appraisals.in_bulk(proposals)
    present = {
        each.appraisal_id: each
        for each in Proposal.objects.filter(appraisal__in=appraisals, step=step)
    }
    changed = {
        pk: said
        for pk, said in proposals.items()
        if pk in appraisals and said != _said(present.get(pk))
    }
    if any(pk in present for pk in changed):
        _refuse_done(branch, step)
    rows = [
        Proposal(appraisal_id=pk, step=step, level=level, note=note, proposed_by=by, proposed_at=at)
        for pk, (level, note) in changed.items()
        if level
    ]
    for row in rows:
        row.clean_fields(exclude=["appraisal", "proposed_by"])
    _write(rows, taken_back=[pk for pk, (level, _note) in changed.items() if not level], step=step)
    return len(changed)


def _said(proposal):
    return (proposal.level, proposal.note) if proposal else ("", "")


def _write(rows, *, taken_back, step):
    Proposal.objects.filter(appraisal__in=taken_back, step=step).delete()
    Proposal.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["appraisal", "step"],
        update_fields=["level", "note", "proposed_by", "proposed_at"],
    )


@transaction.atomic
def state_mended(cycle_branch, *, mended, by, on, at):
    """Write whether members mended the shortcomings that were pointed out to them earlier.

    mended  {Appraisal of the branch: True, False, or None for nothing}
    """
    branch = _kept_branch(cycle_branch, StepKind.PROPOSAL, by=by, on=on)
    require_turn(branch, StepKind.PROPOSAL)
    if mended:
        _refuse_done(branch, StepKind.PROPOSAL)
    state_of_members(mended, by=by, at=at)


def _kept_branch(cycle_branch, step, *, by, on):
    branch = locked_branch(cycle_branch)
    if not may_do_step(branch, step, by=by, on=on):
        raise PermissionDenied
    return branch


def _refuse_done(branch, step):
    if branch.done.filter(kind=step).exists():
        sentence = _("The step “%(step)s” is done: take that back to change what was written.")
        raise ValidationError(sentence % {"step": StepKind(step).label})
