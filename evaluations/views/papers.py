"""Papers of the year end as files: of one member, a branch, a whole cycle."""

from tempfile import TemporaryFile

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.recording import log_access
from accounts.submitting import once
from assignments.choices import DocumentKind
from branches.acting import acts
from branches.as_of import as_of

from ..choices import PaperFormat, StepKind
from ..forms.papers import DossierForm, PaperJobForm
from ..models import Appraisal, Cycle, CycleBranch, PaperJob, StepDone, Vote
from ..papers import branches, jobs
from ..papers.making import MEDIA_TYPES, Maker
from ..papers.people import REVIEW_OF, People
from ..papers.workbook import fits_at_once, write_workbook
from ..services import papers as services

ACTION = jobs.ACTION
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OF_MEMBER = (DocumentKind.SELF_RATING, DocumentKind.DOSSIER, DocumentKind.RE_RATING)
# The file that a job makes, and its media type: of a workbook, or else of dossiers.
FILES = {True: ("xep-loai-{}-{}.xlsx", XLSX), False: ("ho-so-{}-{}.zip", "application/zip")}
MOST_BRANCHES = 200  # of those whose ballots are listed on a page


@require_safe
@acts
def papers(request, pk):
    """What can be made of a cycle for the organization acted for."""
    cycle = _cycle(request, pk)
    rows = _branches(request, cycle)
    listed = list(rows.select_related("branch").order_by("branch__code")[: MOST_BRANCHES + 1])
    as_of([each.branch for each in listed], on=cycle.cut_off)
    votes = Vote.objects.filter(cycle_branch__in=listed).order_by("round", "ballot")
    of_branch = {each.pk: [] for each in listed}
    for vote in votes:
        of_branch[vote.cycle_branch_id].append(vote)
    may_export = request.acting.may(ACTION)
    own = PaperJob.objects.filter(cycle=cycle, requested_by=request.user)
    return render(
        request,
        "evaluations/papers.html",
        {
            "cycle": cycle,
            "branches": [(each, of_branch[each.pk]) for each in listed[:MOST_BRANCHES]],
            "too_many": len(listed) > MOST_BRANCHES,
            "may_export": may_export,
            "form": DossierForm() if may_export else None,
            "at_once": may_export and fits_at_once(_appraisals(request, cycle)),
            "made": own.select_related("organization")[:20] if may_export else (),
        },
    )


@require_safe
@acts
def appraisal_paper(request, pk, kind, ending):
    """A paper of one member: `review` stands for the form of the member's class."""
    visible = Appraisal.objects.visible_to(request.user, on=request.acting.today)
    appraisal = get_object_or_404(visible.select_related("cycle_branch__unit", "member"), pk=pk)
    kind = REVIEW_OF[appraisal.person_class] if kind == "review" else kind
    if kind not in (*OF_MEMBER, *REVIEW_OF.values()):
        raise Http404
    people = People(
        Appraisal.objects.filter(pk=pk), with_decisions=_sees_decisions(request, appraisal)
    )
    fields = people.fields(people.appraisals[0], DocumentKind(kind))
    if fields is None:
        raise Http404
    _log(request, f"{kind}.{ending}", member=appraisal.member, rows=1)
    return _paper(
        request,
        appraisal.cycle_branch.unit,
        fields,
        kind=DocumentKind(kind),
        ending=ending,
        name=appraisal.member.full_name,
    )


@require_safe
@acts
def ballot(request, pk, branch, number, ending):
    """An empty ballot of a branch: the first on the levels, the second on the excellent."""
    cycle_branch = _branch(request, pk, branch)
    if number not in (1, 2):
        raise Http404
    second = number == 2
    fields = branches.ballot_fields(cycle_branch, second=second)
    kind = DocumentKind.PICK if second else DocumentKind.BALLOT
    rows = len(fields["phieu_chon" if second else "phieu_muc"])
    _log(request, f"{kind}.{ending}", organization=cycle_branch.branch, rows=rows)
    return _paper(
        request,
        cycle_branch.unit,
        fields,
        kind=kind,
        ending=ending,
        name=str(cycle_branch.branch),
    )


@require_safe
@acts
def count_minutes(request, pk, ending):
    """The minutes of a count, as it was recorded."""
    visible = CycleBranch.objects.visible_to(request.user, on=request.acting.today)
    rows = Vote.objects.filter(cycle_branch__in=visible.values("pk"))
    vote = get_object_or_404(
        rows.select_related("cycle_branch__cycle", "cycle_branch__branch", "cycle_branch__unit"),
        pk=pk,
    )
    fields = branches.count_fields(vote)
    branch = vote.cycle_branch.branch
    _log(request, f"count.{ending}", organization=branch, rows=len(fields["ket_qua_phieu"]))
    return _paper(
        request,
        vote.cycle_branch.unit,
        fields,
        kind=DocumentKind.COUNT,
        ending=ending,
        name=f"{branch} {vote.round}.{vote.ballot}",
    )


