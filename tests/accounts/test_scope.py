"""What a user answers for follows the grants and the tree of the day."""

from datetime import date

from django.test import TestCase

from accounts.choices import Role
from accounts.rules import ROLES_FOR
from assignments.models import Assignment, Task
from branches.models import Meeting, Member, Organization
from branches.periods import period
from tests import builders as make

JUNE_30, JULY_1 = date(2025, 6, 30), date(2025, 7, 1)


class ScopeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, (cls.branch,) = make.make_ward("W", parent=cls.district)
        cls.other_ward, (cls.other_branch,) = make.make_ward("X")
        cls.member = make.make_member(cls.branch)
        cls.other = make.make_member(cls.other_branch)
        cls.user = make.make_user(member=cls.other)

    def seen(self, model, on=JULY_1):
        return set(model.objects.visible_to(self.user, on=on))

    def test_nothing_without_a_grant_but_ones_own_record(self):
        assert self.seen(Organization) == set()
        assert self.seen(Member) == {self.other}

    def test_a_grant_opens_its_subtree(self):
        make.grant(self.user, Role.BOARD, self.district)
        assert self.seen(Organization) == {self.district, self.ward, self.branch}
        assert self.seen(Member) == {self.member, self.other}

    def test_a_grant_holds_for_its_days(self):
        make.grant(self.user, Role.BOARD, self.district, until=JUNE_30)
        assert self.branch in self.seen(Organization, on=JUNE_30)
        assert self.seen(Organization, on=JULY_1) == set()

    def test_access_moves_with_the_branch_that_day(self):
        make.grant(self.user, Role.BOARD, self.ward)
        self.branch.placements.update(validity=period(None, JUNE_30))
        make.place(self.branch, self.other_ward, since=JULY_1)
        assert self.branch in self.seen(Organization, on=JUNE_30)
        assert self.branch not in self.seen(Organization, on=JULY_1)

    def test_actions_need_a_role_that_may(self):
        make.grant(self.user, Role.AUDITOR, self.district)
        assert self.user.may("see_ratings", self.branch, on=JULY_1)
        assert not self.user.may("start_roll_up", self.branch, on=JULY_1)
        assert not self.user.may("see_ratings", self.other_branch, on=JULY_1)

    def test_every_role_may_do_something(self):
        assert set(Role) == set().union(*ROLES_FOR.values())

    def test_scope_is_a_part_of_the_query(self):
        make.grant(self.user, Role.BOARD, self.district)
        for model in (Organization, Member, Meeting, Assignment, Task):
            with self.subTest(model=model.__name__), self.assertNumQueries(1):
                self.seen(model)

    def test_meetings_of_ones_branch_and_those_one_attended(self):
        own = make.make_meeting(self.other_branch, JUNE_30)
        visited, unknown = (make.make_meeting(self.branch, JUNE_30) for _ in range(2))
        make.attend(visited, self.other, capacity="assigned")
        assert self.seen(Meeting) == {own, visited}
        assert unknown not in self.seen(Meeting)

    def test_assignments_and_tasks_of_and_in_the_scope(self):
        user = make.make_user()
        make.grant(user, Role.OFFICE, self.ward)
        assignments = [
            make.make_assignment(self.other, self.branch),
            make.make_assignment(self.member, self.other_branch),
            make.make_assignment(self.other, self.other_branch),
        ]
        assert set(Assignment.objects.visible_to(user, on=JULY_1)) == set(assignments[:2])
        tasks = [
            make.make_task(self.other, self.branch, 2025),
            make.make_task(self.member, self.other_branch, 2025),
            make.make_task(self.other, self.other_branch, 2025),
        ]
        assert set(Task.objects.visible_to(user, on=JULY_1)) == set(tasks[:2])
