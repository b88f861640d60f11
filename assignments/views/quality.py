"""The quality of meetings: points by the branch, the committee's decision, a month's table, and
the forms by which it is done."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.submitting import once
from branches import quality
from branches.acting import acts
from branches.as_of import as_of
from branches.minutes import figures_of
from branches.models import MeetingScore, Organization
from branches.services import quality as services

from ..forms.quality import DecideForm, QualityFormForm, ScoreForm
from ..meetings import quality_months
from .minutes import may_keep, visible_meeting


@require_safe
@acts
def meeting_quality(request, pk):
    """The points of a meeting, by the branch and by the committee."""
    meeting = visible_meeting(request, pk)
    score = _score_of(meeting)
    decided = score is not None and score.decided is not None
    used = score.form if decided else _form_for(request, meeting)
    total = services.total_of(score) if score else None
    return render(
        request,
        "assignments/quality.html",
        {
            "meeting": meeting,
            "score": score,
            "used": used,
            "figures": figures_of(meeting),
            "total": total,
            "band": score and quality.BANDS[quality.band_of(total, score.form)],
            "decided_band": decided and quality.BANDS[quality.band_of(score.decided, score.form)],
            "above": Organization.objects.above(meeting.branch, on=meeting.held_on),
            "may_score": used and not decided and may_keep(request, meeting),
            "may_decide": score
            and services.may_decide(meeting.branch, by=request.user, on=request.acting.today),
        },
    )


@require_http_methods(["GET", "POST"])
@acts
@once
def meeting_score(request, pk):
    """Give the meeting its points, until the committee decides."""
    meeting = visible_meeting(request, pk, locked=request.method == "POST")
    if not may_keep(request, meeting):
        raise PermissionDenied
    score, used, figures = _score_of(meeting), _form_for(request, meeting), figures_of(meeting)
    if used is None:
        raise Http404
    form = request.submitted_form = _score_form(request, used, score, figures)
    if request.method == "POST" and form.is_valid():
        try:
            services.score_meeting(
                meeting,
                points=form.points(),
                note=form.cleaned_data["note"],
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as error:
            form.show(error)
        else:
            return _done(request, meeting, _("The points are saved."))
    context = {"meeting": meeting, "form": form, "used": used, "figures": figures}
    return render(request, "assignments/quality_score.html", context)


@require_http_methods(["GET", "POST"])
@acts
@once
def meeting_quality_decide(request, pk):
    """Decide for the committee above the branch."""
    meeting = visible_meeting(request, pk, locked=request.method == "POST")
    score = _score_of(meeting)
    if not services.may_decide(meeting.branch, by=request.user, on=request.acting.today):
        raise PermissionDenied
    if score is None:
        raise Http404
    total = services.total_of(score)
    first = {"decided": total if score.decided is None else score.decided}
    form = request.submitted_form = DecideForm(
        request.POST if request.method == "POST" else None,
        row=score,
        initial=first | {"note": score.decision_note},
    )
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("decided", "note")}
        try:
            services.decide_quality(score, **values, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.show(error)
        else:
            return _done(request, meeting, _("The quality of the meeting is decided."))
    context = {"meeting": meeting, "score": score, "total": total, "form": form}
    return render(request, "assignments/quality_decide.html", context)


@require_safe
@acts
def meetings_quality(request):
    """The month's table of the meetings below the organization acted for."""
    acting = request.acting
    acting.require("see_members")
    month = quality_months.read_month(request.GET.get("month", ""), on=acting.on)
    table = quality_months.table(acting.subtree, month=month, on=acting.on)
    may_change = acting.may("edit_templates")
    return render(
        request, "assignments/quality_month.html", {"table": table, "may_change": may_change}
    )


@require_safe
@acts
def meeting_forms(request):
    """The forms in use at the organization acted for."""
    acting = request.acting
    acting.require("see_members")
    forms = quality.in_use(acting.organization, on=acting.on)
    as_of((form.organization for form in forms), on=acting.on)
    context = {"forms": forms, "may_change": acting.may("edit_templates")}
    return render(request, "assignments/quality_forms.html", context)


@require_http_methods(["GET", "POST"])
@acts
@once
def meeting_form_change(request, pk):
    """Make another version of a form in use, for the organization acted for."""
    acting = request.acting
    acting.require("edit_templates")
    used = quality.in_use(acting.organization, on=acting.today)
    first = next((each for each in used if each.pk == pk), None)
    if first is None:
        raise Http404
    form = request.submitted_form = QualityFormForm(
        request.POST if request.method == "POST" else None, form=first
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.save_form(
                acting.organization, **form.values(), by=request.user, at=timezone.now()
            )
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("The form is in use."))
            return HttpResponseRedirect(acting.url("assignments:meeting_forms"))
    return render(request, "assignments/quality_form_change.html", {"form": form, "first": first})


def _score_of(meeting):
    rows = MeetingScore.objects.select_related("form", "scored_by", "decided_by")
    return rows.prefetch_related("lines__criterion").filter(meeting=meeting).first()


def _form_for(request, meeting):
    return quality.form_for(meeting.branch, held_on=meeting.held_on, on=request.acting.today)


def _score_form(request, used, score, figures):
    criteria = list(used.criteria.all())
    follows = next((each for each in criteria if each.is_attendance), None)
    suggested = quality.suggest_attendance(figures, follows.points) if follows else None
    known = score if score and score.form_id == used.pk else None
    posted = request.POST if request.method == "POST" else None
    return ScoreForm(posted, criteria=criteria, score=known, suggested=suggested)


def _done(request, meeting, message):
    messages.success(request, message)
    return HttpResponseRedirect(request.acting.url("assignments:meeting_quality", meeting.pk))
