"""Reads of the organizations of a cycle: who is ready, the cap of each group, what is missing."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignments.choices import Level
from branches.as_of import as_of
from branches.choices import OrganizationKind
from branches.models import Organization

from .choices import StepKind

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


@dataclass
class Bar:
    """The organizations of one competent committee, counted by level: the decided one, else the
    suggested. `open` have neither."""

    committee: Organization
    levels: Counter = field(default_factory=Counter)
    decided: int = 0
    open: int = 0
    not_rated: int = 0

    @property
    def counts(self):
        return {level: self.levels[level] for level in Level.values}

    def add(self, appraisal):
        level = appraisal.decided_level or appraisal.suggested_level
        self.levels[level] += 1
        self.decided += bool(appraisal.decided_level)
        self.not_rated += appraisal.rated is False and not level
        self.open += appraisal.rated is None


def read_bars(appraisals):
    """A Bar of each competent committee of the organizations, by its code."""
    bars = {}
    for appraisal in appraisals:
        committee = appraisal.committee
        bars.setdefault(committee.pk, Bar(committee)).add(appraisal)
    return sorted(bars.values(), key=lambda bar: bar.committee.code)
