"""One's own record of a year: how one stands, every point explained, and objections to a line."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.submitting import once
from branches.acting import acts, read_year
from branches.as_of import Seen, as_of
from branches.models import Meeting, Member

from .. import objecting
from ..choices import Criterion
from ..explaining.standing import explain_standing
from ..forms.objections import AnswerForm, ObjectionForm
from ..models import Objection
from ..models.objection import LINES

MOST_SHOWN = 100
YEARS = 6  # of one's record, with this one


class Lines:
    """Which lines of a record the reader has objected to."""

    def __init__(self, member_id, year):
        """The newest objection to each line of the year. One query."""
        self.year = year
        rows = Objection.objects.filter(member=member_id, year=year, withdrawn_at=None)
        self.found = {}
        for row in rows.order_by("raised_at", "pk"):
            column = f"{LINES[row.criterion]}_id"
            self.found[row.criterion, getattr(row, column)] = row


@require_safe
@acts
def own_record(request):
    """How the reader stands in the year of the address, or in that of the day."""
    acting = request.acting
    member = get_object_or_404(Member, pk=request.user.member_id)
    year = read_year(request) or acting.on.year
    if year > acting.today.year:
        raise Http404
    explanation = explain_standing(member, year=year, on=acting.on)
    rating = explanation.rating
    as_of([rating.branch, *explanation.organizations], on=rating.roll_up.as_of)
    meetings = [line.meeting.pk for line in explanation.meetings]
    meetings += [
        visit.pk for duty in explanation.duties for part in duty.periods for visit in part.visits
    ]
    visible = Meeting.objects.visible_to(request.user, on=acting.today)
    context = {
        "explanation": explanation,
        "rating": rating,
        "year": year,
        "years": _years(member, year, acting.today),
        "is_over": year < acting.today.year,
        "cut_off": Seen(on=rating.roll_up.as_of, today=acting.today),
        "seen_meetings": set(visible.filter(pk__in=meetings).values_list("pk", flat=True)),
        "objections": Lines(member.pk, year),
    }
    return render(request, "evaluations/own_record.html", context)


def _years(member, shown, today):
    """This year and the last five, as far as the member was one, and the one that is shown."""
    latest = range(max(today.year - YEARS, member.admitted_on.year - 1) + 1, today.year + 1)
    return sorted({*latest, shown}, reverse=True)


@require_http_methods(["GET", "POST"])
@acts
@once
def objection_raise(request, criterion, line):
    """Object to the line with this id, of the record of `?year=`."""
    year = read_year(request) or request.acting.today.year
    member = get_object_or_404(Member, pk=request.user.member_id)
    line = objecting.find_line(member, criterion, line, year=year)
    if line is None:
        raise Http404
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            objection = objecting.object_to(
                line,
                criterion=criterion,
                year=year,
                text=form.cleaned_data["text"],
                by=request.user,
                on=request.acting.today,
                at=timezone.now(),
            )
            messages.success(
                request, _("Your objection went to %(body)s.") % {"body": objection.body}
            )
            return HttpResponseRedirect(request.acting.url("evaluations:objection", objection.pk))
        except ValidationError as error:
            form.show(error)
    context = {"form": form, "line": line, "criterion": Criterion(criterion).label, "year": year}
    return render(request, "evaluations/objection_raise.html", context)


@require_safe
@acts
def objection_list(request):
    """Objections that the reader answers, those that wait first, and the reader's own."""
    today = request.acting.today
    visible = Objection.objects.visible_to(request.user, on=today)
    rows = visible.select_related(
        "member", "body", "meeting", "assignment__target", "task", "review__assignment", "deduction"
    )
    here = rows.answerable_by(request.user, on=today)
    context = {
        "waiting": list(here.open().order_by("raised_at")[:MOST_SHOWN]),
        "answered": list(here.exclude(answered_at=None)[:MOST_SHOWN]),
        "own": list(rows.filter(member=request.user.member_id)[:MOST_SHOWN])
        if request.user.member_id
        else [],
    }
    return render(request, "evaluations/objections.html", context)


@require_http_methods(["GET", "POST"])
@acts
def objection_detail(request, pk):
    """One objection; whoever answers for it answers here."""
    today = request.acting.today
    objection = _find(request, pk)
    answers = objection.is_open and (
        Objection.objects.answerable_by(request.user, on=today).filter(pk=pk).exists()
    )
    form = AnswerForm(request.POST or None, row=objection)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            objecting.answer(
                objection,
                outcome=values["outcome"],
                words=values["answer"],
                by=request.user,
                on=today,
                at=timezone.now(),
            )
            messages.success(request, _("Your answer was sent."))
            return HttpResponseRedirect(request.acting.url("evaluations:objection", pk))
        except ValidationError as error:
            form.show(error)
    context = {"objection": objection, "form": form if answers else None}
    context["is_own"] = objection.member_id == request.user.member_id
    return render(request, "evaluations/objection.html", context)


@require_POST
@acts
def objection_withdraw(request, pk):
    objection = _find(request, pk)
    try:
        objecting.withdraw(objection, by=request.user, at=timezone.now())
        messages.success(request, _("Your objection was withdrawn."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return HttpResponseRedirect(request.acting.url("evaluations:objection", pk))


def _find(request, pk):
    """An objection that the reader sees; where something is sent, locked."""
    rows = Objection.objects.visible_to(request.user, on=request.acting.today)
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    related = ("member", "body", "answered_by", "meeting__branch", "assignment__target", "task")
    return get_object_or_404(
        rows.select_related(*related, "review__assignment", "deduction"), pk=pk
    )
