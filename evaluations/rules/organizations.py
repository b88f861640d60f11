"""What is suggested for one organization, before the cap; the twin of `organization_*.sql`.

Everything on record goes in, the rules choose. Source: docs/organization-rating-rules.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .days import Days, add_months, last_of_month, rating_period
from .organization_scheme import CRITERIA, OrganizationScheme
from .suggestion import Condition, CriterionPoints, LevelStep, round_half_up

ALWAYS = Days()
REGULAR = "regular"
SCORED_KINDS = ("regular", "thematic")
LEADING_RANKS = (
    "secretary",
    "deputy_secretary",
    "standing_member",
    "committee_member",
    "branch_secretary",
    "branch_deputy",
)


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the organization in the cycle. `level` is the decided one, "" for none."""

    level: str = ""
    exempt: bool = False
    has_task: bool = False


@dataclass(frozen=True, slots=True)
class Discipline:
    """One decided against a person who on that day belonged to a branch of the organization (or
    not: `is_ours`), and to its leading collective (`leads`)."""

    person: int
    decided_on: date
    form: str
    is_ours: bool = True
    leads: bool = False


@dataclass(frozen=True, slots=True)
class OrganizationDiscipline:
    """One decided against an organization; `below` is which of those below it was, None where it
    is itself."""

    decided_on: date
    form: str
    below: int | None = None


