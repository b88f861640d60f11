"""Taking the roster of a meeting, closing it, and the sheet that those present sign."""

from collections import Counter
from contextlib import nullcontext

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.submitting import once
from branches.acting import acts
from branches.as_of import as_of
from branches.choices import AttendanceStatus
from branches.masking import sight_of
from branches.models import Meeting, Member, Organization
from branches.services import rosters

from ..documents.content import day_in_words, place_of, suggest_letterhead
from ..forms.reasons import ReasonForm
from ..forms.rosters import RosterForm
from ..meetings.occasions import kept_occasion
from ..meetings.rosters import in_columns, roster_of
from ..services.visits import state_visits

BLANK_ROWS = 2  # on the sheet, for guests whom nobody expected


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def roster(request, pk):
    """The roster of a meeting that was held."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            return _saved(request, form, Meeting(pk=pk))
        except PermissionDenied:
            kept_occasion(request, meeting=pk)  # 404 where the reader does not even see it
            raise
        except ValidationError as error:
            _show(form, error)
    return _page(request, form, kept_occasion(request, meeting=pk))


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def plan_roster(request, pk):
    """The roster of a planned meeting: saving it says that the meeting was held."""
    occasion = kept_occasion(request, plan=pk, lock=request.method == "POST")
    if request.method == "GET" and occasion.meeting:
        return HttpResponseRedirect(occasion.address(request.acting, "roster"))
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            return _saved(request, form, _held(request, occasion))
        except ValidationError as error:
            _show(form, error)
            occasion = kept_occasion(request, plan=pk)
    return _page(request, form, occasion)


@require_POST
@acts
def roster_close(request, pk):
    """From now on the roster takes nothing more."""
    occasion = kept_occasion(request, meeting=pk)
    try:
        rosters.close_roster(occasion.meeting, by=request.user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The roster is closed."))
    return _to_meeting(request, occasion.meeting)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def roster_reopen(request, pk):
    """Let a closed roster take changes again, for a reason that stands in the trail."""
    occasion = kept_occasion(request, meeting=pk)
    form = ReasonForm(request.POST or None, button=_("Reopen the roster"))
    if request.method == "POST" and form.is_valid():
        request.give_reason(form.cleaned_data["reason"])
        try:
            rosters.reopen_roster(occasion.meeting, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("The roster is open again."))
            return HttpResponseRedirect(occasion.address(request.acting, "roster"))
    context = {"occasion": occasion, "form": form, "above": _above(occasion)}
    return render(request, "assignments/roster_reopen.html", context)


@require_safe
@acts
def sign_in_sheet(request, pk):
    return _sheet(request, kept_occasion(request, meeting=pk))


@require_safe
@acts
def plan_sign_in_sheet(request, pk):
    return _sheet(request, kept_occasion(request, plan=pk))


def _form(request):
    today = request.acting.today
    return RosterForm(
        request.POST if request.method == "POST" else None,
        members=Member.objects.visible_to(request.user, on=today),
        sight=sight_of(request),
    )


def _held(request, occasion):
    """The meeting that the plan has become, or becomes now; its branch is locked."""
    return occasion.meeting or rosters.hold_plan(
        occasion.plan, by=request.user, on=request.acting.today, is_locked=True
    )


def _saved(request, form, meeting):
    """Save what the form says, and lead to the meeting. One statement when it says nothing new of
    guests."""
    statements = form.statements()
    with transaction.atomic() if statements else nullcontext():
        rosters.save_roster(
            meeting,
            form.answers(),
            by=request.user,
            at=timezone.now(),
            seen=form.cleaned_data["seen"] or 0,
            added=form.added_ids(),
        )
        if statements:
            state_visits(meeting, statements, by=request.user, at=timezone.now())
    _tell(request, form)
    return _to_meeting(request, meeting)


def _show(form, error):
    """A member who has nothing to do there was not offered by the form."""
    if getattr(error, "code", "") == "stranger":
        raise Http404
    form.show(error)


def _tell(request, form):
    counts = Counter(status for _pk, status, _reason in form.answers())
    absent = counts[AttendanceStatus.EXCUSED] + counts[AttendanceStatus.UNEXCUSED]
    present = counts[AttendanceStatus.PRESENT]
    told = _("The roster is saved: %(present)s present, %(absent)s absent.")
    messages.success(request, told % {"present": present, "absent": absent})
    unanswered = form.unanswered()
    if unanswered:
        text = ngettext(
            "%(number)s member is not reported yet: that is a gap, not an absence.",
            "%(number)s members are not reported yet: that is a gap, not an absence.",
            unanswered,
        )
        messages.warning(request, text % {"number": unanswered})


def _page(request, form, occasion):
    people = roster_of(occasion)
    as_of([occasion.branch, *(row.target for row in people.rows)], on=occasion.on)
    form.show_rows(people)
    form.set_version(occasion.meeting.roster_version if occasion.meeting else 0)
    context = {
        "occasion": occasion,
        "form": form,
        "roster": people,
        "above": _above(occasion),
        "is_too_early": occasion.on > request.acting.today,
        "answers": AttendanceStatus.choices,
    }
    return render(request, "assignments/roster.html", context)


def _sheet(request, occasion):
    people, above = roster_of(occasion), _above(occasion)
    superior = above[-2] if len(above) > 1 else None
    _place, _signing, post, name = suggest_letterhead(occasion.branch, on=occasion.on)
    context = {
        "occasion": occasion,
        "roster": people,
        "tables": in_columns(people.members),
        "blanks": range(BLANK_ROWS),
        "above": above,
        "superior": superior,
        "place": place_of(str(superior or occasion.branch)),
        "day_in_words": day_in_words(occasion.on),
        "post": post,
        "signer": name,
    }
    return render(request, "assignments/sign_in_sheet.html", context)


def _above(occasion):
    return Organization.objects.above(occasion.branch, on=occasion.on)


def _to_meeting(request, meeting):
    return HttpResponseRedirect(request.acting.url("branches:meeting", meeting.pk))
