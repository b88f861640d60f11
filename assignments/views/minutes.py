"""The minutes of a meeting: read, written, and as a document."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.recording import log_access
from accounts.submitting import once
from branches.acting import acts
from branches.as_of import as_of
from branches.minutes import figures_of
from branches.models import Meeting, Member, Minutes, Organization
from branches.services.minutes import draft_minutes, save_minutes

from ..choices import DocumentKind
from ..documents import content, pdf, word
from ..documents.minutes import letterhead_of, minuted
from ..documents.templates import template_in_use
from ..forms.minutes import MinutesForm


@require_safe
@acts
def meeting_minutes(request, pk):
    """What the minutes say, and the way to write them and to have them as a document."""
    meeting = visible_meeting(request, pk)
    minutes = _stored(meeting)
    return render(
        request,
        "assignments/minutes.html",
        {
            "meeting": meeting,
            "minutes": minutes,
            "figures": figures_of(meeting),
            "above": Organization.objects.above(meeting.branch, on=meeting.held_on),
            "may_write": may_keep(request, meeting),
        },
    )


@require_http_methods(["GET", "POST"])
@acts
@once
def meeting_minutes_write(request, pk):
    meeting = visible_meeting(request, pk, locked=request.method == "POST")
    if not may_keep(request, meeting):
        raise PermissionDenied
    minutes = _stored(meeting) or draft_minutes(meeting)
    form = request.submitted_form = MinutesForm(
        request.POST if request.method == "POST" else None, minutes=minutes, people=_people(meeting)
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_minutes(meeting, **form.values(), by=request.user, on=request.acting.today)
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("The minutes are saved."))
            return HttpResponseRedirect(request.acting.url("assignments:meeting_minutes", pk))
    return render(request, "assignments/minutes_write.html", {"form": form, "meeting": meeting})


@require_safe
@acts
def meeting_minutes_document(request, pk, kind):
    """The minutes as Word or PDF, in the form of the Party's documents."""
    meeting = visible_meeting(request, pk)
    minutes = _stored(meeting)
    if minutes is None or kind not in ("docx", "pdf"):
        raise Http404
    head = letterhead_of(meeting, minutes)
    fields = content.common(meeting.branch, head) | minuted(meeting, minutes)
    if kind == "pdf":
        made, media_type = pdf.set_pdf(fields, kind=DocumentKind.MINUTES), pdf.MEDIA_TYPE
    else:
        used = template_in_use(meeting.branch, DocumentKind.MINUTES, on=request.acting.today)
        made = word.fill(used.content(), fields, kind=DocumentKind.MINUTES)
        media_type = word.MEDIA_TYPE
    log_access(
        "list_exported",
        by=request.user,
        at=timezone.now(),
        organization=meeting.branch,
        rows=figures_of(meeting).all,
        note=f"minutes.{kind}",
    )
    response = HttpResponse(made, content_type=media_type)
    name = f"Biên bản {meeting.held_on.isoformat()}.{kind}"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def visible_meeting(request, pk, *, locked=False):
    """The meeting with its branch as it was called on its day; 404 for what one does not see."""
    visible = Meeting.objects.visible_to(request.user, on=request.acting.today).values("pk")
    rows = Meeting.objects.filter(pk__in=visible).select_related("branch", "plan")
    meeting = get_object_or_404(rows.select_for_update(of=("self",)) if locked else rows, pk=pk)
    as_of([meeting.branch], on=meeting.held_on)
    return meeting


def may_keep(request, meeting):
    return request.user.may("keep_meetings", meeting.branch, on=request.acting.today)


def _stored(meeting):
    rows = Minutes.objects.select_related("chair", "recorder", "meeting")
    return rows.filter(meeting=meeting).first()


def _people(meeting):
    """Members of the branch on the day, and whoever else stands on the roster."""
    here = Organization.objects.filter(pk=meeting.branch_id)
    own = Member.objects.in_branches(here, on=meeting.held_on).values("pk")
    roster = meeting.attendance.values("member")
    return Member.objects.filter(pk__in=own.union(roster)).order_by("sort_key", "code")
