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

from ..board.charts import MOST_BARS
from ..choices import StepKind
from ..templatetags.ratings import short_level

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


@dataclass
class Bar:
    """The organizations on which one committee decides, counted by suggested and by decided level.

    open    suggested and not decided on; `waiting` are not ready yet
    places  of the cap and beyond it; None where the cap counts the whole cycle
    """

    committee: Organization
    places: int | None
    suggested: Counter = field(default_factory=Counter)
    decided: Counter = field(default_factory=Counter)
    open: int = 0
    waiting: int = 0
    not_rated: int = 0

    @property
    def cells(self):
        """(level, suggested, decided) of each level."""
        return [(level, self.suggested[level], self.decided[level]) for level in Level.values]

    @property
    def is_decided(self):
        return any(self.decided.values())

    def add(self, appraisal):
        decided = appraisal.decided_level
        self.suggested[appraisal.suggested_level] += 1
        self.decided[decided] += 1
        self.not_rated += appraisal.rated is False and not decided
        self.waiting += appraisal.rated is None and not decided
        self.open += bool(appraisal.rated) and not decided


def read_bars(appraisals, groups):
    """A Bar of each competent committee of the organizations, by its code."""
    places = Counter()
    for group in groups:
        places[group.organization.pk] += group.all_places
    by_committee = {each.committee_id for each in appraisals} >= set(places)
    bars = {}
    for appraisal in appraisals:
        committee = appraisal.committee
        if committee.pk not in bars:
            bars[committee.pk] = Bar(committee, places[committee.pk] if by_committee else None)
        bars[committee.pk].add(appraisal)
    return sorted(bars.values(), key=lambda bar: bar.committee.code)


def organization_chart(bars, *, addresses):
    """What `level-chart.js` draws: as `charts.level_chart`, a bar of each committee."""
    bars = bars[:MOST_BARS]
    series = [
        _series(level, "suggested", [bar.suggested[level] for bar in bars])
        for level in Level.values
    ]
    if any(bar.is_decided for bar in bars):
        series += [
            _series(level, "decided", [bar.decided[level] for bar in bars])
            for level in Level.values
        ]
    return {
        "labels": [str(bar.committee) for bar in bars],
        "addresses": addresses[:MOST_BARS],
        "stacks": {"suggested": _("suggested"), "decided": _("decided")},
        "series": series,
        "places": [bar.places for bar in bars],
    }


def _series(level, stack, data):
    return {"level": level, "label": str(short_level(level)), "stack": stack, "data": data}
