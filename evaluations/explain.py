"""One rating explained: every number, and the rows behind it.

`explain_rating` recomputes the rating from the records by `evaluations.rules` and keeps, beside
each number, the meetings, visits, tasks, reviews and deductions that made it. Stored values are
never changed; `Explanation.changed` names those that today's records no longer give.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db import connection
from django.utils.translation import gettext_lazy as _

from assignments.models import Assignment, Review, Task
from branches.models import Attendance, Discipline, Meeting, Membership, MemberStatus
from branches.models import OrganizationPath as Path
from branches.periods import first_day, last_day, period
from branches.templatetags.numbers import number

from . import rules
from .choices import Criterion, Undecided
from .models import Deduction, Rating, UnitCap

CONDITION_TEXTS = {
    "discipline": _("Disciplined in the period: %(value)s"),
    "score_below": _("Score %(value)s is below %(bound)s"),
    "score_from": _("Score %(value)s is at least %(bound)s"),
    "tasks_some": _("At least one task counted: %(value)s"),
    "unmet_none": _("No task unmet: %(value)s"),
    "late_none": _("No task late: %(value)s"),
    "unmet_over": _("Tasks unmet are more than %(bound)s: %(value)s"),
    "exceeded_from": _("Tasks exceeded are at least %(bound)s: %(value)s"),
    "late_within": _("Tasks late are at most %(bound)s: %(value)s"),
}


@dataclass(frozen=True)
class CriterionLine:
    """One criterion: `points` = round_half_up(most × group × n / (applying × d), 2).

    `points` is None when it does not apply (d is 0); `label` is the scheme's own name for it.
    """

    key: str
    label: str
    most: Decimal
    group: Decimal
    applying: Decimal
    n: Decimal
    d: Decimal
    points: Decimal | None

    @property
    def applies(self) -> bool:
        return self.points is not None


@dataclass(frozen=True)
class GroupLines:
    """A group of criteria. `points` is what the group can give, `applying` is A of the formula."""

    key: str
    label: str
    points: Decimal
    applying: Decimal
    criteria: tuple[CriterionLine, ...]


@dataclass(frozen=True)
class MeetingLine:
    """A meeting that the member had to attend; `status` is "" when nothing was recorded."""

    meeting: Meeting
    status: str
    status_label: str


@dataclass(frozen=True)
class DutyPeriodLine:
    """One month, quarter or year of a duty: L = `length`, D = `days`, h = `held`, v = `visited`."""

    first: date
    last: date
    length: int
    days: int
    held: int
    visited: int
    due: int
    made: int
    visits: tuple[Meeting, ...]


@dataclass(frozen=True)
class DutyLine:
    """Assignments to one target that continue each other, and their periods in the year."""

    assignments: tuple[Assignment, ...]
    target: object
    visits_due: int
    visits_period: str
    periods: tuple[DutyPeriodLine, ...]

    @property
    def due(self) -> int:
        return sum(each.due for each in self.periods)

    @property
    def made(self) -> int:
        return sum(each.made for each in self.periods)


@dataclass(frozen=True)
class TaskLine:
    """A task of the year. `result` is an outcome, "pending", or "" when it is not counted;
    `credited` is weight × credit, None when it earns and costs nothing."""

    task: Task
    result: str
    credit: Decimal | None
    credited: Decimal | None


@dataclass(frozen=True)
class ReviewLine:
    review: Review
    credit: Decimal


@dataclass(frozen=True)
class ConditionLine:
    text: str
    met: bool


@dataclass(frozen=True)
class LevelLine:
    """One step of the ladder to the level; the first that holds is `chosen`. `needs` is "all" or
    "any" of the conditions; a step without conditions is the case the documents leave open."""

    level: str
    needs: str
    conditions: tuple[ConditionLine, ...]
    holds: bool
    chosen: bool


@dataclass(frozen=True)
class CapLine:
    """The cap on excellent in this member's cap unit.

    excellent, good  E and G, rated members at these levels before the cap
    percent          p; `own` when it is the unit's own
    places           k
    place            the member's first place among the excellent, None for another level
    tied             whether a person must choose between this member and equals
    person_class     "" when the cap counts the whole unit
    """

    excellent: int
    good: int
    percent: Decimal
    own: bool
    base: str
    places: int
    place: int | None
    capped: bool
    tied: bool
    person_class: str

    @property
    def bites(self) -> bool:
        return self.excellent > self.places


@dataclass(frozen=True)
class Explanation:
    """One rating with everything behind it.

    rating       the stored rating
    groups       criteria by group, in the scheme's order
    meetings     the required meetings, in order of day
    missed       months (1–12) that count as missed
    levels, cap  empty and None when the member is not rated
    undecided    (key, label) of each reason why a person must decide
    changed      names of stored values that the records of today no longer give
    """

    rating: Rating
    groups: tuple[GroupLines, ...]
    meetings: tuple[MeetingLine, ...]
    missed: tuple[int, ...]
    duties: tuple[DutyLine, ...]
    tasks: tuple[TaskLine, ...]
    reviews: tuple[ReviewLine, ...]
    deductions: tuple[Deduction, ...]
    disciplines: tuple[Discipline, ...]
    statuses: tuple[MemberStatus, ...]
    levels: tuple[LevelLine, ...]
    cap: CapLine | None
    undecided: tuple[tuple[str, str], ...]
    changed: tuple[str, ...]


def explain_rating(rating: Rating) -> Explanation:
    """Explain one rating, in a fixed number of queries."""
    return explain_ratings([rating])[0]


def explain_ratings(ratings: Sequence[Rating]) -> list[Explanation]:
    """Explain ratings of one roll-up, in the same number of queries as for one of them.

    The ratings come with `roll_up__scheme` and what the page shows already selected.
    """
    if not ratings:
        return []
    records = _Records(ratings)
    caps = _caps(records)
    return [_explain(rating, records, caps[rating.pk]) for rating in ratings]


class _Records:
    """All rows behind some ratings of one roll-up."""

    def __init__(self, ratings):
        self.roll_up = ratings[0].roll_up
        self.ratings = ratings
        self.definition = self.roll_up.scheme.definition
        self.scheme = rules.read_scheme(self.definition)
        self.days = rules.rating_period(self.roll_up.year, self.roll_up.as_of)
        self.members = {rating.member_id for rating in ratings}
        within = period(self.days.first, self.days.last)
        year = self.roll_up.year

        self.memberships = self._by_member(Membership.objects.filter(validity__overlap=within))
        self.statuses = self._by_member(
            MemberStatus.objects.filter(validity__overlap=within).order_by("validity")
        )
        self.own_branches = {each.branch_id for rows in self.memberships.values() for each in rows}
        self.meetings = defaultdict(list)
        for meeting in Meeting.objects.filter(branch__in=self.own_branches).held_in(within):
            self.meetings[meeting.branch_id].append(meeting)
        self.roster = self._by_member(
            Attendance.objects.select_related("meeting__branch").filter(
                meeting__held_on__range=(self.days.first, self.days.last)
            )
        )
        self.reviews = defaultdict(list)
        for review in Review.objects.filter(
            year=year, assignment__member__in=self.members
        ).select_related("assignment__target", "reviewer"):
            self.reviews[review.assignment.member_id].append(review)
        self.assignments = self._by_member(
            Assignment.objects.filter(validity__overlap=within).select_related("target")
        )
        self.tasks = self._by_member(
            Task.objects.filter(year=year).select_related("organization", "assignment")
        )
        self.deductions = self._by_member(
            Deduction.objects.filter(occurred_on__range=(self.days.first, self.days.last))
        )
        self.disciplines = self._by_member(
            Discipline.objects.filter(decided_on__range=(self.days.first, self.days.last))
        )
        self.above = self._above()
        self.held = self._held()

    def _by_member(self, rows):
        found = defaultdict(list)
        for row in rows.filter(member__in=self.members):
            found[row.member_id].append(row)
        return found

    def _above(self):
        """The organizations at or above each branch that was visited, tree on the cut-off."""
        visited = {
            row.meeting.branch_id
            for rows in self.roster.values()
            for row in rows
            if row.capacity == "assigned"
        }
        paths = Path.objects.filter(
            organization__in=visited, validity__contains=self.roll_up.as_of
        ).values_list("organization", "ancestors")
        return {branch: frozenset(ancestors) for branch, ancestors in paths}

    def _held(self):
        """Meetings at or below each target, by day; by branch too where it is a member's own."""
        targets = {each.target_id for rows in self.assignments.values() for each in rows}
        held = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT target, CASE WHEN m.branch_id = ANY(%(own)s) THEN m.branch_id END,
                       m.held_on, count(*)
                FROM unnest(%(targets)s::bigint[]) AS target
                JOIN branches_organizationpath p
                  ON p.ancestors @> ARRAY[target] AND p.validity @> %(as_of)s::date
                JOIN branches_meeting m
                  ON m.branch_id = p.organization_id
                 AND m.held_on BETWEEN %(first)s AND %(as_of)s
                GROUP BY 1, 2, 3
                """,
                {
                    "own": list(self.own_branches),
                    "targets": list(targets),
                    "first": self.days.first,
                    "as_of": self.days.last,
                },
            )
            for target, branch, day, number in cursor.fetchall():
                held[target].append(rules.Held(branch, day, number))
        return held

    def of(self, rating) -> rules.MemberRecord:
        """The records of one member as plain values."""
        member = rating.member
        assignments = self.assignments[member.pk]
        return rules.MemberRecord(
            admitted_on=member.admitted_on,
            left_on=member.left_on,
            stays=[rules.Stay(each.branch_id, _days(each)) for each in self.memberships[member.pk]],
            statuses=[rules.Status(each.status, _days(each)) for each in self.statuses[member.pk]],
            meetings=[
                self._meeting(meeting)
                for branch in {each.branch_id for each in self.memberships[member.pk]}
                for meeting in self.meetings[branch]
            ],
            roster=[
                rules.RosterRow(self._meeting(row.meeting), row.status, row.capacity, row.confirmed)
                for row in self.roster[member.pk]
            ],
            assignments=[
                rules.Assignment(
                    each.pk, each.target_id, _days(each), each.visits_due, each.visits_period
                )
                for each in assignments
            ],
            held={each.target_id: self.held[each.target_id] for each in assignments},
            tasks=[
                rules.Task(each.pk, each.state, each.outcome, each.weight, each.due_on)
                for each in self.tasks[member.pk]
            ],
            reviews=[rules.Review(each.pk, each.level) for each in self.reviews[member.pk]],
            deductions=[
                rules.Deduction(each.pk, each.occurred_on, each.points)
                for each in self.deductions[member.pk]
            ],
            disciplines=[each.decided_on for each in self.disciplines[member.pk]],
        )

    def _meeting(self, meeting):
        return rules.Meeting(
            meeting.pk,
            meeting.branch_id,
            meeting.held_on,
            meeting.kind,
            self.above.get(meeting.branch_id, frozenset()),
        )


def _days(row):
    return rules.Days(first_day(row.validity), last_day(row.validity))


def _explain(rating, records, cap):
    member = records.of(rating)
    suggestion = rules.suggest(
        member, records.scheme, year=records.roll_up.year, as_of=records.roll_up.as_of
    )
    required = rules.required_meetings(member, records.scheme, records.days)
    undecided = [*suggestion.undecided, *_undecided_by_cap(cap)]
    return Explanation(
        rating=rating,
        groups=_groups(suggestion, records),
        meetings=_meeting_lines(required, records, rating),
        missed=rules.missed_months(required),
        duties=_duty_lines(member, records, rating),
        tasks=tuple(_task_line(task, records) for task in records.tasks[rating.member_id]),
        reviews=tuple(
            ReviewLine(each, records.scheme.review_credit[each.level])
            for each in records.reviews[rating.member_id]
        ),
        deductions=tuple(records.deductions[rating.member_id]),
        disciplines=tuple(records.disciplines[rating.member_id]),
        statuses=tuple(records.statuses[rating.member_id]),
        levels=_level_lines(suggestion),
        cap=cap,
        undecided=tuple((key, Undecided(key).label) for key in undecided),
        changed=_changed(rating, suggestion, cap, undecided),
    )


def _groups(suggestion, records):
    lines = []
    for group in records.definition["groups"]:
        criteria = tuple(
            CriterionLine(
                key=each.key,
                label=criterion.get("name_vi") or str(Criterion(each.key).label),
                most=each.most,
                group=each.group,
                applying=each.applying,
                n=each.n,
                d=each.d,
                points=each.points,
            )
            for criterion in group["criteria"]
            if (each := suggestion.criteria.get(criterion["key"]))
        )
        lines.append(
            GroupLines(
                key=group["key"],
                label=group.get("name_vi") or group["key"],
                points=records.scheme.group_points[group["key"]],
                applying=criteria[0].applying,
                criteria=criteria,
            )
        )
    return tuple(lines)


def _meeting_lines(required, records, rating):
    meetings = {
        meeting.pk: meeting
        for stay in records.memberships[rating.member_id]
        for meeting in records.meetings[stay.branch_id]
    }
    labels = dict(Attendance._meta.get_field("status").flatchoices)
    return tuple(
        MeetingLine(meetings[each.meeting.id], each.status, labels.get(each.status, ""))
        for each in required
    )


def _duty_lines(member, records, rating):
    assignments = {each.pk: each for each in records.assignments[rating.member_id]}
    meetings = {row.meeting_id: row.meeting for row in records.roster[rating.member_id]}
    lines = []
    for chain in rules.chains(member.assignments, records.days):
        rows = tuple(assignments[each.id] for each in chain.assignments)
        periods = tuple(
            DutyPeriodLine(
                first=each.period.first,
                last=each.period.last,
                length=each.length,
                days=each.days,
                held=each.held,
                visited=each.visited,
                due=each.due,
                made=each.made,
                visits=tuple(meetings[visit.meeting.id] for visit in each.visits),
            )
            for each in rules.duty_periods(chain, member, records.days)
        )
        lines.append(DutyLine(rows, rows[0].target, chain.visits_due, chain.visits_period, periods))
    return tuple(lines)


def _task_line(task, records):
    result = rules.task_result(
        rules.Task(task.pk, task.state, task.outcome, task.weight, task.due_on),
        records.roll_up.year,
        records.roll_up.as_of,
    )
    credit = records.scheme.task_credit.get(result)
    return TaskLine(task, result, credit, None if credit is None else task.weight * credit)


def _level_lines(suggestion):
    chosen = next((step for step in suggestion.steps if step.holds), None)
    return tuple(
        LevelLine(
            level=step.level,
            needs=step.needs,
            conditions=tuple(
                ConditionLine(
                    CONDITION_TEXTS[each.kind]
                    % {"value": number(each.value), "bound": number(each.bound)},
                    each.met,
                )
                for each in step.conditions
            ),
            holds=step.holds,
            chosen=step is chosen,
        )
        for step in suggestion.steps
    )


# The cap: among the stored ratings of the same run, so that the explanation of one member never
# depends on later changes in the records of the others.


def _caps(records):
    """The cap line of each rating, None for those not rated."""
    scheme = records.scheme
    units = {rating.unit_id for rating in records.ratings}
    peers = defaultdict(list)
    for rating in Rating.objects.filter(
        roll_up=records.roll_up, unit__in=units, rated=True, level__in=["excellent", "good"]
    ).only(
        "unit", "person_class", "level", "score", "tasks_exceeded", "tasks_total",
        "present", "excused", "unexcused",
    ):  # fmt: skip
        peers[_cap_unit(rating, scheme)].append(_candidate(rating, scheme))
    own = dict(
        UnitCap.objects.filter(unit__in=units, year=records.roll_up.year).values_list(
            "unit", "percent"
        )
    )
    found, caps = {}, {}
    for rating in records.ratings:
        key = _cap_unit(rating, scheme)
        if key not in found:
            percent = own.get(rating.unit_id, scheme.cap_percent)
            found[key] = rules.apply_cap(peers[key], percent=percent, base=scheme.cap_base)
        caps[rating.pk] = (
            _cap_line(rating, found[key], peers[key], scheme, own) if (rating.rated) else None
        )
    return caps


def _cap_unit(rating, scheme):
    return rating.unit_id, rating.person_class if scheme.cap_by_class else ""


def _candidate(rating, scheme):
    recorded = rating.present + rating.excused + rating.unexcused
    credited = rating.present + scheme.excused_credit * rating.excused
    return rules.Candidate(
        id=rating.pk,
        level=rating.level,
        score=rating.score,
        exceeded=Fraction(rating.tasks_exceeded, rating.tasks_total or 1),
        attendance=Fraction(credited) / (recorded or 1),
    )


def _cap_line(rating, cap, peers, scheme, own):
    mine = _candidate(rating, scheme)
    better = sum(each.level == "excellent" and each.key > mine.key for each in peers)
    return CapLine(
        excellent=cap.excellent,
        good=cap.good,
        percent=cap.percent,
        own=rating.unit_id in own,
        base=scheme.cap_base,
        places=cap.places,
        place=better + 1 if rating.level == "excellent" else None,
        capped=rating.pk in cap.capped,
        tied=rating.pk in cap.tied,
        person_class=_cap_unit(rating, scheme)[1],
    )


def _undecided_by_cap(cap):
    if cap is None or not cap.tied:
        return []
    return ["cap_tie"] if cap.places else ["cap_too_small"]


def _changed(rating, suggestion, cap, undecided):
    """Names of the stored values that differ from what the records give now."""
    capped = cap is not None and cap.capped
    now = {
        "rated": suggestion.rated,
        "not_rated_reason": suggestion.not_rated_reason,
        **suggestion.facts.counts(),
        "score": suggestion.score,
        "level": suggestion.level,
        "capped": capped,
        "suggested_level": "good" if capped else suggestion.level,
        "needs_decision": bool(undecided),
    }
    for key in Criterion.values:
        line = suggestion.criteria.get(key)
        now[f"points_{key}"] = line.points if line and suggestion.rated else None
    return tuple(name for name, value in now.items() if getattr(rating, name) != value)
