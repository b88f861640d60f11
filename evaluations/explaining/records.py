"""All rows behind some ratings of one roll-up, read in a fixed number of queries."""

from collections import defaultdict

from django.db import connection

from assignments.models import Assignment, Review, Task
from branches.models import Attendance, Discipline, Meeting, Membership, MemberStatus
from branches.models import OrganizationPath as Path
from branches.periods import first_day, last_day, period

from .. import rules
from ..models import Deduction


class Records:
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
