"""Pages of one visit: a cadre says that they were there, puts it right, takes it back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.submitting import once
from branches.acting import acts
from branches.choices import VisitState
from branches.listing import PAGE_ROWS
from branches.models import Organization, StoredFile

from ..forms.visits import CorrectForm, OpinionRows, VisitForm, WithdrawForm, has_opinions, sum_up
from ..models import Visit
from ..photos import ENDINGS
from ..services import visits as services
from ..services.opinions import raise_opinion
from ..visits import choices
from ..visits.page import visit_page


@require_http_methods(["GET", "POST"])
@acts
@once
def visit_log(request):
    """Log a visit to a meeting of one of one's branches; without a branch, choose one first."""
    today = request.acting.today
    if request.method == "POST" and (visit := _log_plainly(request, today)):
        return _go_on(request, visit)
    branches = choices.branches_of(request.user.member_id, today=today)
    branch = _branch_of(request, branches)
    if branch is None:
        return _choose_branch(request, branches)
    form = VisitForm(*_posted(request), branch=branch, today=today)
    opinions = OpinionRows(request.POST if request.method == "POST" else None, prefix="opinion")
    if request.method == "POST" and all([form.is_valid(), opinions.is_valid()]):
        at = timezone.now()
        visit = _log(request, branch, form, opinions, at=at)
        if visit is not None:
            return _go_on(request, visit, is_kept=visit.claimed_at == at or form.is_told_by(visit))
    sum_up(form, opinions)
    found = _gatherings(request, branch)
    context = {"branch": branch, "form": form, "opinions": opinions, "gatherings": found}
    context["chosen"] = form.data.get("what") or _asked_for(request, found)
    return render(request, "assignments/visit_log.html", context)


def _log_plainly(request, today):
    """The visit of a form with neither photo nor opinions, as nearly all are, where nothing is in
    its way; else None. The branch is not looked up: that the reader may log for it is found out
    by the statement that logs."""
    typed = request.POST.get("branch", "")
    if request.FILES or not typed.isdecimal() or len(typed) > 18 or has_opinions(request.POST):
        return None
    form = VisitForm(request.POST, branch=Organization(pk=int(typed)), today=today)
    if not form.is_valid():
        return None
    told = {name: form.cleaned_data[name] for name in ("note", "remarks")}
    by, at = request.user, timezone.now()
    try:
        return services.log_at_once(
            by.member_id, int(typed), by=by, at=at, **form.of_meeting(), **told
        )
    except ValidationError:
        return None


def _go_on(request, visit, *, is_kept=True):
    """is_kept: whether the visit says what was sent; one that was there before stays as it was."""
    _tell(request, visit, is_kept=is_kept)
    return HttpResponseRedirect(request.acting.url("assignments:visit", visit.pk))


def _branch_of(request, branches):
    """The branch that the form or the address names; 404 for one that is not among `branches`."""
    typed = request.POST.get("branch") or request.GET.get("branch")
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > 18:
        raise Http404
    return get_object_or_404(branches, pk=typed)


def _choose_branch(request, branches):
    asked = request.GET.get("q", "").strip()[:200]
    if asked:
        branches = branches.named(asked, on=request.acting.today)
    page = Paginator(branches.order_by("code"), PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "assignments/visit_branches.html", {"page": page, "asked": asked})


def _gatherings(request, branch):
    today = request.acting.today
    days = choices.loggable_days(today)
    return choices.gatherings(request.user.member_id, [branch.pk], days, today=today)[branch.pk]


def _asked_for(request, found):
    """What is chosen when the form opens: what the address names, else what is plausible."""
    named = {f"{name}-{request.GET.get(name, '')}" for name in (choices.MEETING, choices.PLAN)}
    asked = [each.key for each in found if each.key in named and each.is_open]
    return asked[0] if asked else choices.plausible(found, today=request.acting.today)


