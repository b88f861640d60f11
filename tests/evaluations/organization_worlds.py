"""Organizations in a small cycle: members are decided on as voted, one branch after the other."""

from evaluations.choices import StepKind
from evaluations.models import OrganizationScheme
from evaluations.services.cycle_steps import finish_step
from evaluations.services.decisions import SUGGESTED, decide
from evaluations.services.organization_ratings import decide_organizations, suggest_organizations
from tests import year_end
from tests.year_end import NOON, NOTE, TODAY

DECIDED_ON = TODAY


def decide_members(world, *branches):
    """The branches (all if none is given) vote as suggested, and the members are decided on so."""
    for branch in world.cycle_branches:
        if branches and branch.branch not in branches:
            continue
        year_end.vote_simply(branch, by=world.by)
        year_end.do_steps(branch, before=StepKind.DECISION, by=world.by)
        decide(
            branch.appraisals.to_be_rated(),
            level=SUGGESTED,
            reason=NOTE,
            decided_on=DECIDED_ON,
            by=world.by,
            on=TODAY,
            at=NOON,
        )
        finish_step(branch, StepKind.DECISION, note=NOTE, by=world.by, on=TODAY, at=NOON)


def suggest(world, **values):
    return suggest_organizations(
        world.cycle, **({"by": world.by, "on": TODAY, "at": NOON} | values)
    )


def decide_on(world, *organizations, level="good", by=None, **values):
    rows = world.cycle.organizations.filter(organization__in=organizations)
    values = {"reason": NOTE, "decided_on": DECIDED_ON, "on": TODAY, "at": NOON} | values
    return decide_organizations(rows, level=level, by=by or world.by, **values)


def appraisal_of(world, organization):
    rows = world.cycle.organizations.with_organizations()
    return rows.get(organization=organization)


def make_scheme(year=year_end.YEAR, *, key="invented", **changes):
    """The set of the year with some of its values changed."""
    definition = OrganizationScheme.objects.for_year(year).definition | changes
    return OrganizationScheme.objects.create(
        key=key, version=1, name="x", first_year=year, definition=definition
    )
