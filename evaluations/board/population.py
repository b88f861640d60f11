"""The ratings of an organization and year, counted by where they belong and what they say."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    Func,
    OuterRef,
    Q,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import JSONObject

from branches.filters import MOST_CHOICES
from branches.models import Organization, OrganizationPath, Placement

from .. import rules
from ..models import CapOverride, RollUp, UnitCap

# What the order of those who are equal at the cap is made of (docs/rating-rules.md, 7).
TIE_FACTS = ("score", "tasks_exceeded", "tasks_total", "present", "excused", "unexcused")


@dataclass(frozen=True)
class Population:
    """rows           a dict for each group of like ratings, with their `number`
    roll_ups       {id: roll-up} that they come from, with their schemes
    organizations  {id: organization} as of the last cut-off: units, branches where these are not
                   too many to choose from, and what stands directly below the organization; each
                   with its `path`, ids from the root down, its `own_percent` of the cap, what was
                   given beyond it, `overrides`, a list of {"person_class", "places"}, and
                   `reachable`, whether the reader may see its board
    """

    organization: Organization
    year: int
    rows: list
    roll_ups: dict
    organizations: dict

    def _of(self, column):
        ids = {row[column] for row in self.rows} & self.organizations.keys()
        return sorted((self.organizations[pk] for pk in ids), key=lambda each: each.code)

    @property
    def units(self):
        return self._of("unit")

    @property
    def branches(self):
        """Those to choose from; none where they are too many."""
        return self._of("branch")

    @cached_property
    def schemes(self):
        """{id of the roll-up: the scheme it used}."""
        return {pk: rules.read_scheme(each.scheme.definition) for pk, each in self.roll_ups.items()}

    def is_whole(self, unit):
        """Whether the unit stands at or below the organization: all its ratings are counted."""
        return self.organization.pk in self.organizations[unit].path


def read_population(ratings, *, acting, year):
    """Count the ratings that the reader may see of the population of the organization acted for.

    ratings  with what was decided on them (decided.with_decisions)
    """
    rows, organization = list(_counted(ratings)), acting.organization
    if not rows:
        return Population(organization, year, [], {}, {})
    roll_ups = RollUp.objects.select_related("scheme").in_bulk({row["roll_up"] for row in rows})
    ids, branches = ({row[column] for row in rows} for column in ("unit", "branch"))
    if len(ids) == 1 or len(branches) <= MOST_CHOICES:
        ids |= branches
    cut_off = max(each.as_of for each in roll_ups.values())
    organizations = _organizations(ids, acting, year=year, on=cut_off)
    return Population(organization, year, rows, roll_ups, organizations)


def _counted(ratings):
    """Groups of ratings that say the same. Only of who waits for a decision at the cap, and so may
    be equal with others, what the order there is made of is told: `tie`."""
    numbers = ArrayField(DecimalField())
    facts = Func(*TIE_FACTS, template="ARRAY[%(expressions)s]::numeric[]", output_field=numbers)
    tied = ratings.annotate(tie=Case(When(capped=True, needs_decision=True, then=facts)))
    said = ("rated", "level", "suggested_level", "decided_level", "cycle_id", "tie")
    return (
        tied.order_by()
        .values("unit", "branch", "person_class", "roll_up", *said)
        .annotate(
            number=Count("pk"),
            undecided=Count("pk", filter=Q(needs_decision=True)),
            capped_number=Count("pk", filter=Q(capped=True)),
            no_results=Count("pk", filter=Q(not_rated_reason="no_results")),
            unrecorded_members=Count("pk", filter=Q(unrecorded__gt=0)),
            unrecorded_meetings=Sum("unrecorded"),
            pending_members=Count("pk", filter=Q(tasks_pending__gt=0)),
            pending_tasks=Sum("tasks_pending"),
        )
    )


def _organizations(ids, acting, *, year, on):
    below = acting.organization
    placed = Placement.objects.filter(organization=OuterRef("pk"), validity__contains=on)
    path = OrganizationPath.objects.filter(organization=OuterRef("pk"), validity__contains=on)
    cap = UnitCap.objects.filter(unit=OuterRef("pk"), year=year)
    given = CapOverride.objects.filter(unit=OuterRef("pk"), cycle__year=year, withdrawn_at=None)
    opened = acting.user.scope_for("see_ratings", on=acting.today).filter(pk=OuterRef("pk"))
    found = Organization.objects.on(on).filter(
        Q(pk__in=ids) | Q(Exists(placed.filter(parent=below)))
    )
    named = found.annotate(
        path=Subquery(path.values("ancestors")),
        reachable=Exists(opened),
        own_percent=Subquery(cap.values("percent")),
        overrides=ArraySubquery(
            given.values(given=JSONObject(person_class="person_class", places="places"))
        ),
    )
    return {each.pk: each for each in named}


def tie_key(facts, scheme):
    """By what those at the cap are ordered, of a row's `tie`."""
    score, exceeded, total, present, excused, unexcused = (Fraction(each) for each in facts)
    return rules.Candidate(
        id=None,
        level="excellent",
        score=score,
        exceeded=exceeded / (total or 1),
        attendance=(present + Fraction(scheme.excused_credit) * excused)
        / (present + excused + unexcused or 1),
    ).key
