"""What is in one part of a job. Of dossiers: a folder a branch with its members' papers and the
minutes of its counts; the summary and the workbook of all together. Else the workbook alone."""

import io
import re
import zipfile

from assignments.choices import DocumentKind
from branches.as_of import as_of

from ..choices import PaperFormat
from ..models import Appraisal, CycleBranch
from .branches import DECIDED, count_fields, summary_fields
from .making import Maker
from .people import REVIEW_OF, People
from .workbook import write_workbook

UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
EPOCH = (1980, 1, 1, 0, 0, 0)  # of every entry: the same papers make the same bytes


def make(job, part, *, on, progress):
    """The content of the part, bytes; `progress` is called with the number of members done."""
    if job.is_workbook:
        return _workbook(job, on=on, progress=progress)
    return _pack(job, part, on=on)


def _workbook(job, *, on, progress=lambda done: None):
    book = io.BytesIO()
    write_workbook(
        job.cycle, _appraisals(job), book, user=job.requested_by, today=on, progress=progress
    )
    return book.getvalue()


def _appraisals(job):
    branches = CycleBranch.objects.below(job.cycle, job.organization)
    return Appraisal.objects.filter(cycle_branch__in=branches.values("pk"))


def _pack(job, part, *, on):
    """The part as a zip, bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        pieces = _of_branch(job, part, on=on) if part.cycle_branch_id else _together(job, on=on)
        for name, content in pieces:
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return file.getvalue()


def _of_branch(job, part, *, on):
    cycle_branch = CycleBranch.objects.select_related("cycle__scheme", "branch", "unit").get(
        pk=part.cycle_branch_id
    )
    as_of([cycle_branch.branch, cycle_branch.unit], on=cycle_branch.cycle.cut_off)
    folder = f"{safe(str(cycle_branch.unit))}/{safe(str(cycle_branch.branch))}"
    if cycle_branch.unit_id == cycle_branch.branch_id:
        folder = safe(str(cycle_branch.branch))
    maker = Maker(cycle_branch.unit, on=on)
    wanted = ending = PaperFormat(job.kind).value
    people = People(cycle_branch.appraisals.all(), with_decisions=True)
    for place, appraisal in enumerate(people.appraisals, start=1):
        own = f"{folder}/{place:03d} {safe(appraisal.member.full_name)}"
        for kind in (
            REVIEW_OF[appraisal.person_class],
            DocumentKind.SELF_RATING,
            DocumentKind.DOSSIER,
            DocumentKind.RE_RATING,
        ):
            fields = people.fields(appraisal, kind)
            if fields is not None:
                content = maker.make(fields, kind=kind, wanted=wanted)
                yield f"{own}/{kind.value}.{ending}", content
    for vote in cycle_branch.votes.select_related(
        "cycle_branch__cycle", "cycle_branch__branch", "cycle_branch__unit"
    ):
        content = maker.make(count_fields(vote), kind=DocumentKind.COUNT, wanted=wanted)
        yield f"{folder}/bien-ban-kiem-phieu-{vote.round}-{vote.ballot}.{ending}", content


def _together(job, *, on):
    cycle, wanted = job.cycle, PaperFormat(job.kind)
    fields = summary_fields(cycle, _appraisals(job), of=DECIDED, day=on)
    summary = Maker(cycle.organization, on=on).make(
        fields, kind=DocumentKind.SUMMARY, wanted=wanted
    )
    yield f"tong-hop.{wanted.value}", summary
    yield f"xep-loai-{cycle.year}.xlsx", _workbook(job, on=on)


def safe(name):
    """A name as that of a file or folder on any system."""
    return UNSAFE.sub(" ", name).strip(" .")[:80] or "-"
