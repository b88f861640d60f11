"""Pages that end an assignment: handing it over, ending it, and taking either back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branches.acting import acts
from branches.as_of import as_of
from branches.masking import sight_of
from branches.models import Member, Organization
from branches.periods import ONE_DAY, last_day

from ..assigning.endings import ending_of, tasks_in_progress, undoing_of
from ..forms.handover import EndForm, HandOverForm, UndoForm
from ..models import Assignment, Directive, Team
from ..services.handing_over import end_assignment, hand_over, undo_ending
from ..services.planning import plan_end, plan_hand_over

LONGEST_ID = 18  # digits that the database takes
RELATED = ("member", "target", "directive__issuer", "team", "confirmer")


@require_http_methods(["GET", "POST"])
@acts
def assignment_hand_over(request, pk):
    """End an assignment and let somebody else go on: shown first, then done."""
    assignment = _changeable(request, pk)
    form = _hand_over_form(request, assignment)
    plan = None
    if request.method == "POST" and form.is_valid():
        who = {"by": request.user, "on": request.acting.today}
        try:
            plan = plan_hand_over(assignment, **form.decided(), **who)
            if form.is_confirmed():
                reason = form.cleaned_data["reason"]
                ending = hand_over(assignment, **form.decided(), reason=reason, **who)
                return _done(request, ending.successor, _say_handed_over(ending))
            form.remember()
        except ValidationError as error:
            form.show(error)
    return _show(request, "assignments/hand_over.html", assignment, form=form, plan=plan)


@require_http_methods(["GET", "POST"])
@acts
def assignment_end(request, pk):
    """End an assignment before its time, without anybody who goes on."""
    assignment = _changeable(request, pk)
    form = EndForm(
        _posted(request),
        row=assignment,
        tasks=tasks_in_progress(assignment),
        initial={"last_day": request.acting.today},
    )
    plan = None
    if request.method == "POST" and form.is_valid():
        try:
            plan = plan_end(assignment, **form.decided())
            if form.is_confirmed():
                end_assignment(
                    assignment,
                    **form.decided(),
                    reason=form.cleaned_data["reason"],
                    by=request.user,
                    on=request.acting.today,
                )
                return _done(request, assignment, _("The assignment is ended."))
            form.remember()
        except ValidationError as error:
            form.show(error)
    return _show(request, "assignments/assignment_end.html", assignment, form=form, plan=plan)


@require_http_methods(["GET", "POST"])
@acts
def assignment_reopen(request, pk):
    """Take an ending back, as long as nothing depends on it."""
    assignment = _changeable(request, pk)
    ending = ending_of(assignment)
    if ending is None:
        raise Http404
    undoing = undoing_of(ending)
    form = UndoForm(_posted(request), row=ending)
    if request.method == "POST" and form.is_valid():
        try:
            undo_ending(
                ending,
                reason=form.cleaned_data["reason"],
                by=request.user,
                on=request.acting.today,
            )
            return _done(request, ending.assignment, _("The assignment goes on as before."))
        except ValidationError as error:
            form.show(error)
    return _show(
        request, "assignments/assignment_reopen.html", assignment, form=form, undoing=undoing
    )


def _posted(request):
    return request.POST if request.method == "POST" else None


def _changeable(request, pk):
    """404 for what the reader does not see, 403 for what is changed by others; locked when it is
    about to be changed, so that of two who change it the second is told."""
    on = request.acting.today
    assignments = Assignment.objects.all()
    if request.method == "POST":
        assignments = assignments.select_for_update(of=("self",))
    seen = assignments.visible_to(request.user, on=on).with_may_change(request.user, on=on)
    assignment = get_object_or_404(seen.select_related(*RELATED), pk=pk)
    if not assignment.may_change:
        raise PermissionDenied
    return assignment


def _hand_over_form(request, assignment):
    user, on = request.user, request.acting.today
    scope = user.scope_for("assign_work", on=on).values("pk")
    directives = Directive.objects.filter(issuer__in=scope)
    teams = Team.objects.filter(directive__issuer__in=scope)
    return HandOverForm(
        _posted(request),
        row=assignment,
        tasks=tasks_in_progress(assignment),
        members=Member.objects.visible_to(user, on=on),
        sight=sight_of(request),
        directives=directives | Directive.objects.filter(pk=assignment.directive_id),
        teams=teams | Team.objects.filter(pk=assignment.team_id),
        initial=_suggested(request, assignment),
    )


def _suggested(request, assignment):
    """What the address proposes: `?cadre=` names somebody whom the reader sees by their id."""
    acting = request.acting
    ends = last_day(assignment.validity)
    last = min(acting.today, ends) if ends else acting.today
    initial = {"last_day": last, "until": ends if ends != last else None}
    cadre = request.GET.get("cadre", "")
    if cadre.isascii() and cadre.isdecimal() and len(cadre) <= LONGEST_ID:
        seen = Member.objects.visible_to(request.user, on=acting.today)
        initial["member"] = seen.filter(pk=cadre).first()
    return initial


def _say_handed_over(ending):
    return _("%(cadre)s goes on from %(day)s.") % {
        "cadre": ending.successor.member,
        "day": date_format(ending.last_day + ONE_DAY, "SHORT_DATE_FORMAT"),
    }


def _done(request, assignment, message):
    messages.success(request, message)
    return HttpResponseRedirect(request.acting.url("assignments:assignment", assignment.pk))


def _show(request, template, assignment, **context):
    on = request.acting.on
    as_of([assignment.target], on=on)
    above = Organization.objects.above(assignment.target, on=on)
    return render(request, template, {"assignment": assignment, "above": above, **context})
