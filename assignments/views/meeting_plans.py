"""The calendar of meetings, and planning one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.submitting import once
from branches.acting import acts, read_day
from branches.as_of import as_of
from branches.choices import OrganizationKind
from branches.editing import mark_of
from branches.models import Meeting, Organization
from branches.services import meetings as services

from ..forms.meeting_plans import PlanForm
from ..forms.reasons import ReasonForm
from ..meetings.calendar import month_of, plan_state, read_month
from ..meetings.occasions import (
    assigned_branches,
    kept_occasion,
    of_plan,
    seen_plans,
    told_meetings,
)


@require_safe
@acts
def calendar(request):
    """A month of the branches acted for; without a role, or with `mine`, of one's own branch and
    those that one is assigned to."""
    acting = request.acting
    branches = _branches(request)
    first = read_month(request.GET.get("month", ""), default=acting.on)
    month = month_of(
        first,
        plans=seen_plans(request.user, on=acting.today).of_branches(branches),
        meetings=told_meetings(request.user, on=acting.today).of_branches(branches),
        opened=Meeting.objects.visible_to(request.user, on=acting.today),
        on=acting.on,
        chosen=_day(request),
    )
    context = {
        "month": month,
        "chosen": _day(request),
        "is_mine": _is_mine(request),
        "may_plan": bool(acting.organization) and acting.may(services.ACTION),
        "names_branches": acting.organization is None or not _is_one(acting.organization),
    }
    return render(request, "assignments/calendar.html", context)


@require_safe
@acts
def meeting_plan(request, pk):
    """A planned meeting; one that was held leads to the meeting where the reader sees that."""
    acting = request.acting
    plan = get_object_or_404(seen_plans(request.user, on=acting.today), pk=pk)
    seen = Meeting.objects.visible_to(request.user, on=acting.today)
    if acting.is_today and plan.meeting_id and seen.filter(pk=plan.meeting_id).exists():
        return HttpResponseRedirect(acting.url("branches:meeting", plan.meeting_id))
    may_keep = request.user.may(services.ACTION, plan.branch, on=acting.today)
    as_of([plan.branch], on=plan.planned_on)
    context = {
        "plan": plan,
        "state": plan_state(plan, on=acting.on),
        "occasion": of_plan(plan, may_keep=may_keep),
        "is_due": plan.planned_on <= acting.today,
        "above": Organization.objects.above(plan.branch, on=plan.planned_on),
    }
    return render(request, "assignments/meeting_plan.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def meeting_plan_add(request):
    acting = request.acting
    form = PlanForm(
        request.POST or None,
        branches=_kept_branches(request),
        initial={"branch": _asked_branch(request), "planned_on": _day(request)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            planned = services.plan_meeting(
                form.cleaned_data["branch"],
                until=form.cleaned_data["until"],
                by=request.user,
                on=acting.today,
                **form.values(),
            )
        except ValidationError as error:
            form.show(error)
        else:
            _tell_planned(request, planned)
            first = planned.plans[0].planned_on
            return HttpResponseRedirect(acting.url("assignments:calendar", month=f"{first:%Y-%m}"))
    return render(request, "assignments/meeting_plan_add.html", {"form": form})


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def meeting_plan_change(request, pk):
    occasion = kept_occasion(request, plan=pk, lock=request.method == "POST")
    form = PlanForm(request.POST or None, row=occasion.plan)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_plan(
                occasion.plan,
                seen=mark_of(occasion.plan),
                by=request.user,
                on=request.acting.today,
                **form.values(),
            )
        except ValidationError as error:
            form.show(error)
        else:
            return _back(request, occasion, _("The plan is saved."))
    return render(request, "assignments/meeting_plan_change.html", _context(occasion, form))


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def meeting_plan_call_off(request, pk):
    """Say that a planned meeting is not held, and why."""
    occasion = kept_occasion(request, plan=pk)
    form = ReasonForm(request.POST or None, button=_("Call off"))
    form.fields["reason"].help_text = _("Members and assigned cadres read it.")
    if request.method == "POST" and form.is_valid():
        try:
            services.call_off(
                occasion.plan,
                reason=form.cleaned_data["reason"],
                by=request.user,
                on=request.acting.today,
            )
        except ValidationError as error:
            form.show(error)
        else:
            return _back(request, occasion, _("The meeting is called off."))
    return render(request, "assignments/meeting_plan_call_off.html", _context(occasion, form))


@require_POST
@acts
def meeting_plan_restore(request, pk):
    """Take the calling off back."""
    occasion = kept_occasion(request, plan=pk)
    try:
        services.take_back_calling_off(occasion.plan, by=request.user, on=request.acting.today)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(_address(request, occasion))
    return _back(request, occasion, _("The meeting is planned again."))


def _branches(request):
    """The organizations whose meetings stand in the calendar, a queryset."""
    acting, user = request.acting, request.user
    if _is_mine(request):
        own = Organization.objects.filter(pk__in=user.own_branches(on=acting.on).values("pk"))
        return own | assigned_branches(user, on=acting.on)
    acting.require("see_members")
    return Organization.objects.below(acting.organization, on=acting.on)


def _is_mine(request):
    return request.acting.organization is None or request.GET.get("mine") == "1"


def _is_one(organization):
    return organization.kind_on == OrganizationKind.BRANCH


def _day(request):
    """The day of the month whose meetings are asked for, or None."""
    try:
        return read_day(request.GET.get("day", ""))
    except ValidationError:
        return None


def _kept_branches(request):
    kept = request.user.scope_for(services.ACTION, on=request.acting.today)
    return kept.on(request.acting.today).filter(kind_on=OrganizationKind.BRANCH)


def _asked_branch(request):
    """The branch that the address names, or that is acted for; else the only one there is."""
    kept, asked = _kept_branches(request), request.GET.get("branch", "")
    if asked:
        if not asked.isdecimal() or len(asked) > 18:
            raise Http404
        return get_object_or_404(kept, pk=asked)
    here = kept.filter(pk=request.acting.organization.pk).first()
    few = list(kept[:2])
    return here or (few[0] if len(few) == 1 else None)


def _tell_planned(request, planned):
    text = ngettext(
        "%(number)s meeting is planned.", "%(number)s meetings are planned.", len(planned.plans)
    )
    told = text % {"number": len(planned.plans)}
    if planned.taken:
        text = ngettext(
            "%(number)s month has one on that day already.",
            "%(number)s months have one on that day already.",
            len(planned.taken),
        )
        told = f"{told} {text % {'number': len(planned.taken)}}"
    messages.success(request, told)


def _context(occasion, form):
    above = Organization.objects.above(occasion.branch, on=occasion.on)
    return {"occasion": occasion, "plan": occasion.plan, "form": form, "above": above}


def _back(request, occasion, text):
    messages.success(request, text)
    return HttpResponseRedirect(_address(request, occasion))


def _address(request, occasion):
    return request.acting.url("assignments:meeting_plan", occasion.plan.pk)
