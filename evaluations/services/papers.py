"""Dossiers: all papers of an organization in a cycle, made part by part by workers."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from branches.models import Organization

from ..choices import PaperFormat
from ..models import CycleBranch, DossierPart, Dossiers
from ..papers.jobs import ACTION
from ..tasks import work_on_dossiers

MESSAGES = 8  # at most so many parts are made side by side


@transaction.atomic
def start_dossiers(cycle, organization, *, wanted, by, on, at):
    """Ask for the dossiers of the organization's branches in the cycle; returns the Dossiers.

    Raises PermissionDenied; ValidationError where no branch of the cycle is below it, or the same
    person has asked for the same and it is under way.
    """
    require_export(organization, by=by, on=on)
    below = Organization.objects.below(organization, on=min(on, cycle.cut_off))
    branches = CycleBranch.objects.filter(cycle=cycle, branch__in=below.values("pk"))
    branches = list(
        branches.annotate(members=Count("appraisals")).order_by("unit__code", "branch__code")
    )
    if not branches:
        raise ValidationError(_("No branch of this organization is in the cycle."))
    same = Dossiers.objects.filter(
        cycle=cycle, organization=organization, requested_by=by, finished_at=None, error=""
    )
    if same.exists():
        raise ValidationError(_("These papers are being made already: wait for them."))
    dossiers = Dossiers.objects.create(
        cycle=cycle,
        organization=organization,
        format=PaperFormat(wanted),
        requested_by=by,
        requested_at=at,
    )
    together = DossierPart(dossiers=dossiers, number=0, members=0)
    DossierPart.objects.bulk_create(
        [
            together,
            *(
                DossierPart(
                    dossiers=dossiers, number=number, cycle_branch=each, members=each.members
                )
                for number, each in enumerate(branches, start=1)
            ),
        ]
    )
    transaction.on_commit(lambda: _send(dossiers.pk, len(branches)))
    return dossiers


def _send(pk, number):
    for _message in range(min(number, MESSAGES)):
        work_on_dossiers.delay(pk)


def require_export(organization, *, by, on):
    if not by.may(ACTION, organization, on=on):
        raise PermissionDenied