@dataclass(frozen=True, slots=True)
class BranchMeeting:
    held_on: date
    kind: str = REGULAR
    quality: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of the cycle at or below the organization, and all its meetings."""

    validity: Days = ALWAYS
    meetings: Sequence[BranchMeeting] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    target: Decimal | None
    actual: Decimal | None
    period_end: date | None = None


@dataclass(frozen=True)
class OrganizationRecord:
    """One organization. `below` holds the decided levels ("" for none) of those directly below,
    None where it is a branch; `first_days` its own first day and those of all that it followed,
    None for one without a first day."""

    first_days: Sequence[date | None] = (None,)
    people: Sequence[Person] = ()
    disciplines: Sequence[Discipline] = ()
    organization_disciplines: Sequence[OrganizationDiscipline] = ()
    branches: Sequence[Branch] = ()
    indicators: Sequence[Indicator] = ()
    below: Sequence[str] = ()


@dataclass(frozen=True)
class OrganizationFacts:
    """`fractions` gives (n, d) of each criterion; x of N indicators are exceeded, u unmet; c of the
    leading collective were disciplined, f of them so that it means `failed`; o disciplines are its
    own, g of them so, and b organizations below it were disciplined."""

    fractions: Mapping[str, tuple[Decimal, Decimal]]
    indicators: int = 0
    exceeded: int = 0
    unmet: int = 0
    leaders_disciplined: int = 0
    leaders_failing: int = 0
    disciplines: int = 0
    disciplines_failing: int = 0
    below_disciplined: int = 0

    @property
    def has_disciplines(self) -> bool:
        return bool(self.leaders_disciplined or self.disciplines or self.below_disciplined)


# Facts. Source: docs/organization-rating-rules.md, 4.


def organization_facts(record, scheme: OrganizationScheme, *, year: int, as_of: date):
    days = rating_period(year, as_of)
    results = [indicator_result(each, year, as_of) for each in record.indicators]
    results = [each for each in results if each]
    disciplines = [each for each in record.disciplines if each.decided_on in days]
    leaders = [each for each in disciplines if each.leads]
    failing = {each.person for each in leaders if each.form in scheme.failing_forms}
    of_organizations = [each for each in record.organization_disciplines if each.decided_on in days]
    own = [each for each in of_organizations if each.below is None]
    return OrganizationFacts(
        fractions={
            "discipline": _undisciplined(record.people, disciplines),
            "meetings": _months_met(record.branches, days),
            "quality": _quality(record.branches, days),
            "indicators": _credited(results, scheme.indicator_credit),
            "coverage": _coverage(record.people),
            "members": _credited((each.level for each in record.people), scheme.member_credit),
            "branches": _credited(record.below, scheme.branch_credit),
        },
        indicators=len(results),
        exceeded=results.count("exceeded"),
        unmet=results.count("unmet"),
        leaders_disciplined=len({each.person for each in leaders}),
        leaders_failing=len(failing),
        disciplines=len(own),
        disciplines_failing=sum(each.form in scheme.failing_organization_forms for each in own),
        below_disciplined=len({each.below for each in of_organizations} - {None}),
    )


def indicator_result(indicator: Indicator, year: int, as_of: date) -> str:
    """How an indicator counts; "" when it is left out."""
    if indicator.target is None:
        return ""
    if indicator.actual is None:
        return "unmet" if (indicator.period_end or date(year, 12, 31)) <= as_of else ""
    if indicator.actual > indicator.target:
        return "exceeded"
    return "met" if indicator.actual == indicator.target else "unmet"


def _undisciplined(people, disciplines):
    persons = {each.person for each in disciplines if each.is_ours}
    return Decimal(max(0, len(people) - len(persons))), Decimal(len(people))


def _months_met(branches, days):
    n = d = 0
    for branch in branches:
        due = {first for first in _whole_months(days) if _covers(branch.validity, first)}
        held = {
            each.held_on.replace(day=1) for each in branch.meetings if each.kind == REGULAR
        } & due
        n, d = n + len(held), d + len(due)
    return Decimal(n), Decimal(d)


def _whole_months(days):
    """The first days of the calendar months that lie wholly in the days, of one year."""
    months = (date(days.first.year, month, 1) for month in range(1, days.last.month + 1))
    return [first for first in months if last_of_month(first.year, first.month) <= days.last]


def _covers(validity, first):
    return first in validity and last_of_month(first.year, first.month) in validity


def _quality(branches, days):
    found = [
        each.quality
        for branch in branches
        for each in branch.meetings
        if each.quality is not None and each.kind in SCORED_KINDS and each.held_on in days
    ]
    return sum(found, Decimal(0)), Decimal(100 * len(found))


def _coverage(people):
    due = [each for each in people if not each.exempt]
    return Decimal(sum(each.has_task for each in due)), Decimal(len(due))


def _credited(keys: Iterable[str], credit):
    keys = [key for key in keys if key]
    return sum((credit[key] for key in keys), Decimal(0)), Decimal(len(keys))


def is_new(record: OrganizationRecord, scheme: OrganizationScheme, as_of: date) -> bool:
    """Source: docs/organization-rating-rules.md, 3. The first of `first_days` is its own."""
    days = record.first_days[:1] if scheme.successors_are_new else record.first_days
    if not scheme.new_months or None in days:
        return False
    return add_months(min(days), scheme.new_months) > as_of


# Points and level. Source: docs/organization-rating-rules.md, 5 and 6.


def organization_points(facts, scheme: OrganizationScheme) -> dict[str, CriterionPoints]:
    """Each used criterion of the scheme, in the order of `CRITERIA`."""
    applies = [key for key in scheme.points if facts.fractions[key][1] > 0]
    result = {}
    for key in (key for key in CRITERIA if key in scheme.points):
        group = scheme.group_of[key]
        alike = (scheme.points[each] for each in applies if scheme.group_of[each] == group)
        most, whole, applying = scheme.points[key], scheme.group_points[group], sum(alike)
        n, d = facts.fractions[key]
        points = None
        if key in applies:
            exact = Fraction(most) * Fraction(whole) * Fraction(n)
            points = round_half_up(exact / (Fraction(applying) * Fraction(d)))
        result[key] = CriterionPoints(key, group, most, whole, Decimal(applying), n, d, points)
    return result


def organization_steps(score: Decimal, facts, scheme: OrganizationScheme) -> list[LevelStep]:
    """The steps in order; the first that holds gives the level."""
    total = facts.indicators
    unmet_none = Condition("unmet_none", Decimal(facts.unmet), Decimal(0), facts.unmet == 0)

    def from_score(level):
        least = scheme.minimum[level]
        return Condition("score_from", score, least, score >= least)

    def none_of(kind, number):
        return Condition(kind, Decimal(number), Decimal(0), number == 0)

    def some_of(kind, number):
        return Condition(kind, Decimal(number), Decimal(0), number > 0)

    lowest = scheme.minimum["completed"]
    unmet_most = scheme.unmet_fail_share * total
    exceeded_least = scheme.exceeded_share * total
    return [
        LevelStep(
            "failed",
            (
                some_of("leaders_failing", facts.leaders_failing),
                some_of("disciplines_failing", facts.disciplines_failing),
            ),
            needs="any",
            undecided=True,
        ),
        LevelStep(
            "failed",
            (
                Condition("score_below", score, lowest, score < lowest),
                Condition("unmet_over", Decimal(facts.unmet), unmet_most, facts.unmet > unmet_most),
            ),
            needs="any",
        ),
        LevelStep(
            "excellent",
            (
                from_score("excellent"),
                Condition("tasks_some", Decimal(total), Decimal(1), total >= 1),
                unmet_none,
                none_of("leaders_undisciplined", facts.leaders_disciplined),
                none_of("undisciplined", facts.disciplines),
                none_of("below_undisciplined", facts.below_disciplined),
                Condition(
                    "exceeded_from",
                    Decimal(facts.exceeded),
                    exceeded_least,
                    facts.exceeded >= exceeded_least,
                ),
            ),
        ),
        LevelStep("good", (from_score("good"), unmet_none)),
        LevelStep("completed", (unmet_none,)),
        LevelStep("completed", (), undecided=True),
    ]


@dataclass(frozen=True)
class OrganizationSuggestion:
    """What the rules suggest for one organization before the cap. `score` is None, `level` "" when
    it is not rated."""

    rated: bool
    not_rated_reason: str
    facts: OrganizationFacts
    criteria: Mapping[str, CriterionPoints]
    score: Decimal | None = None
    level: str = ""
    steps: tuple[LevelStep, ...] = field(default=())
    undecided: bool = False


def suggest_organization(record, scheme, *, year: int, as_of: date) -> OrganizationSuggestion:
    facts = organization_facts(record, scheme, year=year, as_of=as_of)
    criteria = organization_points(facts, scheme)
    reason = "new" if is_new(record, scheme, as_of) else ""
    if not reason and _lacks_results(criteria, scheme) and not facts.has_disciplines:
        reason = "no_results"
    if reason:
        return OrganizationSuggestion(
            False, reason, facts, criteria, undecided=reason == "no_results"
        )
    score = sum((each.points for each in criteria.values() if each.points is not None), Decimal(0))
    steps = tuple(organization_steps(score, facts, scheme))
    chosen = next(step for step in steps if step.holds)
    return OrganizationSuggestion(
        True, "", facts, criteria, score, chosen.level, steps, chosen.undecided
    )


def _lacks_results(criteria, scheme):
    with_results = {each.group_key for each in criteria.values() if each.points is not None}
    return any(group not in with_results for group in scheme.group_points)
