"""The conditions on a level that a rating set may add, as they concern members of a cycle.

They never give or take points: the suggestion stays, and who decides above a condition says why.
Source: docs/organization-rating-rules.md, 9.
"""

from collections import defaultdict
from dataclasses import dataclass

from assignments.choices import AssignmentRole
from assignments.models import Assignment
from branches.choices import Rank
from branches.models import Organization, Position

from ..choices import ConditionKind, Ground
from ..id_lists import listed
from ..models import OrganizationAppraisal, OrganizationRating, Shortcomings
from ..rules import allows, best_beside, best_when_mended, read_scheme

HEADS = (Rank.SECRETARY, Rank.BRANCH_SECRETARY)


@dataclass(frozen=True)
class Limit:
    """One condition as it concerns one member.

    best          the best level that it leaves open; "" while that is not known yet: the
                  organization is not rated, or the branch has not said whether shortcomings are
                  mended
    organization  whose level it looks at, None for shortcomings
    level         that organization's level, "" as long as it has none
    """

    kind: ConditionKind
    best: str
    organization: Organization | None = None
    level: str = ""

    def met(self, level):
        """Whether a member of `level` meets it; None while that is not known."""
        return allows(self.best, level) if self.best else None


def conditions_of(appraisals, *, cycle):
    """{appraisal's pk: (Limit, …)}: the conditions of the cycle's scheme, for those they concern.

    `appraisals` are of the cycle, in any iterable, or anything else with their `pk` and
    `member_id`. Five queries; none without conditions.
    """
    asked = read_scheme(cycle.scheme.definition).conditions
    if not asked:
        return {}
    appraisals = list(appraisals)
    found = defaultdict(list)
    for kind, steps, member, organization in _answered_for(appraisals, asked, cycle):
        found[member].append((kind, steps, organization))
    levels = levels_of({each[2] for rows in found.values() for each in rows}, year=cycle.year)
    mended = mended_of(appraisals) if asked.shortcomings_mended else None
    return {
        appraisal.pk: limits
        for appraisal in appraisals
        if (limits := _limits(appraisal, found[appraisal.member_id], levels, mended))
    }


def broken_conditions(cycle):
    """[(appraisal, its unmet limits)] of members whose decision does not say why it stands above a
    condition: what it looks at was decided or stated later. None where the set has no conditions.
    """
    if not read_scheme(cycle.scheme.definition).conditions:
        return []
    decided = cycle.appraisals.exclude(decision=None).exclude(decision__level="")
    unsaid = decided.exclude(decision__grounds__contains=[Ground.CONDITION])
    appraisals = list(unsaid.select_related("member", "decision").order_by("member__code"))
    limits = conditions_of(appraisals, cycle=cycle)
    found = [(each, unmet(limits.get(each.pk, ()), each.level)) for each in appraisals]
    return [(appraisal, wrong) for appraisal, wrong in found if wrong]


def unmet(limits, level):
    """Of the conditions of a member those that `level` does not meet; none for no level."""
    return [limit for limit in limits if level and limit.met(level) is False]


def levels_of(organizations, *, year):
    """{organization: its level for the year} of those that are rated: what is decided in a cycle,
    else what is recorded. Two queries."""
    recorded = OrganizationRating.objects.filter(year=year, organization__in=organizations)
    decided = OrganizationAppraisal.objects.decided().filter(
        cycle__year=year, organization__in=organizations
    )
    levels = dict(recorded.values_list("organization", "level"))
    levels |= dict(decided.values_list("organization", "decision__level"))
    return {each: levels[each.pk] for each in organizations if each.pk in levels}


def _answered_for(appraisals, asked, cycle):
    """(kind, levels one may be above, member's id, organization) on the cut-off date."""
    members = listed({each.member_id for each in appraisals})
    if asked.head_not_above_unit:
        posts = Position.objects.valid_on(cycle.cut_off).filter(member__in=members, rank__in=HEADS)
        for post in posts.select_related("organization").order_by("organization__code", "pk"):
            yield ConditionKind.HEAD, 0, post.member_id, post.organization
    if asked.cadre_not_above_branch is not None:
        duties = Assignment.objects.filter(
            member__in=members,
            role=AssignmentRole.DIRECT,
            validity__contains=cycle.cut_off,
        )
        for duty in duties.select_related("target").order_by("target__code", "pk"):
            yield ConditionKind.CADRE, asked.cadre_not_above_branch, duty.member_id, duty.target


def mended_of(appraisals):
    """{appraisal's pk: whether its branch stated that earlier shortcomings are mended}, of those of
    which something was stated. One query."""
    rows = Shortcomings.objects.filter(appraisal__in=listed(each.pk for each in appraisals))
    return dict(rows.values_list("appraisal", "mended"))


def _limits(appraisal, answered_for, levels, mended):
    limits = []
    for kind, steps, organization in answered_for:
        level = levels.get(organization, "")
        best = best_beside(level, steps=steps) if level else ""
        limits.append(Limit(kind, best, organization, level))
    if mended is not None:
        best = best_when_mended(mended.get(appraisal.pk))
        limits.append(Limit(ConditionKind.SHORTCOMINGS, best))
    return tuple(limits)
