"""Papers of an organization in a cycle that workers make, part by part."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from ..choices import PaperJobKind
from ..models import CycleBranch, PaperJob, PaperPart
from ..papers.jobs import ACTION
from ..tasks import work_on_papers

MESSAGES = 8  # at most so many parts are made side by side


@transaction.atomic
def start_papers(cycle, organization, *, kind, by, on, at):
    """Ask for papers of the organization's branches in the cycle; returns the PaperJob.

    kind  a PaperJobKind or its value

    Raises PermissionDenied; ValidationError where no branch of the cycle is below it, or the same
    person has asked for the same and it is under way.
    """
    require_export(organization, by=by, on=on)
    branches = CycleBranch.objects.below(cycle, organization).annotate(members=Count("appraisals"))
    branches = list(branches.order_by("unit__code", "branch__code"))
    if not branches:
        raise ValidationError(_("No branch of this organization is in the cycle."))
    wanted = {
        "cycle": cycle,
        "organization": organization,
        "kind": PaperJobKind(kind),
        "requested_by": by,
    }
    if PaperJob.objects.filter(finished_at=None, error="", **wanted).exists():
        raise ValidationError(_("These papers are being made already: wait for them."))
    job = PaperJob.objects.create(requested_at=at, **wanted)
    planned = _plan(job, branches)
    PaperPart.objects.bulk_create(planned)
    transaction.on_commit(lambda: _send(job.pk, len(planned)))
    return job


def _plan(job, branches):
    if job.is_workbook:
        return [PaperPart(job=job, number=0, members=sum(each.members for each in branches))]
    return [
        PaperPart(job=job, number=0, members=0),
        *(
            PaperPart(job=job, number=number, cycle_branch=each, members=each.members)
            for number, each in enumerate(branches, start=1)
        ),
    ]


def _send(pk, number):
    for _message in range(min(number, MESSAGES)):
        work_on_papers.delay(pk)


def require_export(organization, *, by, on):
    if not by.may(ACTION, organization, on=on):
        raise PermissionDenied
