"""Whom one might assign to a branch that nobody goes to."""

from datetime import date

from django.test import TestCase
from django.utils.translation import override

from accounts.choices import Role
from assignments.board.suggesting import suggest
from tests import builders as make

DAY = date(2026, 3, 1)


class SuggestTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, cls.branches = make.make_ward("W", parent=cls.district, branches=4)
        cls.office, (cls.desk,) = make.make_ward("O", parent=cls.district)
        cls.target = cls.branches[0]
        cls.user = make.make_user()
        make.grant(cls.user, Role.BOARD, cls.district)

    def cadre(self, branch=None, *, at=None, rank="committee_member", **fields):
        member = make.make_member(branch or self.desk, **fields)
        make.make_position(member, at or self.district, rank=rank)
        return member

    def suggested(self, target=None, **more):
        target = target or self.target
        values = {"by": self.user, "organization": self.district, "on": DAY, "today": DAY} | more
        return suggest([target.pk], **values).get(target.pk, [])

    def test_who_has_less_comes_first_and_the_reason_says_so(self):
        busy, free = self.cadre(), self.cadre()
        make.make_assignment(busy, self.office)
        first, second = self.suggested()
        assert (first.member, second.member) == (free, busy)
        assert (first.workload, second.workload) == (0, 1)
        with override("en"):
            assert first.reasons == ["is assigned to nothing", "comes from beside it"]
            assert second.reasons[0] == "has 1 assignment"

    def test_steps_are_counted_from_the_nearest_of_branch_and_posts(self):
        far = self.cadre()
        near = self.cadre(at=self.ward)
        beside = make.make_member(self.branches[1])
        make.make_position(beside, self.branches[1], rank="department_head")
        steps = {each.member: each.steps for each in self.suggested()}
        assert steps == {near: 1, far: 2, beside: 2}
        assert self.suggested()[0].member == near

    def test_who_was_there_or_beside_it_comes_first_of_equals(self):
        self.cadre()
        beside, there = self.cadre(), self.cadre()
        make.make_assignment(beside, self.branches[2], until=date(2024, 12, 31))
        make.make_assignment(there, self.target, until=date(2025, 6, 30))
        first, second, _third = self.suggested()
        assert (first.member, first.there, first.until) == (there, True, date(2025, 6, 30))
        assert (second.member, second.neighbours) == (beside, 1)
        assert "30/06/2025" in first.reasons[0]

    def test_not_who_belongs_to_it_is_there_already_or_inactive(self):
        self.cadre(self.target)
        make.make_assignment(self.cadre(), self.target, since=date(2026, 5, 1))
        for status in ("exempt", "suspended", "away"):
            make.make_status(self.cadre(), status)
        self.cadre(left_on=DAY, left_reason="deceased")
        make.make_position(make.make_member(self.desk), self.district, until=date(2026, 2, 28))
        make.make_position(make.make_member(self.desk), self.ward, rank="branch_secretary")
        assert self.suggested() == []

    def test_a_past_day_knows_nothing_of_what_began_later(self):
        cadre = self.cadre()
        make.make_assignment(cadre, self.target, since=date(2026, 5, 1))
        assert [each.member for each in self.suggested(today=date(2026, 6, 1))] == [cadre]

    def test_who_is_assigned_is_a_cadre_also_without_a_post(self):
        member = make.make_member(self.desk)
        make.make_assignment(member, self.ward)
        assert [each.member for each in self.suggested()] == [member]

    def test_only_whom_one_sees_and_at_most_three(self):
        for _number in range(5):
            self.cadre()
        assert len(self.suggested()) == 3
        own = make.make_user()
        make.grant(own, Role.BOARD, self.ward)
        assert self.suggested(by=own, organization=self.ward) == []

    def test_of_equals_each_target_begins_with_another(self):
        for _number in range(4):
            self.cadre()
        found = suggest(
            [each.pk for each in self.branches],
            by=self.user,
            organization=self.district,
            on=DAY,
            today=DAY,
        )
        assert len({suggestions[0].member for suggestions in found.values()}) == 4

    def test_two_queries_for_any_number_of_targets(self):
        for _number in range(4):
            self.cadre()
        ids = [each.pk for each in self.branches]
        values = {"by": self.user, "organization": self.district, "on": DAY, "today": DAY}
        with self.assertNumQueries(2):
            assert len(suggest(ids, **values)) == 4
        with self.assertNumQueries(0):
            assert suggest([], **values) == {}