@require_safe
@acts
def summary(request, pk, of, ending):
    """The summary by unit, of what was decided or of what is suggested."""
    cycle = _cycle(request, pk)
    request.acting.require(ACTION)
    if of not in branches.COUNTED:
        raise Http404
    appraisals = _appraisals(request, cycle)
    if not appraisals.exists():  # a table of noughts would look like a result
        raise Http404
    fields = branches.summary_fields(cycle, appraisals, of=of, day=request.acting.today)
    _log(
        request,
        f"summary.{ending}",
        organization=request.acting.organization,
        rows=len(fields["tong_hop"]),
    )
    return _paper(
        request,
        cycle.organization,
        fields,
        kind=DocumentKind.SUMMARY,
        ending=ending,
        name=str(cycle.year),
    )


@require_safe
@acts
def cycle_workbook(request, pk):
    """Everything of a small cycle below the organization acted for, as XLSX at once."""
    cycle = _cycle(request, pk)
    acting = request.acting
    acting.require(ACTION)
    appraisals = _appraisals(request, cycle)
    if not fits_at_once(appraisals):
        messages.error(request, _("There are too many members to wait for it: have it made here."))
        return HttpResponseRedirect(acting.url("evaluations:papers", pk))
    file = TemporaryFile()
    rows = write_workbook(cycle, appraisals, file, user=request.user, today=acting.today)
    _log(request, "cycle.xlsx", organization=acting.organization, rows=rows)
    file.seek(0)
    name = f"xep-loai-{acting.organization.code}-{cycle.year}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


@require_POST
@acts
@once
def paper_job_start(request, pk):
    """Ask for all dossiers of the organization acted for, or for its workbook."""
    cycle = _cycle(request, pk)
    acting = request.acting
    acting.require(ACTION)
    form = PaperJobForm(request.POST)
    if form.is_valid():
        try:
            job = services.start_papers(
                cycle,
                acting.organization,
                kind=form.cleaned_data["kind"],
                by=request.user,
                on=acting.today,
                at=timezone.now(),
            )
            return HttpResponseRedirect(acting.url("evaluations:paper_job", job.pk))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    else:
        messages.error(request, _("Choose Word or PDF."))
    return HttpResponseRedirect(acting.url("evaluations:papers", pk))


@require_safe
@vary_on_headers("HX-Request")
@acts
def paper_job(request, pk):
    """How far the papers are; htmx asks for the progress alone."""
    job = _own_job(request, pk)
    as_of([job.organization], on=job.cycle.cut_off)
    template = "evaluations/_paper_job.html" if request.htmx else "evaluations/paper_job.html"
    return render(request, template, {"job": job, "progress": jobs.read_progress(job)})


@require_safe
@acts
def paper_job_file(request, pk):
    """What was made, to whoever asked for it and may still download ratings there."""
    job = _own_job(request, pk)
    if job.finished_at is None:
        raise Http404
    services.require_export(job.organization, by=request.user, on=request.acting.today)
    name, media_type = FILES[job.is_workbook]
    name = name.format(job.organization.code, job.cycle.year)
    _log(request, name, organization=job.organization, rows=jobs.read_progress(job).total)
    response = StreamingHttpResponse(jobs.stream_file(job), content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _cycle(request, pk):
    visible = Cycle.objects.visible_to(request.user, on=request.acting.today)
    cycle = get_object_or_404(visible.select_related("organization", "scheme"), pk=pk)
    as_of([cycle.organization], on=cycle.cut_off)
    return cycle


def _branch(request, pk, branch):
    visible = CycleBranch.objects.visible_to(request.user, on=request.acting.today)
    rows = visible.select_related("cycle", "branch", "unit")
    return get_object_or_404(rows, cycle=pk, branch=branch)


def _branches(request, cycle):
    """Branches of the cycle at or below the organization acted for that the reader sees."""
    below = CycleBranch.objects.below(cycle, request.acting.organization)
    return below.visible_to(request.user, on=request.acting.today)


def _appraisals(request, cycle):
    return Appraisal.objects.filter(cycle_branch__in=_branches(request, cycle).values("pk"))


def _own_job(request, pk):
    rows = PaperJob.objects.filter(requested_by=request.user)
    return get_object_or_404(rows.select_related("cycle", "organization"), pk=pk)


def _sees_decisions(request, appraisal):
    """Members learn what was decided on them by the notice, others who see them at once."""
    branch = appraisal.cycle_branch.branch
    if request.user.may("see_ratings", branch, on=request.acting.today):
        return True
    told = StepDone.objects.filter(cycle_branch=appraisal.cycle_branch, kind=StepKind.NOTICE)
    return told.exists()


def _paper(request, organization, fields, *, kind, ending, name):
    if ending not in PaperFormat.values:
        raise Http404
    maker = Maker(organization, on=request.acting.today)
    try:
        made = maker.make(fields, kind=kind, wanted=PaperFormat(ending))
    except ValidationError as error:
        # An office's own template that was fine when it was uploaded.
        raise PermissionDenied(" ".join(error.messages)) from error
    response = HttpResponse(made, content_type=MEDIA_TYPES[PaperFormat(ending)])
    label = f"{kind.value} {name}".replace("/", "-")
    response["Content-Disposition"] = content_disposition_header(True, f"{label}.{ending}")
    return response


def _log(request, note, **what):
    log_access("list_exported", by=request.user, at=timezone.now(), note=note[:100], **what)
