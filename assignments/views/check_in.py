"""The code on the secretary's screen, and what opens on the phone of somebody who scans it."""

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from branches.acting import acts
from branches.as_of import as_of
from branches.models import Meeting, MeetingPlan, Organization

from ..meetings import check_in as codes
from ..meetings.occasions import (
    assigned_branches,
    find_occasion,
    kept_occasion,
    of_meeting,
    of_plan,
)
from ..meetings.rosters import count_check_ins
from ..services import check_in as services

MOST_GUESSES = 10
GUESS_SECONDS = 600


@require_safe
@never_cache
@acts
def check_in_code(request, pk):
    return _code(request, kept_occasion(request, meeting=pk))


@require_safe
@never_cache
@acts
def plan_check_in_code(request, pk):
    occasion = kept_occasion(request, plan=pk)
    if occasion.meeting:
        return HttpResponseRedirect(occasion.address(request.acting, "check_in_code"))
    return _code(request, occasion)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def check_in(request):
    """Where the code leads: one button, “I am here”. Without a code, a box for its letters."""
    try:
        if request.method == "POST":
            return _check_in(request, _posted_occasion(request))
        token = request.GET.get("t")
        occasion = _scanned_occasion(request, token) if token else None
    except ValidationError as error:
        context = {"refusal": " ".join(error.messages)}
        return render(request, "assignments/check_in.html", context)
    context = {"occasion": occasion}
    if occasion:
        as_of([occasion.branch], on=occasion.on)
        context["ticket"] = codes.ticket_of(occasion.key, request.user)
        context["checked_in_at"] = services.checked_in(occasion, request.user.member_id)
    return render(request, "assignments/check_in.html", context)


def _code(request, occasion):
    """The code of now, as a page, or as the part of it that is fetched anew."""
    at, refusal = timezone.now(), ""
    try:
        services.check_takes(occasion, on=request.acting.today)
    except ValidationError as error:
        refusal = " ".join(error.messages)
    token = codes.token_of(occasion.key, at=at)
    path = reverse("assignments:check_in")
    context = {
        "occasion": occasion,
        "refusal": refusal,
        "address": occasion.address(request.acting, "check_in_code"),
        "picture": codes.picture_of(request.build_absolute_uri(f"{path}?t={token}")),
        "letters": codes.letters_of(occasion.key, at=at),
        "typed_at": request.build_absolute_uri(path),
        "refresh": codes.REFRESH,
        "counts": count_check_ins(occasion),
    }
    if request.htmx:
        return render(request, "assignments/_check_in_code.html", context)
    context["roster"] = occasion.address(request.acting, "roster")
    context["above"] = Organization.objects.above(occasion.branch, on=occasion.on)
    return render(request, "assignments/check_in_code.html", context)


def _check_in(request, occasion):
    row = services.check_in(occasion, by=request.user, at=timezone.now())
    as_of([occasion.branch], on=occasion.on)
    if isinstance(row, services.Visit):
        text = _("Your visit to %(branch)s is logged. The office confirms it.")
    else:
        text = _("You have checked in at %(branch)s.")
    messages.success(request, text % {"branch": occasion.branch})
    return HttpResponseRedirect(request.acting.url("assignments:check_in"))


def _scanned_occasion(request, token):
    key = codes.read_token(token, at=timezone.now())
    if key is None:
        raise ValidationError(_("This code has changed meanwhile. Scan the one on the screen now."))
    return _open_occasion(request, key)


def _posted_occasion(request):
    """The occasion of the ticket that the page after scanning has, or of the letters typed."""
    if ticket := request.POST.get("ticket"):
        key = codes.read_ticket(ticket, request.user)
        if key is None:
            raise ValidationError(_("That took too long. Scan the code on the screen once more."))
        return _open_occasion(request, key)
    return _open_occasion(request, _typed_key(request))


def _typed_key(request):
    """The key whose letters were typed, of the meetings of today that the reader may come to."""
    user, guesses = request.user, f"check-in:{request.user.pk}"
    if cache.get(guesses, 0) >= MOST_GUESSES:
        raise ValidationError(_("Too many wrong codes. Wait ten minutes, or ask the secretary."))
    today = request.acting.today
    branches = Q(branch__in=user.own_branches(on=today).values("pk"))
    branches |= Q(branch__in=assigned_branches(user, on=today).values("pk"))
    plans = MeetingPlan.objects.filter(branches, planned_on=today, meeting=None)
    meetings = Meeting.objects.filter(branches, held_on=today)
    keys = [of_plan(each).key for each in plans.select_related("branch")]
    keys += [of_meeting(each).key for each in meetings.select_related("branch", "plan")]
    key = codes.find_key(request.POST.get("code", "")[:20], keys, at=timezone.now())
    if key is None:
        cache.add(guesses, 0, GUESS_SECONDS)
        cache.incr(guesses)
        text = _("No meeting of yours shows this code now. Type the one on the screen.")
        raise ValidationError(text)
    return key


def _open_occasion(request, key):
    """The occasion, if the reader has something to do there now; says why not otherwise."""
    try:
        occasion = find_occasion(key)
    except Http404:
        raise ValidationError(_("This meeting is not on record any more.")) from None
    services.check_who(occasion, by=request.user, on=request.acting.today)
    return occasion
