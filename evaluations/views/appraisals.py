"""One member's way through a cycle, and the self-review."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.recording import log_access
from accounts.submitting import once
from branches.acting import acts
from branches.as_of import as_of

from ..choices import CommentKind, StepKind
from ..cycles.branches import is_told, sees_decision, way_of
from ..forms.appraisals import SelfReviewForm, group_label
from ..models import Appraisal, SelfReview
from ..services.appraisals import points_of_groups, save_self_review
from ..services.cycle_steps import may_do_step

RELATED = (
    "member",
    "cycle__organization",
    "cycle__scheme",
    "cycle_branch__branch",
    "cycle_branch__unit",
    "cycle_branch__section",
    "cycle_branch__cycle",
    "decision",
    "rating",
)


def visible_appraisal(request, pk):
    """The appraisal as the reader sees it; else 404."""
    visible = Appraisal.objects.visible_to(request.user, on=request.acting.today)
    appraisal = get_object_or_404(visible.select_related(*RELATED), pk=pk)
    name_organizations(request, appraisal)
    return appraisal


def name_organizations(request, appraisal):
    row = appraisal.cycle_branch
    organizations = (row.branch, row.unit, row.section, appraisal.cycle.organization)
    as_of(organizations, on=request.acting.on)


@require_safe
@acts
def appraisal_detail(request, pk):
    """What every step of the cycle said of one member."""
    acting = request.acting
    appraisal = visible_appraisal(request, pk)
    row = appraisal.cycle_branch
    keeps = may_do_step(row, StepKind.COMMENTS, by=request.user, on=acting.today)
    review = SelfReview.objects.filter(appraisal=appraisal).select_related("entered_by__member")
    review = _readable(review.first(), request, appraisal, keeps=keeps)
    log_access("ratings_seen", by=request.user, at=timezone.now(), member=appraisal.member, rows=1)
    context = {
        "appraisal": appraisal,
        "row": row,
        "cycle": appraisal.cycle,
        "way": way_of(row, on=acting.today),
        "review": review,
        "points": _points(appraisal, review),
        "comments": _comments(appraisal),
        "proposals": appraisal.proposals.select_related("proposed_by__member").order_by("step"),
        "keeps": keeps and not appraisal.cycle.is_locked,
        "is_own": appraisal.member_id == request.user.member_id,
        "sees_decision": sees_decision(appraisal, by=request.user, on=acting.today),
        "sees_branch": request.user.may("see_ratings", row.branch, on=acting.today),
    }
    return render(request, "evaluations/appraisal.html", context)


def _readable(review, request, appraisal, *, keeps):
    """A draft is read by the member, and by who copies papers for the branch."""
    if review and not review.submitted_at and not keeps:
        return review if appraisal.member_id == request.user.member_id else None
    return review


def _points(appraisal, review):
    """[(group, points given or None, most)]."""
    given = review.points if review else {}
    groups = points_of_groups(appraisal.cycle.scheme)
    return [(group_label(key, label), given.get(key), most) for key, label, most in groups]


def _comments(appraisal):
    """[(CommentKind, Comment or None)]."""
    rows = {each.kind: each for each in appraisal.comments.select_related("organization")}
    return [(kind, rows.get(kind)) for kind in CommentKind]


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def self_review(request):
    """One's own review of the year: of the newest cycle that one is in."""
    own = Appraisal.objects.filter(member=request.user.member_id).select_related(*RELATED)
    appraisal = own.order_by("-cycle__year", "-pk").first()
    if appraisal is None:
        return render(request, "evaluations/self_review_none.html")
    name_organizations(request, appraisal)
    done = request.acting.url("evaluations:self_review")
    return _review_page(request, appraisal, "evaluations/self_review.html", done=done)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def self_review_enter(request, pk):
    """What a member wrote on paper, copied by who keeps the papers of the branch."""
    acting = request.acting
    appraisal = visible_appraisal(request, pk)
    if not may_do_step(
        appraisal.cycle_branch, StepKind.SELF_REVIEW, by=request.user, on=acting.today
    ):
        raise PermissionDenied
    done = acting.url(
        "evaluations:cycle_branch", appraisal.cycle_id, appraisal.cycle_branch.branch_id
    )
    return _review_page(request, appraisal, "evaluations/self_review_enter.html", done=done)


def _review_page(request, appraisal, template, *, done):
    posted = request.method == "POST"
    reviews = SelfReview.objects.select_for_update(of=("self",)) if posted else SelfReview.objects
    review = reviews.filter(appraisal=appraisal).first()
    form = SelfReviewForm(
        request.POST if posted else None, row=review, scheme=appraisal.cycle.scheme
    )
    if posted and form.is_valid():
        try:
            _save(request, appraisal, form)
            return HttpResponseRedirect(done)
        except ValidationError as error:
            form.show(error)
    step_done = appraisal.cycle_branch.done.filter(kind=StepKind.SELF_REVIEW).exists()
    context = {
        "appraisal": appraisal,
        "cycle": appraisal.cycle,
        "review": review,
        "points": _points(appraisal, review),
        "form": form,
        "due_on": appraisal.cycle.steps.filter(kind=StepKind.SELF_REVIEW).first(),
        "stays": appraisal.cycle.is_locked or bool(review and review.submitted_at and step_done),
        "told": is_told(appraisal),
    }
    return render(request, template, context)


def _save(request, appraisal, form):
    hand_in = "hand_in" in request.POST
    save_self_review(
        appraisal,
        **form.values,
        hand_in=hand_in,
        by=request.user,
        on=request.acting.today,
        at=timezone.now(),
    )
    messages.success(
        request, _("The self-review is handed in.") if hand_in else _("The draft is saved.")
    )
