"""Reads of the organizations of a cycle: who is ready, the cap of each group, what is missing."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.as_of import as_of
from branches.choices import OrganizationKind
from branches.models import Organization

from ..choices import StepKind

CAP_SQL = """
SELECT
    organization_id, kind, organizations, decided, excellent_before, good_before, good_or_better,
    decided_excellent, expected_excellent, percent, places, more_places
FROM organization_cap_uses(%s)
"""


@dataclass(frozen=True)
class CapGroup:
    """One group of like organizations: as `cap_units.CapUnit` for members. `kind` is "" where all
    kinds are counted together."""

    organization: Organization
    kind: str
    organizations: int
    decided: int
    excellent_before: int
    good_before: int
    good_or_better: int
    decided_excellent: int
    expected_excellent: int
    percent: Decimal
    places: int
    more_places: int

    @property
    def key(self):
        return self.organization.pk, self.kind

    @property
    def name(self):
        kind = self.kind_label
        return f"{self.organization}, {kind}" if kind else str(self.organization)

    @property
    def free(self):
        return max(0, self.all_places - self.decided_excellent)

    @property
    def is_above(self):
        """More are decided excellent than the cap itself allows."""
        return self.decided_excellent > self.places

    @property
    def meter_size(self):
        return max(1, self.all_places, self.decided_excellent)

    @property
    def kind_label(self):
        return OrganizationKind(self.kind).label if self.kind else ""

    @property
    def all_places(self):
        return self.places + self.more_places

    @property
    def is_full(self):
        return self.decided_excellent >= self.all_places


def read_cap_groups(cycle):
    """The groups of the cycle by code and kind. Two or three queries."""
    with connection.cursor() as cursor:
        cursor.execute(CAP_SQL, [cycle.pk])
        rows = cursor.fetchall()
    named = Organization.objects.in_bulk({row[0] for row in rows})
    as_of(named.values(), on=cycle.cut_off)
    groups = [CapGroup(named[pk], *row) for pk, *row in rows]
    return sorted(groups, key=lambda each: (each.organization.code, each.kind))


def ready_ones(cycle):
    """The ids of the cycle's organizations whose members and lower ones are decided on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT appraisal_id FROM evaluations_organizationready WHERE cycle_id = %s AND ready",
            [cycle.pk],
        )
        return {pk for (pk,) in cursor.fetchall()}


def has_step(cycle):
    return cycle.steps.filter(kind=StepKind.ORGANIZATIONS).exists()


def require_step(cycle):
    """Raise ValidationError for a cycle that does not rate organizations."""
    if not has_step(cycle):
        sentence = _("This cycle has no step “%(step)s”: add it to its steps first.")
        raise ValidationError(sentence % {"step": StepKind.ORGANIZATIONS.label})


def missing_organizations(cycle):
    """What the organizations of a cycle still need before it can be locked, as sentences."""
    if not has_step(cycle):
        return []
    waiting = cycle.organizations.open().count()
    if not waiting:
        return []
    sentence = ngettext(
        "%(count)d organization is not decided on: decide first.",
        "%(count)d organizations are not decided on: decide first.",
        waiting,
    )
    return [sentence % {"count": waiting}]


def open_branches(cycle):
    """The ids of the organizations of the cycle that wait for their decision."""
    return set(cycle.organizations.open().values_list("organization", flat=True))


def require_rated(cycle_branch):
    """Raise ValidationError while the organization of a branch is listed and neither decided on nor
    known as not rated: deciding on it does its step."""
    open_ones = cycle_branch.cycle.organizations.open()
    if open_ones.filter(organization=cycle_branch.branch_id).exists():
        sentence = _("Decide on the rating of the organization: that does this step.")
        raise ValidationError(sentence)


def require_undecided(cycle_branch):
    """Raise ValidationError while the organization of a branch is decided on: taking that back
    takes its step back."""
    decided = cycle_branch.cycle.organizations.decided()
    if decided.filter(organization=cycle_branch.branch_id).exists():
        sentence = _("Take the decision on the organization back: that takes this step back too.")
        raise ValidationError(sentence)
