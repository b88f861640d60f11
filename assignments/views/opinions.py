"""Pages of opinions."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.submitting import once
from branches.acting import acts, read_year
from branches.columns import address_of, choose
from branches.listing import render_list
from branches.models import Meeting, Organization

from ..forms.opinions import AnswerForm, ExtendForm, RaiseForm, ReferForm, TellForm
from ..models import Opinion, Visit
from ..opinions import page as reads
from ..opinions import report as opinion_report
from ..opinions import rights as opinion_rights
from ..opinions.lists import OPINIONS, listed_opinions
from ..querysets.opinions import assigned_branches
from ..services import opinions as services
from ..tables.opinions import OpinionTable


@require_safe
@acts
def opinion_list(request):
    """Opinions raised at or below the organization acted for, or referred to it."""
    acting = request.acting
    acting.require("see_members")
    choice = choose(request, OPINIONS)
    if choice.default:
        return HttpResponseRedirect(address_of(choice.default, acting))
    filters = listed_opinions(request)
    return render_list(
        request,
        "assignments/opinions.html",
        table=OpinionTable(filters.qs, columns=choice.columns),
        filters=filters,
        counted=ngettext_lazy("%(number)s opinion", "%(number)s opinions", "count"),
        choice=choice,
        cleared=acting.url("assignments:opinions", view="0"),
    )


@require_safe
@acts
def opinions_report(request):
    """Topics, states and ageing of the opinions of a year."""
    acting = request.acting
    acting.require("see_members")
    year = read_year(request) or acting.on.year
    report = opinion_report.report(acting.organization, year=year, on=acting.on)
    return render(
        request,
        "assignments/opinions_report.html",
        {
            "report": report,
            "chart": opinion_report.topic_chart(report),
            "year": year,
            "years": range(acting.on.year, acting.on.year - 5, -1),
        },
    )


@require_safe
@acts
def opinion_detail(request, pk):
    acting = request.acting
    visible = Opinion.objects.visible_to(request.user, on=acting.today)
    opinion = get_object_or_404(visible.on(acting.on).select_related(*_RELATED), pk=pk)
    reads.name_opinions([opinion], on=acting.on)
    is_keeper = opinion_rights.may_keep(request.user, opinion.branch, on=acting.today)
    return render(
        request,
        "assignments/opinion.html",
        {
            "opinion": opinion,
            "above": Organization.objects.above(opinion.branch, on=acting.on),
            "steps": reads.steps_of(opinion, on=acting.on),
            "is_late": reads.is_late(opinion, on=acting.on),
            "may_answer": opinion.state == "referred"
            and opinion_rights.may_answer(request.user, opinion, on=acting.today),
            "may_tell": is_keeper and opinion.waits_to_be_told,
        },
    )


@require_http_methods(["GET", "POST"])
@acts
@once
def opinion_raise(request, pk):
    """Take down what was raised at a meeting."""
    acting = request.acting
    branches = assigned_branches(request.user.member_id, on=acting.today).values("pk")
    visible = Meeting.objects.visible_to(request.user, on=acting.today)
    known = visible | Meeting.objects.filter(branch__in=branches)
    meeting = get_object_or_404(known.select_related("branch"), pk=pk)
    if not opinion_rights.may_raise(
        request.user, meeting.branch, held_on=meeting.held_on, on=acting.today
    ):
        raise PermissionDenied
    return _raise(request, meeting, meeting=meeting)


@require_http_methods(["GET", "POST"])
@acts
@once
def opinion_raise_on_visit(request, pk):
    """Take down what was raised on a visit, also while the branch has recorded no meeting."""
    visible = Visit.objects.visible_to(request.user, on=request.acting.today)
    visit = get_object_or_404(visible.select_related("branch", "meeting"), pk=pk)
    if not opinion_rights.may_raise_on(request.user, visit, on=request.acting.today):
        raise PermissionDenied
    return _raise(request, visit, visit=visit)


@require_http_methods(["GET", "POST"])
@acts
@once
def opinion_refer(request, pk):
    opinion = _for_its_body(request, pk)
    on = request.acting.today
    bodies = opinion_rights.bodies_for(opinion.branch, on=on)
    others = [each for each in bodies if each.pk != opinion.referred_to_id]
    form = ReferForm(_posted(request), row=opinion, bodies=others)
    return _work(request, opinion, form, services.refer_opinion, _("Pass the opinion on"))


@require_http_methods(["GET", "POST"])
@acts
@once
def opinion_extend(request, pk):
    opinion = _for_its_body(request, pk)
    form = ExtendForm(_posted(request), row=opinion)
    return _work(request, opinion, form, services.extend_opinion, _("Extend the deadline"))


@require_http_methods(["GET", "POST"])
@acts
@once
def opinion_answer(request, pk):
    opinion = _for_its_body(request, pk)
    form = AnswerForm(_posted(request), row=opinion)
    return _work(request, opinion, form, services.answer_opinion, _("Answer the opinion"))


@require_http_methods(["GET", "POST"])
@acts
@once
def opinion_tell(request, pk):
    """Record at which meeting the branch was told."""
    opinion, today = _visible(request, pk), request.acting.today
    if not opinion_rights.may_keep(request.user, opinion.branch, on=today):
        raise PermissionDenied
    meetings = reads.meetings_to_choose(
        opinion.branch, since=services.answered_day(opinion) or opinion.raised_on, until=today
    )
    form = TellForm(_posted(request), row=opinion, meetings=meetings)
    title = _("Record that the branch was told")
    return _work(request, opinion, form, services.tell_answer, title, nothing=not meetings)


_RELATED = ("meeting__branch", "visit__branch", "referred_to", "told_at")


def _visible(request, pk):
    """404 for what the reader does not see; locked where it is to be changed."""
    rows = Opinion.objects.select_related(*_RELATED)
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    visible = Opinion.objects.visible_to(request.user, on=request.acting.today).values("pk")
    return get_object_or_404(rows.filter(pk__in=visible), pk=pk)


def _for_its_body(request, pk):
    opinion = _visible(request, pk)
    if not opinion_rights.may_answer(request.user, opinion, on=request.acting.today):
        raise PermissionDenied
    return opinion


def _posted(request):
    return request.POST if request.method == "POST" else None


def _raise(request, place, **where):
    """The form of `opinion_raise`; `place` is the meeting or the visit."""
    bodies = opinion_rights.bodies_for(place.branch, on=request.acting.today)
    form = request.submitted_form = RaiseForm(
        _posted(request),
        bodies=bodies,
        usual=opinion_rights.usual_body(bodies),
        topics=reads.topics_in_use(place.branch),
    )
    if request.method == "POST" and form.is_valid():
        try:
            opinion = services.raise_opinion(
                **where, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _said_of(opinion))
            return HttpResponseRedirect(request.acting.url("assignments:opinion", opinion.pk))
    context = {"form": form, "place": place, "above": bodies[::-1]}
    return render(request, "assignments/opinion_raise.html", context)


def _said_of(opinion):
    if opinion.referred_to is None:
        return _("The opinion is entered with its answer.")
    return _("The opinion is entered and referred to %(body)s.") % {"body": opinion.referred_to}


def _work(request, opinion, form, service, title, **context):
    """Show the form of something done with the opinion, and do it when it is sent."""
    request.submitted_form = form
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
        try:
            service(opinion, **values, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("It is recorded."))
            return HttpResponseRedirect(request.acting.url("assignments:opinion", opinion.pk))
    context |= {"form": form, "opinion": opinion, "title": title}
    return render(request, "assignments/opinion_form.html", context)