def _log(request, branch, form, opinions, *, at):
    """The visit with its opinions, all or nothing: None when a service found something wrong."""
    by, row = request.user, form
    told = {name: form.cleaned_data[name] for name in ("note", "remarks")}
    try:
        with transaction.atomic():
            photo = _store(form.cleaned_data["picture"], by=by, at=at)
            visit = services.log_visit(
                member=by.member,
                branch=branch,
                photo=photo,
                by=by,
                at=at,
                **form.of_meeting(),
                **told,
            )
            if photo and visit.photo_id != photo.pk:
                photo.delete()
            for row in opinions.forms:
                if row.has_changed():
                    raise_opinion(visit=visit, by=by, at=at, **row.cleaned_data)
    except ValidationError as error:
        row.show(error)
        return None
    return visit


def _store(photo, *, by, at):
    if not photo:
        return None
    content, kind = photo
    name = f"{timezone.localdate(at).isoformat()}.{ENDINGS[kind]}"
    return StoredFile.store(name, content, media_type=kind, by=by, at=at)


def _tell(request, visit, *, is_kept):
    committee = getattr(visit, "committee", None) or visit.confirmer
    if not is_kept:
        text = _("This visit was logged before, and stays as it was: put it right here.")
        messages.warning(request, text)
    elif visit.state == VisitState.DISPUTED:
        text = _(
            "Logged, but the branch's roster says that you were not there: %(committee)s decides."
        )
        messages.warning(request, text % {"committee": committee})
    else:
        text = _("The visit is logged. It waits for its confirmation by %(committee)s.")
        messages.success(request, text % {"committee": committee})


@require_safe
@acts
def visit_detail(request, pk):
    visit = _visible_visit(request, pk)
    page = visit_page(visit, request)
    return render(request, "assignments/visit.html", {"visit": visit, "page": page})


@require_safe
@acts
def visit_photo(request, pk):
    """The photo of a visit, for who sees the visit. It was checked and cleaned when it came."""
    visit = _visible_visit(request, pk)
    if visit.photo_id is None:
        raise Http404
    response = HttpResponse(bytes(visit.photo.content), content_type=visit.photo.media_type)
    response["Content-Disposition"] = content_disposition_header(True, visit.photo.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_http_methods(["GET", "POST"])
@acts
@once
def visit_correct(request, pk):
    visit = _own_visit(request, pk)
    form = CorrectForm(*_posted(request), row=visit)
    if request.method == "POST" and form.is_valid() and _correct(request, visit, form):
        return _back_to(request, visit, _("The visit is put right."))
    return render(request, "assignments/visit_correct.html", {"visit": visit, "form": form})


def _correct(request, visit, form):
    by, at, earlier = request.user, timezone.now(), visit.photo
    values = {name: form.cleaned_data[name] for name in ("note", "remarks")}
    try:
        with transaction.atomic():
            if form.cleaned_data["picture"] or form.cleaned_data.get("remove_picture"):
                values["photo"] = _store(form.cleaned_data["picture"], by=by, at=at)
            reason = form.cleaned_data.get("reason", "")
            services.correct_visit(visit, reason=reason, by=by, at=at, **values)
            if earlier and "photo" in values:
                earlier.delete()
    except ValidationError as error:
        form.show(error)
        return False
    return True


@require_http_methods(["GET", "POST"])
@acts
@once
def visit_withdraw(request, pk):
    visit = _own_visit(request, pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None, row=visit)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            services.withdraw_visit(visit, reason=reason, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.show(error)
        else:
            return _back_to(request, visit, _("The visit is withdrawn."))
    return render(request, "assignments/visit_withdraw.html", {"visit": visit, "form": form})


def _posted(request):
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _visible_visit(request, pk, *, lock=False):
    visible = Visit.objects.visible_to(request.user, on=request.acting.today)
    if lock:
        visible = visible.select_for_update(of=("self",))
    return get_object_or_404(visible.with_people(), pk=pk)


def _own_visit(request, pk):
    """A visit that one logged oneself: of another's it is 403 to say what they did."""
    visit = _visible_visit(request, pk, lock=request.method == "POST")
    if visit.member_id != request.user.member_id or not visit.is_claimed:
        raise PermissionDenied
    return visit


def _back_to(request, visit, message):
    messages.success(request, message)
    return HttpResponseRedirect(request.acting.url("assignments:visit", visit.pk))
